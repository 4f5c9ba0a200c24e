"""How far estimated shares of topics are from planted ones, by backend and by the way in which θ is
made and read.

python experiments/planted/shares.py                 # all cells, the committed result: about five
minutes on one core python experiments/planted/shares.py --cell large    # one kind of corpus; may
be repeated python experiments/planted/shares.py --table         # write the table again from
results/shares.csv

Every corpus adds its lines to results/shares.csv as soon as it is done, so that a run that was
stopped goes on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from trends import files
from trends.analysis.prevalence.estimate import document_shares
from trends.analysis.simulation.simulate import Design, Simulated, Vectors, Words, simulate
from trends.models import BACKENDS
from trends.models.base import one_thread
from trends.models.inference.membership import METHODS, membership

Array = NDArray[np.float64]

RESULTS = Path(__file__).resolve().parent / "results"
SEED = 20260405
#: Fewer sweeps and passes than the defaults: planted topics are found within some fifty sweeps, and
#: every corpus is fitted by every backend.
SETTINGS = {
    "gibbs-lda": {"iterations": 300, "burn_in": 200, "n_chains": 2, "init_sweeps": 50, "thin": 20},
    "lda": {"max_passes": 20},
    "bertopic": {"membership": "hard"},
}
KEY = ["cell", "corpus", "backend", "membership", "estimator", "truth"]


@dataclass(frozen=True)
class Cell:
    """One kind of corpus; documents are their expected number."""

    name: str
    topics: int
    documents: int
    purity: float
    off_topic: float
    length: float = 80.0
    corpora: int = 2


CELLS = (
    Cell("one topic a document", 12, 1000, 0.1, 0.0, corpora=3),
    Cell("one topic a document, off-topic ones", 12, 1000, 0.1, 0.2, corpora=3),
    Cell("typical", 12, 1000, 1.0, 0.0, corpora=3),
    Cell("typical, off-topic ones", 12, 1000, 1.0, 0.2, corpora=3),
    Cell("mixed", 12, 1000, 5.0, 0.0),
    Cell("mixed, off-topic ones", 12, 1000, 5.0, 0.2),
    Cell("typical, 20 tokens, off-topic ones", 12, 1000, 1.0, 0.1, length=20.0),
    Cell("small, as the founding corpus", 12, 350, 1.0, 0.1, corpora=4),
    Cell("large", 20, 5000, 1.0, 0.1, corpora=1),
)
PERIODS = 10


def make(cell: Cell, corpus: int) -> Simulated:
    """One corpus, from a stream of its own; periods differ in size."""
    median = cell.documents / PERIODS / np.exp(0.5**2 / 2)
    design = Design(
        topics=cell.topics,
        periods=PERIODS,
        documents=median,
        spread=0.5,
        purity=cell.purity,
        off_topic=cell.off_topic,
    )
    stream = np.random.default_rng([SEED, CELLS.index(cell), corpus])
    return simulate(design, Words(length=cell.length), Vectors(), rng=stream)


def estimates(
    made: Simulated, backend: str, topics: int, seed: int
) -> Iterator[tuple[str, Array, Array, NDArray[np.int64]]]:
    """Membership, θ, the unassigned share and the labels by which topics are matched.

    Bertopic's clusters are found once.
    """
    fit = BACKENDS.load(backend)(
        made.counts,
        n_topics=topics,
        seed=seed,
        embeddings=made.corpus.embeddings,
        settings=SETTINGS[backend],
    )
    if backend != "bertopic":
        yield "mixture of terms", np.asarray(fit.theta), np.asarray(fit.unassigned), fit.hard
        return
    most = BACKENDS.load(backend).read_settings().max_unassigned
    vectors = np.asarray(made.corpus.embeddings, dtype=np.float64)
    for way in METHODS:
        with one_thread():
            found = membership(way, fit.hard, vectors, made.counts, topics, max_unassigned=most)
        yield way, found.theta, found.unassigned, fit.hard


def errors(
    made: Simulated, theta: Array, unassigned: Array, labels: NDArray[np.int64]
) -> list[dict[str, object]]:
    """One line for each reading of θ and each truth, in percentage points.

    Topics are matched by the documents that they share.
    """
    truth, periods = made.truth, made.truth.periods
    k = theta.shape[1]
    own = np.eye(k + 1)[truth.label][:, :k]
    order = linear_sum_assignment(-(own.T @ np.eye(k + 1)[labels][:, :k]))[1]
    by_size = np.argsort(own.mean(axis=0), kind="stable")
    few = max(1, k // 4)
    lines: list[dict[str, object]] = []
    for estimator in ("hard", "mean"):
        # What is missing to one in an array is unassigned, as everywhere in the package.
        found = document_shares(theta / (theta.sum(axis=1) + unassigned)[:, None], estimator)[
            :, order
        ]
        for name, true in (("documents", own), ("content", truth.theta)):
            by_period = (periods.weights.T @ (found - true)) / periods.n_docs[:, None]
            overall = (found - true).mean(axis=0)
            lines.append(
                {
                    "estimator": estimator,
                    "truth": name,
                    "mae_period": 100 * np.abs(by_period).mean(),
                    "mae_overall": 100 * np.abs(overall).mean(),
                    "bias_smallest": 100 * overall[by_size[:few]].mean(),
                    "bias_largest": 100 * overall[by_size[-few:]].mean(),
                    "unassigned": 100 * (1 - found.sum(axis=1).mean()),
                    "off_topic": 100 * (truth.label < 0).mean(),
                    "documents": len(truth.label),
                }
            )
    return lines


def measure(cell: Cell, corpus: int) -> pd.DataFrame:
    """All lines of one corpus."""
    made = make(cell, corpus)
    seed = int(np.random.default_rng([SEED, 99, CELLS.index(cell), corpus]).integers(2**31))
    lines = []
    for backend in SETTINGS:
        for way, theta, unassigned, labels in estimates(made, backend, cell.topics, seed):
            for line in errors(made, theta, unassigned, labels):
                lines.append(
                    {
                        "cell": cell.name,
                        "corpus": corpus,
                        "backend": backend,
                        "membership": way,
                        **line,
                    }
                )
    frame = pd.DataFrame(lines)
    return frame[[*KEY, *[c for c in frame.columns if c not in KEY]]]


def table(frame: pd.DataFrame) -> str:
    """The lines as tables for readers."""
    made = frame.groupby("cell", sort=False)["corpus"].nunique()
    lines = [
        "# Planted shares and what is estimated of them",
        "",
        (
            f"{int(made.sum())} simulated corpora with words and vectors, {PERIODS} periods each; "
            "errors in percentage points, means over corpora of "
            "means over topics (and periods), ± standard error over corpora. *Documents*: "
            "the share of "
            "documents written about a topic, which is what is planted. "
            "*Content*: the mean of the documents' true mixtures. Off-topic documents belong to no "
            "topic. Largest and smallest: a quarter of the topics "
            "each; bias is estimate minus truth, against *documents*. Backends are given the true "
            "number of topics; bertopic's three ways start from the same clusters."
        ),
        "",
        (
            "| backend | θ | read as | error by period, documents | error overall, documents "
            "| error "
            "by period, content | bias, largest | bias, smallest | unassigned (true: "
            f"{frame.groupby(['cell', 'corpus'])['off_topic'].first().mean():.1f}) |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (backend, way, estimator), part in frame.groupby(
        ["backend", "membership", "estimator"], sort=False
    ):
        whole, content = part[part["truth"] == "documents"], part[part["truth"] == "content"]
        lines.append(
            f"| {backend} | {way} | {estimator} | {_mean(whole['mae_period'])} | "
            f"{_mean(whole['mae_overall'])} | {_mean(content['mae_period'])} "
            f"| {whole['bias_largest'].mean():+.2f} | {whole['bias_smallest'].mean():+.2f} | "
            f"{whole['unassigned'].mean():.1f} |"
        )
    whole = frame[frame["truth"] == "documents"]
    names = [
        f"{c.name} ({c.topics} topics, {c.documents:,} documents, {made[c.name]})"
        for c in CELLS
        if c.name in made.index
    ]
    for title, value in (
        (
            (
                "Error by period, against documents, by kind of corpus (in brackets the number of "
                "corpora)"
            ),
            "mae_period",
        ),
        ("Unassigned share by kind of corpus", "unassigned"),
    ):
        columns = list(whole.groupby(["backend", "membership", "estimator"], sort=False))
        head = [f"{b}, {w}, {e}" if b == "bertopic" else f"{b}, {e}" for (b, w, e), _ in columns]
        last = " true |" if value == "unassigned" else ""
        lines += [
            "",
            f"{title}:",
            "",
            "| corpora | " + " | ".join(head) + " |" + last,
            "|---|" + "---|" * (len(head) + bool(last)),
        ]
        for name, cell in zip(names, [c for c in CELLS if c.name in made.index], strict=True):
            row = [
                f"{part.loc[part['cell'] == cell.name, value].mean():.2f}" for _, part in columns
            ]
            true = (
                f" {whole.loc[whole['cell'] == cell.name, 'off_topic'].mean():.2f} |"
                if last
                else ""
            )
            lines.append(f"| {name} | " + " | ".join(row) + " |" + true)
    lines += [
        "",
        (
            "Error by period against documents, bertopic's soft membership read as the mean, minus "
            "that of:"
        ),
        "",
    ]
    error = whole.set_index(KEY[:-1])["mae_period"].unstack(["backend", "membership", "estimator"])
    for other in (
        ("bertopic", "hard", "hard"),
        ("bertopic", "soft", "hard"),
        ("bertopic", "windows", "hard"),
    ):
        change = error["bertopic", "soft", "mean"] - error[other]
        lines.append(
            f"- {', '.join(other)}: {_mean(change)}; smaller in {int((change < 0).sum())} of "
            f"{len(change)} corpora."
        )
    return "\n".join([*lines, ""])


def _mean(values: pd.Series) -> str:
    return f"{values.mean():.2f} ± {values.std(ddof=1) / np.sqrt(len(values)):.2f}"


def main() -> None:
    """Measure what is missing and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--table", action="store_true", help="only write the table again")
    parser.add_argument("--cell", choices=[c.name for c in CELLS], action="append")
    asked = parser.parse_args()
    path = RESULTS / "shares.csv"
    frame = pd.read_csv(path) if path.is_file() else pd.DataFrame(columns=KEY)
    place = {c.name: i for i, c in enumerate(CELLS)}
    for cell in () if asked.table else [c for c in CELLS if c.name in (asked.cell or place)]:
        for corpus in range(cell.corpora):
            if ((frame["cell"] == cell.name) & (frame["corpus"] == corpus)).any():
                continue
            started = time.process_time()
            new = measure(cell, corpus)
            frame = pd.concat([frame, new], ignore_index=True) if len(frame) else new
            order = np.lexsort((frame["corpus"], frame["cell"].map(place)))
            frame = frame.iloc[order].reset_index(drop=True)
            files.write_csv(path, frame)
            print(
                f"{cell.name}, corpus {corpus}: {time.process_time() - started:.0f} s", flush=True
            )
    files.write_text(RESULTS / "shares.md", table(pd.read_csv(path)))


if __name__ == "__main__":
    main()
