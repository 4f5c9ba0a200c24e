"""Political blogs of 2008: topic × rating × day, our test beside regression over documents.

    python experiments/groups/poliblog.py FOLDER

FOLDER is a copy of the 5,000 posts of the stm package (Roberts, Stewart and Tingley 2019, Journal
of Statistical Software 91 (2)): documents.csv.gz (doc_id, rating, date), dtm.csv.gz (doc_id,
term_id, count), vocabulary.csv. Both tests read the same shares of 20 topics. Regression over
documents is what stm's estimateEffect rests on: the share of a document on rating, day and their
product. To see what each says where nothing is true, the weeks of each rating change places, so
that a post keeps its neighbours and no rating has a trend.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse, stats

import trends as tr
from trends.analysis.groups.division import Groups
from trends.analysis.groups.table import group_trends
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.trend.multiplicity import adjust
from trends.core import TermCounts, Topics
from trends.files import write_csv, write_json
from trends.models import BACKENDS

HERE = Path(__file__).parent
TOPICS, SEED, SHUFFLES, LEVEL = 20, 2008, 30, 0.05


def read(folder: Path) -> tuple[pd.DataFrame, TermCounts]:
    """Posts by day, and the counts of their terms."""
    posts = pd.read_csv(folder / "documents.csv.gz", parse_dates=["date"])
    terms = pd.read_csv(folder / "vocabulary.csv")
    cells = pd.read_csv(folder / "dtm.csv.gz")
    place = dict(zip(posts["doc_id"], range(len(posts)), strict=True))
    column = dict(zip(terms["term_id"], range(len(terms)), strict=True))
    matrix = sparse.csr_matrix(
        (cells["count"], (cells["doc_id"].map(place), cells["term_id"].map(column))),
        shape=(len(posts), len(terms)),
    )
    ids = tuple(posts["doc_id"].astype(str))
    return posts, TermCounts(matrix, tuple(terms["term"].astype(str)), ids, settings={})


def over_documents(theta: np.ndarray, rating: np.ndarray, day: np.ndarray) -> np.ndarray:
    """P of the product of rating and day, of every topic; standard errors robust to variance."""
    at = (day - day.mean()) / np.ptp(day)
    x = np.stack([np.ones(len(at)), rating, at, rating * at], axis=1)
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ theta
    # White's estimator with the correction of degrees of freedom (HC1).
    square = (theta - x @ beta) ** 2 * len(x) / (len(x) - x.shape[1])
    through = x @ inverse[:, 3]
    return np.asarray(2 * stats.norm.sf(np.abs(beta[3]) / np.sqrt(through**2 @ square)))


def ours(topics: Topics, dates: np.ndarray, rating: np.ndarray, period: str) -> np.ndarray:
    """P of the hypothesis that both ratings change alike, of every topic."""
    found = group_trends(
        topics,
        make_periods(dates, period=period),
        Groups(("Conservative", "Liberal"), rating.astype(np.int64)),
        labels=[f"topic {k}" for k in range(topics.n_topics)],
        theta="mean",
    )
    return found.differences["p"].to_numpy()


def moved(dates: np.ndarray, rating: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Dates after the weeks of each rating have changed places."""
    first = dates.min()
    week = ((dates - first) // np.timedelta64(7, "D")).astype(int)
    out = dates.copy()
    for group in np.unique(rating):
        mine = rating == group
        order = rng.permutation(week.max() + 1)
        out[mine] = dates[mine] + (order[week[mine]] - week[mine]) * np.timedelta64(7, "D")
    return out


def main(folder: Path) -> None:
    posts, counts = read(folder)
    topics = BACKENDS.load("gibbs-lda")(counts, n_topics=TOPICS, seed=SEED)
    dates = posts["date"].to_numpy("datetime64[D]")
    rating = (posts["rating"] == "Liberal").to_numpy().astype(float)
    tests = {
        "documents": lambda when: over_documents(topics.theta, rating, when.astype(float)),
        "weeks": lambda when: ours(topics, when, rating, "week"),
        "months": lambda when: ours(topics, when, rating, "month"),
    }
    p = {name: test(dates) for name, test in tests.items()}
    table = pd.DataFrame(
        {"topic": range(TOPICS), "terms": ["; ".join(t) for t in topics.top_terms(6)]}
    )
    for name, values in p.items():
        table[f"p_{name}"], table[f"p_adjusted_{name}"] = values, adjust(values)
    write_csv(HERE / "poliblog.csv", table)
    rng = np.random.default_rng(SEED)
    rows = []
    for _ in range(SHUFFLES):
        when = moved(dates, rating, rng)
        q = {name: tests[name](when) for name in ("documents", "weeks")}
        rows.append(
            {f"{name}_any": (adjust(v) <= LEVEL).any() for name, v in q.items()}
            | {f"{name}_size": (v <= LEVEL).mean() for name, v in q.items()}
        )
    about = {
        "posts": len(posts),
        "topics": TOPICS,
        "seed": SEED,
        "found": {name: int((adjust(v) <= LEVEL).sum()) for name, v in p.items()},
        "shuffles": SHUFFLES,
        "shuffled": pd.DataFrame(rows).mean().to_dict(),
        "days": [str(dates.min()), str(dates.max())],
        "version": tr.__version__,
    }
    write_json(HERE / "poliblog.json", about)
    print(table.round(3).to_string(), about, sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
