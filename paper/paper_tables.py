"""The tables of the paper, each from files of results: stem → LaTeX."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType

import numpy as np
import pandas as pd
from numbers_tex import between, count, escaped, percent, points, probability, rate, tabular
from quantities import EXPERIMENTS, PRETRAINING, beside, found_claims, read, road

#: Rows of the table of error rates, topics known and with a topic model: what, aim, name of the
#: number.
ERRORS = (
    ("flat series rejected at .05, correlation up to .5", ".05", "Flat"),
    ("the same, correlation .8", ".05", "FlatSlow"),
    ("flat corpora with any discovery", ".05", "Any"),
    ("false-discovery rate at .05, some topics move", ".05", "False"),
    ("interval of a change, correlation up to .5", ".95", "Cover"),
    ("the same, correlation .8", ".95", "CoverSlow"),
    ("the same, five shapes, correlation up to .5", ".95", "Shapes"),
    ("waves with equal ends called rising or falling", "0", "Waves"),
    ("flat series called turned", "0", "FlatTurned"),
    ("humps called turned, correlation up to .5", "1", "Hump"),
)
ROAD_ERRORS = (
    ("direction of changed topics, LDA", "1", "RoadDirection"),
    ("flat corpora with any discovery, LDA, hard labels", ".05", "RoadFlat"),
    (r"the same, mean $\theta$", ".05", "RoadFlatMean"),
    ("interval of a share, six LDA fits pooled, hard labels", ".95", "RoadSix"),
    ("the same, one fit", ".95", "RoadOne"),
    (r"the same, six fits, mean $\theta$", ".95", "RoadSixMean"),
    ("flat corpora with any discovery, BERTopic", ".05", "RoadVectorFlat"),
    ("false-discovery rate where topics move, BERTopic", ".05", "RoadVectorFalse"),
    (
        "flat corpora with any discovery, documents grow fourfold, lengths matched",
        ".05",
        "RoadGuarded",
    ),
)
BACKENDS = ("true words", "gibbs-lda", "lda", "nmf", "bertopic", "kmeans")


@cache
def bbc_modules() -> tuple[ModuleType, ModuleType, ModuleType]:
    """The experiment's own table, models and protocol.

    Titles and published figures are written there, once.
    """
    with beside(EXPERIMENTS / "bbc_news"):
        return (
            importlib.import_module("table"),
            importlib.import_module("fits"),
            importlib.import_module("protocol"),
        )


def bbc_runs() -> dict[str, pd.DataFrame]:
    """The runs of each model that has results, in the order of the experiment."""
    _, fits, _ = bbc_modules()
    runs = read(EXPERIMENTS / "bbc_news" / "results", "replicate")
    return {name: part for name in fits.MODELS if len(part := runs[runs["model"] == name])}


def errors(numbers: Mapping[str, str]) -> str:
    """Error rates with their standard errors; ``numbers`` are those of `quantities.calibration`."""
    rates = road()
    rows = [
        [
            escaped(what),
            f"{numbers[f'Cal{name}Cells']} settings",
            aim,
            *(numbers[f"Cal{name}{column}"] for column in ("Median", "Worst", "Error")),
        ]
        for what, aim, name in ERRORS
    ]
    rows += [
        [
            what,
            f"{count(rates[name]['corpora'])} corpora",
            aim,
            numbers[name],
            "",
            numbers[f"{name}Error"],
        ]
        for what, aim, name in ROAD_ERRORS
    ]
    head = ["rate", "measured on", "aim", r"\heads{median,}{or rate}", "worst", "SE"]
    return tabular("lrrrrr", head, rows, [len(ERRORS) - 1])


def bbc() -> str:
    """Published and repeated scores, one row for each model that was run."""
    table, fits, _ = bbc_modules()
    versions = json.loads(
        (EXPERIMENTS / "bbc_news" / "results" / "replicate.json").read_text(encoding="utf-8")
    )["versions"]
    rows = []
    for name, part in bbc_runs().items():
        printed = (
            np.mean(table.PUBLISHED[fits.MODELS[name].published], axis=0)
            if fits.MODELS[name].published
            else (np.nan, np.nan)
        )
        rows.append(
            [
                escaped(table.title(name, versions)),
                rate(printed[0]),
                f"{rate(part['npmi'].mean())} ({rate(part['npmi'].std())})",
                rate(printed[1]),
                f"{rate(part['diversity'].mean())} ({rate(part['diversity'].std())})",
                percent(part["unassigned"].mean()),
                count(len(part)),
            ]
        )
    head = [
        "model",
        r"\heads{NPMI,}{published}",
        "NPMI (SD)",
        r"\heads{diversity,}{published}",
        "diversity (SD)",
    ]
    return tabular("lrrrrrr", [*head, r"\heads{no topic}{(\%)}", "runs"], rows)


def recovery() -> str:
    """Planted topics found, by backend and kind of corpus."""
    found = read(EXPERIMENTS / "planted" / "results", "recovery")
    settings = list(dict.fromkeys(found["setting"]))
    by = found.set_index(["backend", "setting"])
    names = [b for b in BACKENDS if b in set(found["backend"])] + sorted(
        set(found["backend"]) - set(BACKENDS)
    )
    rows = [
        [escaped(name if name == "true words" else f"`{name}`")]
        + [
            f"{count(by.loc[(name, s), 'found'])} ({rate(by.loc[(name, s), 'similarity'], 2)})"
            for s in settings
        ]
        for name in names
    ]
    return tabular("l" + "r" * len(settings), ["backend", *map(escaped, settings)], rows, [0])


def claims() -> str:
    """Claims of the case study, the smallest p first."""
    frame = read(PRETRAINING, "claims").sort_values(
        ["p_adjusted", "topic"], kind="stable", na_position="last"
    )
    rows = [
        [
            escaped(r["label"]),
            r["finding"],
            between(r["change"], r["change_lower"], r["change_upper"]),
            probability(r["p_adjusted"]),
            percent(r["votes"]),
            percent(r["agreement"]),
            probability(r["joint_p"]),
            f"{r['power']:.1f}",
            r["stability"],
        ]
        for _, r in frame.iterrows()
    ]
    head = [
        "topic",
        "finding",
        "change (interval)",
        r"\heads{adjusted}{$p$}",
        r"\heads{votes}{cast (\%)}",
        r"\heads{same}{sign (\%)}",
        r"\heads{joint}{$p$}",
        r"\heads{detect-}{able}",
        "stability",
    ]
    columns = r"L{0.2\linewidth}L{0.1\linewidth}rrrrrrL{0.1\linewidth}"
    return tabular(columns, head, rows)


def _partners() -> Iterator[tuple[pd.Series, pd.Series | None]]:
    """Findings about the Daily Papers, each with the trend of its partner in the other family."""
    results = EXPERIMENTS / "daily_papers" / "results"
    trends = read(results, "trends")
    others = trends.query("backend == 'bertopic'").set_index("topic")
    pairs = (
        read(results, "alignment")
        .query("backend_a == 'gibbs-lda' and backend_b == 'bertopic' and topic_a >= 0")
        .set_index("topic_a")
    )
    for _, claim in found_claims(trends.query("backend == 'gibbs-lda'")).iterrows():
        partner = int(pairs.loc[claim["topic"], "topic_b"]) if claim["topic"] in pairs.index else -1
        yield claim, others.loc[partner] if partner in others.index else None


def partner_changes() -> list[tuple[float, float]]:
    """Changes of such topics and of their partners, where there is one."""
    return [
        (float(claim["change"]), float(other["change"]))
        for claim, other in _partners()
        if other is not None
    ]


def daily_papers() -> str:
    """Such findings beside their partners, rises first."""
    rows, rises = [], 0
    for claim, other in _partners():
        beside = ["--", "--", "--"]
        if other is not None:
            beside = [escaped(other["label"]), other["finding"], points(other["change"])]
        change = between(claim["change"], claim["change_lower"], claim["change_upper"])
        own = [escaped(claim["label"]), claim["finding"], change, probability(claim["p_adjusted"])]
        rows.append([*own, *beside])
        rises += claim["change"] > 0
    head = [
        "topic (\\texttt{gibbs-lda})",
        "finding",
        "change (interval)",
        r"\heads{adjusted}{$p$}",
        "partner (\\texttt{bertopic})",
        "finding",
        "change",
    ]
    columns = r"L{0.2\linewidth}lrrL{0.2\linewidth}L{0.1\linewidth}r"
    return tabular(columns, head, rows, [rises - 1])
