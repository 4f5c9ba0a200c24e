"""The published figures beside ours, as Markdown, and the table in this experiment's README."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from fits import MODELS
from protocol import N_TOPICS

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- results: written by experiments/bbc_news/run.py -->", "<!-- end of results -->"

#: Published means (NPMI, diversity) for 10, 20, 30, 40 and 50 topics, each over 3 runs. M.
#: Grootendorst (2022), BERTopic: Neural topic modeling with a class-based TF-IDF procedure, arXiv
#: 2203.05794; result files of MaartenGr/BERTopic_evaluation at 18f9aaf.
PUBLISHED: dict[str, tuple[tuple[float, float], ...]] = {
    "LDA": (
        (0.0305, 0.6733),
        (0.0182, 0.5950),
        (0.0080, 0.5611),
        (0.0079, 0.5417),
        (0.0055, 0.5160),
    ),
    "NMF": (
        (0.0146, 0.7200),
        (0.0128, 0.5867),
        (0.0247, 0.5300),
        (0.0068, 0.4742),
        (0.0013, 0.4340),
    ),
    "BERTopic": (
        (0.1666, 0.8733),
        (0.1701, 0.8100),
        (0.1751, 0.8022),
        (0.1715, 0.7758),
        (0.1653, 0.7487),
    ),
}
#: What a row must show: (figure, lowest, highest, in words).
DEMANDS: dict[str, tuple[tuple[str, float, float, str], ...]] = {
    "gensim-lda-1": (
        ("npmi", 0.0135, 0.0145, "NPMI .0140 ± .0005"),
        ("diversity", 0.575, 0.579, "diversity .577 ± .002"),
    ),
    "gensim-nmf-1": (
        ("npmi", 0.011, 0.013, "NPMI .012 ± .001"),
        ("diversity", 0.546, 0.552, "diversity .549 ± .003"),
    ),
    "gibbs-lda": (
        ("npmi", 0.115, np.inf, "NPMI ≥ .115"),
        ("diversity", 0.75, np.inf, "diversity ≥ .75"),
    ),
    "bertopic": (
        ("npmi", 0.165, np.inf, "NPMI ≥ .165"),
        ("diversity", 0.78, np.inf, "diversity ≥ .78"),
    ),
}


def short(value: float, digits: int = 3) -> str:
    """A fraction without the zero before its point."""
    text = f"{value:.{digits}f}".replace("-0.", "-.")
    return text.removeprefix("0") if text != f"{0:.{digits}f}" else "0"


def met(name: str, runs: pd.DataFrame, outliers: float | None) -> list[tuple[str, bool]]:
    """Each demand on a row in words, and whether its mean over the runs meets it.

    ``outliers`` is the share of the stock package.
    """
    means = runs[["npmi", "diversity", "unassigned"]].mean()
    found = [
        (words, bool(low <= means[figure] <= high))
        for figure, low, high, words in DEMANDS.get(name, ())
    ]
    if name == "bertopic" and outliers is not None:
        found.append(
            ("no more outliers than the stock package", bool(means["unassigned"] <= outliers))
        )
    return found


def summary(runs: pd.DataFrame, versions: dict[str, str]) -> str:
    """Both tables: over all runs of a model, and for each number of topics."""
    stock = runs.loc[runs["model"] == "stock-bertopic", "unassigned"]
    outliers = float(stock.mean()) if len(stock) else None
    lines = [
        (
            "| model | published NPMI | NPMI (SD over runs) | published diversity | "
            "diversity (SD over "
            "runs) | outliers (SD) | topics missing | runs | demand |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, part in _parts(runs):
        printed = (
            np.mean(PUBLISHED[MODELS[name].published], axis=0) if MODELS[name].published else None
        )
        figures = [
            "" if printed is None else short(printed[0]),
            _spread(part["npmi"]),
            "" if printed is None else short(printed[1]),
            _spread(part["diversity"]),
        ]
        demands = "; ".join(
            f"{words}: {'met' if yes else '**missed**'}" for words, yes in met(name, part, outliers)
        )
        missing = int((part["asked"] - part["topics"]).sum())
        lines.append(
            f"| {title(name, versions)} | {' | '.join(figures)} | {_spread(part['unassigned'])} | "
            f"{missing or ''} | {len(part)} | {demands} |"
        )
    asked = [k for k in N_TOPICS if k in set(runs["asked"])]
    head = "".join(f" {k} |" for k in asked)
    lines += [
        "",
        "NPMI / diversity for each number of topics (standard deviation of the runs in brackets):",
        "",
        f"| model |{head}",
        "|---|" + "---|" * len(asked),
    ]
    quoted: set[str] = set()
    for name, part in _parts(runs):
        row = MODELS[name].published
        if row and row not in quoted:
            quoted.add(row)
            cells = [PUBLISHED[row][N_TOPICS.index(k)] for k in asked]
            lines.append(
                f"| *{row}, published* | "
                + " | ".join(f"*{short(a)} / {short(b)}*" for a, b in cells)
                + " |"
            )
        by = part.groupby("asked")[["npmi", "diversity"]]
        mean, sd = by.mean(), by.std()
        cells = [
            f"{short(mean.loc[k, 'npmi'])} ({short(sd.loc[k, 'npmi'])}) / "
            f"{short(mean.loc[k, 'diversity'])} ({short(sd.loc[k, 'diversity'])})"
            if k in mean.index
            else ""
            for k in asked
        ]
        lines.append(f"| {title(name, versions)} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def title(name: str, versions: dict[str, str]) -> str:
    """What the tables call a model, with the version of its package where the title asks for it."""
    return MODELS[name].title.format(**versions)


def insert(readme: str, text: str) -> str:
    """The README with the tables between its markers."""
    before, rest = readme.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n\n{text}\n{END}{after}"


def read(results: Path) -> pd.DataFrame:
    """The runs of a ``replicate.csv``."""
    return pd.read_csv(results / "replicate.csv")


def _parts(runs: pd.DataFrame) -> list[tuple[str, Any]]:
    return [(name, part) for name in MODELS if len(part := runs[runs["model"] == name])]


def _spread(values: pd.Series) -> str:
    spread = f" ({short(values.std())})" if len(values) > 1 and values.max() > 0 else ""
    return f"{short(values.mean())}{spread}"
