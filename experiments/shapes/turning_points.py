"""Turning points published for the State of the Union, beside ours, with speeches as the unit.

    python experiments/shapes/turning_points.py documents.jsonl.gz

The file is the user's own copy: one JSON object a line with ``year`` and ``text``. Topics are
learnt on paragraphs to 2014 (``text.chunks``), shares and tests are those of the addresses. Rule,
Cointet and Bearman (2015, PNAS 112, 10837) put the change of the whole discourse at 1917 (abstract)
and, as reported, the largest turnover of the vocabulary after 1918, smaller ones after 1815 and
1945. Facts are kept in ``turning_points.csv``, no text.

Three things are asked of spans of four years: which topics have a change point or a turn by their
own tests; at which date the evidence for a step, summed over all topics, is largest; and which
dates hold 95 % of it. Topics share documents, so that the sum counts for less than one of
independent series (:data:`trends.analysis.trend.shocks.INDEPENDENCE`).
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import trends as tr
from trends import store
from trends.analysis.shapes.change_points import steps_within
from trends.analysis.shapes.scanning.scan import evidence, prepare
from trends.analysis.trend.series import series_of
from trends.analysis.trend.shocks import INDEPENDENCE
from trends.files import write_csv
from trends.runs.config import settings as configs
from trends.runs.studies import run as running

HERE = Path(__file__).parent
LAST, YEARS, TOPICS, SEED, LEVEL = 2014, 4, 20, 18_001, 0.95
CONFIG = f"""
rng = {SEED}
[corpus]
path = "addresses.csv"
text = "text"
date = "year"
id = "id"
paragraphs = true
[text]
chunks = "paragraphs"
[models]
backends = ["nmf"]
n_topics = {TOPICS}
seeds = 1
[prevalence]
period = "{YEARS}-years"
theta = "mean"
[figures]
formats = ["svg"]
map = false
[diagnostics]
lengths = false
dates = false
vocabulary = false
topics = false
duplicates = false
"""
#: Published change, the first year behind it, and the claim's number in the list of claims.
PUBLISHED = {
    "entry into World War I, the whole discourse": ("C51", 1917),
    "after World War I, the largest": ("C52", 1919),
    "after the War of 1812": ("C52", 1816),
    "after World War II": ("C52", 1946),
}


def corpus_of(path: Path, folder: Path) -> None:
    """The addresses as a table in a folder."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        table = pd.DataFrame([json.loads(line) for line in lines])
    some = table.loc[table["year"] <= LAST, ["id", "year", "text"]]
    some.astype({"year": str}).to_csv(folder / "addresses.csv", index=False)


def shares_of(path: Path, folder: Path) -> tuple[tr.Prevalence, dict[str, int]]:
    """Shares of topics in spans of four years, and how many pieces and addresses there are."""
    corpus_of(path, folder)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    settings = configs.load(folder / "config.toml")
    running.run(settings, folder / "run")
    run = store.Run(folder / "run")
    topics = run.topics("nmf", run.manifest["fits"][0]["seed"])
    corpus = tr.read_corpus(
        folder / "addresses.csv", text="text", date="year", id="id", paragraphs=True
    )
    shares = tr.prevalence(topics, corpus, period=f"{YEARS}-years", theta="mean")
    return shares, dict(topics.provenance["chunks"])


def common_date(shares: tr.Prevalence) -> tuple[pd.Series, list[int]]:
    """Chance of a step of all topics at each date, and the dates that hold the level."""
    series = series_of(shares)
    rows = series.tested
    data = prepare(series.y[rows][None], series.n[rows], series.steps)
    family = steps_within(0, len(series.steps))
    total = INDEPENDENCE * evidence(data, series.steps, family, upward=False).sum(0)
    years = [int(series.starts[at]) for at in family.starts]
    chance = pd.Series(np.exp(total - total.max()), years)
    chance /= chance.sum()
    ordered = chance.sort_values(ascending=False, kind="stable")
    count = int(np.searchsorted(ordered.cumsum(), LEVEL)) + 1
    return chance, sorted(ordered.index[:count].tolist())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path)
    parser.add_argument("--folder", type=Path, help="Where the run is kept for a second look.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shares, about = shares_of(given.documents, given.folder or Path(folder))
    steps = tr.change_points(shares, draws=99, rng=SEED)
    found = steps[steps["found"]]
    trend = tr.fit_trends(shares).frame()
    chance, likely = common_date(shares)
    rows = []
    for what, (claim, year) in PUBLISHED.items():
        first = YEARS * (year // YEARS)
        off = (pd.to_datetime(found["start"]).dt.year - year).abs().min()
        covers = found[
            (pd.to_datetime(found["start"]).dt.year <= year)
            & (pd.to_datetime(found["stop"]).dt.year + YEARS - 1 >= year)
        ]
        rows.append(
            {
                "claim": claim,
                "published": what,
                "year": year,
                "chance_here": float(chance.get(first, 0.0)),
                "rank_of_date": int((chance > chance.get(first, 0.0)).sum()) + 1,
                "in_interval": first in likely,
                "topics_that_change_here": len(covers),
                "nearest_change_years_off": off,
            }
        )
    table = pd.DataFrame(rows)
    more = {
        "pieces": about["pieces"],
        "addresses": about["documents"],
        "topics": TOPICS,
        "topics_with_change_point": found["topic"].nunique(),
        "topics_turned": int((trend["finding"] == "turned").sum()),
        "topics_rising_or_falling": int(trend["finding"].isin(["rising", "falling"]).sum()),
        "likeliest": int(chance.idxmax()),
        "interval_from": likely[0],
        "interval_to": likely[-1] + YEARS - 1,
        "seed": SEED,
    }
    write_csv(HERE / "turning_points.csv", table.assign(**more))
    print(table.to_string(), more, sep="\n")
    print(chance.sort_values(ascending=False).head(8).round(3).to_dict())
    print(found[["label", "start", "stop", "hold_from", "hold_to", "estimate"]].to_string())
    print(trend[["label", "finding"]].to_string())


if __name__ == "__main__":
    main()
