"""The numbers of the text, each from a file of results: name of a LaTeX macro → text."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numbers_tex import between, count, escaped, percent, points, probability, rate, span, word

from trends import store
from trends.analysis.robustness.claims import Rule
from trends.analysis.simulation.simulate import Design, Words
from trends.core.claim import FOUND, Finding, Stability

ROOT = Path(__file__).resolve().parents[1]
EXPERIMENTS = ROOT / "experiments"
PRETRAINING = ROOT / "paper" / "results" / "pretraining"
LEVEL = Rule().alpha
#: A half-year with fewer papers is called small.
FEW = 10

#: Rates of the trend test: macro, row, beginning of the rate's name in the table of lines.
LINES = {
    "Flat": ("B1", "flat"),
    "FlatSlow": ("B1", "the same"),
    "Any": ("B2", "flat"),
    "Cover": ("B3", "interval"),
    "CoverSlow": ("B3", "the same"),
    "False": ("B5", "false"),
    "Thin": ("B6", "thin periods: flat"),
    "Shapes": ("B7", "interval"),
    "ShapesSlow": ("B7", "the same, correlation .8"),
    "Waves": ("B8", "waves"),
    "FlatTurned": ("B8", "flat called"),
    "Hump": ("B8", "hump"),
}

#: Rates of the whole road: macro, row, beginning of the rate's name in end_to_end.json.
ROAD = (
    ("RoadDirection", "A7", "direction right, hard labels, topics without"),
    ("RoadFlat", "A8", "flat corpora with any discovery, hard"),
    ("RoadFlatMean", "A8", "flat corpora with any discovery, mean"),
    ("RoadSix", "A9", "interval covers the true share, six fits, hard"),
    ("RoadSixMean", "A9", "interval covers the true share, six fits, mean"),
    ("RoadOne", "A9", "interval covers the true share, one fit, hard"),
    ("RoadOneMean", "A9", "interval covers the true share, one fit, mean"),
    ("RoadVectorFound", "A10", "changed topics found, relative"),
    ("RoadVectorFlat", "A10", "flat corpora with any discovery"),
    ("RoadVectorFalse", "A10", "false-discovery rate"),
    ("RoadGuarded", "A11", "any false trend with matched lengths, hard"),
    ("RoadGuardedMean", "A11", "any false trend with matched lengths, mean"),
    (
        "RoadShuffleOwn",
        "A12",
        "shuffles of pretraining without a discovery, documents one by one moved, hard",
    ),
    (
        "RoadShuffleOwnPeriods",
        "A12",
        "shuffles of pretraining without a discovery, whole periods moved, hard",
    ),
    ("RoadShuffleOwnBlocks", "A12", "shuffles of pretraining without a discovery, blocks"),
    (
        "RoadShuffleOther",
        "A12",
        "shuffles of neurips without a discovery, documents one by one moved, hard",
    ),
    (
        "RoadShuffleOtherPeriods",
        "A12",
        "shuffles of neurips without a discovery, whole periods moved, hard",
    ),
    ("RoadShuffleOtherBlocks", "A12", "shuffles of neurips without a discovery, blocks"),
)


@contextmanager
def beside(folder: Path) -> Iterator[None]:
    """Modules of an experiment may be imported; those of others may have the same names."""
    names = {path.stem for path in folder.glob("*.py")}
    hidden = {name: sys.modules.pop(name) for name in names & set(sys.modules)}
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(hidden)


def read(folder: Path, name: str) -> pd.DataFrame:
    """A table of results."""
    return store.read_csv(folder / f"{name}.csv")


def document(path: Path) -> dict[str, Any]:
    """A JSON file of results."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def road(results: Path = EXPERIMENTS / "calibration" / "results") -> dict[str, dict[str, Any]]:
    """The rates of the whole road by the name of their macro."""
    rates = document(results / "end_to_end.json")["rates"]
    return {
        name: next(
            r
            for r in rates
            if r["row"] == row
            and r["what"].startswith(start)
            and not r["what"].endswith("(no model)")
        )
        for name, row, start in ROAD
    }


def lines(results: Path = EXPERIMENTS / "calibration" / "results") -> pd.DataFrame:
    """Rates of the trend test by the name of their macros: cells, median, worst, demand."""
    with beside(EXPERIMENTS / "calibration"):
        found = importlib.import_module("tables").rows(read(results, "full"))
    which = {
        name: next(i for i, r in found.iterrows() if r["row"] == row and r["what"].startswith(what))
        for name, (row, what) in LINES.items()
    }
    return found.loc[list(which.values())].set_axis(list(which), axis=0)


def calibration() -> dict[str, str]:
    results = EXPERIMENTS / "calibration" / "results"
    full, found = read(results, "full"), lines()
    periods = full["cell"].str.extract(r" T(\d+)")[0].astype(int)
    out: dict[str, str] = {
        "CalPeriodsLeast": word(int(periods.min())),
        "CalPeriodsMost": count(periods.max()),
        "CalCells": count(len(full)),
        "CalCorpora": count(document(results / "full.json")["corpora"]),
    }
    for name, r in found.iterrows():
        out |= {
            f"Cal{name}Median": rate(r["median"]),
            f"Cal{name}Worst": rate(r["worst"]),
            f"Cal{name}Error": rate(r["worst_se"]),
            f"Cal{name}Cells": count(r["cells"]),
            f"Cal{name}Met": count(r["met"]),
            f"Cal{name}Near": count(r["within_2_se"]),
        }
    for name, r in road().items():
        digits = 0 if r["value"] >= 0.1 else 1
        out |= {
            name: rate(r["value"]),
            f"{name}Error": rate(r["se"]),
            f"{name}Corpora": count(r["corpora"]),
            f"{name}Percent": percent(r["value"], digits),
            f"{name}Excess": percent(1 - r["value"], 0),
        }
    sizes = [float(r["se"]) for name, r in road().items() if "Shuffle" not in name]
    design, words, plans = Design(), Words(), document(results / "end_to_end.json")["plans"]
    return out | {
        "RoadErrorLow": rate(min(sizes)),
        "RoadErrorHigh": rate(max(sizes)),
        "RuleMatched": percent(Rule().matched),
        "SimTopics": word(design.topics),
        "SimPeriods": word(design.periods),
        "SimTokens": count(words.length),
        "SimOverlap": percent(words.overlap),
        "SimAmplitude": f"{design.amplitude:g}",
        "SimShuffles": count(plans["A12"]["shuffles"]),
        "SimFits": word(plans["A9"]["fits"]),
        "SimGrowth": f"{word(int(plans['A11']['words']['length_drift']))}fold",
    }


def bbc(
    parts: dict[str, pd.DataFrame],
    published: dict[str, tuple[tuple[float, float], ...]],
    n_documents: int,
    top: int,
) -> dict[str, str]:
    """From the runs of each model, the published means (NPMI, diversity), the number of documents
    and of top words.
    """
    out = {"BbcDocuments": count(n_documents), "BbcModels": word(len(parts)), "BbcTop": word(top)}
    for name, key in (("Lda", "LDA"), ("Nmf", "NMF"), ("Bertopic", "BERTopic")):
        npmi, diversity = np.mean(published[key], axis=0)
        out |= {
            f"BbcPublished{name}Npmi": rate(npmi),
            f"BbcPublished{name}Diversity": rate(diversity),
        }
    wanted = {
        "gensim-lda-1": "Once",
        "gensim-nmf-1": "Nmf",
        "gibbs-lda": "Gibbs",
        "stock-bertopic": "Stock",
        "bertopic": "Bertopic",
    }
    for model, name in wanted.items():
        runs = parts[model]
        out |= {
            f"Bbc{name}Npmi": rate(runs["npmi"].mean()),
            f"Bbc{name}Diversity": rate(runs["diversity"].mean()),
            f"Bbc{name}Spread": rate(runs["npmi"].std()),
            f"Bbc{name}Outliers": percent(runs["unassigned"].mean()),
        }
    asked = sorted(parts["gibbs-lda"]["asked"].unique())
    return out | {
        "BbcRuns": count(len(parts["gibbs-lda"])),
        "BbcLeast": word(int(asked[0])),
        "BbcMost": count(asked[-1]),
    }


def planted() -> dict[str, str]:
    results = EXPERIMENTS / "planted" / "results"
    found = read(results, "recovery")
    target = found[found["target"].astype(bool)].groupby("backend")[["found", "topics"]].sum()
    out = {f"PlantedFound{_camel(b)}": count(r["found"]) for b, r in target.iterrows()}
    aligned, auto, order = read(results, "alignment"), read(results, "auto"), read(results, "order")
    for name in ("right", "found", "rejected"):
        part = aligned[aligned[f"{name}_n"] > 0]
        out[f"PlantedAlign{name.title()}"] = percent(
            np.average(part[name], weights=part[f"{name}_n"]), 1
        )
    chosen = auto[auto["terms"] == "chosen"]
    return out | {
        "PlantedTopics": count(found["topics"].iloc[0]),
        "PlantedTotal": count(target["topics"].iloc[0]),
        "PlantedAlignPairs": count(aligned["pairs"].sum()),
        "PlantedAutoRight": count(chosen["within"].astype(str).eq("True").sum()),
        "PlantedAutoAll": count(len(chosen)),
        "PlantedOrderLeast": rate(order["ari"].min(), 2),
    }


def pretraining() -> dict[str, str]:
    own, run = document(PRETRAINING / "numbers.json"), document(PRETRAINING / "run.json")
    multiverse, claims = document(PRETRAINING / "multiverse.json"), read(PRETRAINING, "claims")
    ends = read(PRETRAINING, "diagnostics_corrected").query(
        "diagnostic == 'incomplete-period' and backend == 'gibbs-lda'"
    )
    either = ends["finding"].isin(FOUND) | ends["finding_corrected"].isin(FOUND)
    other = ends[either & (ends["finding_corrected"] != ends["finding"])]
    coverage, shares = read(PRETRAINING, "coverage"), read(PRETRAINING, "topics")
    coverage = coverage[coverage["period"].notna()]
    by = claims.set_index("topic").sort_values("change")
    top, last = by.iloc[-1], by.iloc[0]
    agree = (
        read(PRETRAINING, "agreement")
        .set_index(["backend_a", "backend_b"])
        .loc[("gibbs-lda", "bertopic")]
    )
    choices = multiverse["choices"]
    out = {
        "PreDocuments": count(own["documents"]),
        "PreDated": count(own["dated"]),
        "PreRecords": count(run["records"]),
        "PrePages": word(run["pages"]),
        "PreTerms": count(run["terms"]["terms"]),
        "PrePeriods": word(own["periods"]) if own["periods"] <= 12 else count(own["periods"]),
        "PreTopics": word(len(claims)),
        "PreSeeds": word(own["gibbsLdaSeeds"]),
        "PreBackends": word(len(run["config"]["models"]["backends"])),
        "PreMonthDates": count(own["datedMonth"]),
        "PreIncomplete": word(int((~coverage["complete"].astype(str).eq("True")).sum())),
        "PreSmall": word(int((coverage["n_docs"] < FEW).sum())),
        "PreFew": word(FEW),
        "PreSpecifications": count(multiverse["counts"]["specifications"]),
        "PreFits": count(multiverse["counts"]["fits"]),
        "PreShuffles": count(multiverse["shuffles"]),
        "PreMultiSeeds": word(len(choices["seed"])),
        "PreNumbers": ", ".join(sorted(choices["n_topics"], key=int)),
        "PreNpmi": rate(own["gibbsLdaNpmi"], 2),
        "PreNpmiVector": rate(own["bertopicNpmi"], 2),
        "PreStability": rate(own["gibbsLdaStability"], 2),
        "PreStabilityVector": rate(own["bertopicStability"], 2),
        "PreStabilityGensim": rate(own["ldaStability"], 2),
        "PreOutliers": percent(own["bertopicUnassigned"]),
        "PreMatched": word(int(agree["n_matched"])),
        "PreSame": percent(agree["same"]),
        "PreLargest": percent(shares["share"].max()),
        **_claim("PreTop", top),
        **_claim("PreLast", last),
        "PreSpanFirst": span(run["spans"][0]),
        "PreSpanLast": span(run["spans"][1]),
        "PreEnds": word(len(other)),
        "PrePowerLow": f"{claims['power'].min():.1f}",
        "PrePowerHigh": f"{claims['power'].max():.1f}",
        "PreJoint": word(int((claims["joint_p"] <= LEVEL).sum())),
        "PreRun": run["corpus"][:12],
        "PreRng": str(run["rng"]),
    }
    return out | _counts("Pre", claims)


#: Choices of a multiverse in words.
CHOICE = {
    "backend": "model family",
    "n_topics": "number of topics",
    "seed": "seed",
    "theta": "reading of θ",
    "embedding": "space of vectors",
    "period_length": "length of the periods",
    "denominator": "denominator",
    "length": "length of the documents",
    "deduplicate": "near-duplicates",
    "split": "split",
    "edits": "edits of topics",
    "": "choice",
}


def _claim(name: str, claim: pd.Series) -> dict[str, str]:
    """What is quoted of one claim."""
    return {
        name: escaped(claim["label"]),
        f"{name}Change": between(claim["change"], claim["change_lower"], claim["change_upper"]),
        f"{name}P": probability(claim["p_adjusted"]),
        f"{name}Slope": points(claim["slope"]),
        f"{name}Finding": claim["finding"],
        f"{name}Stability": claim["stability"],
        f"{name}Agree": percent(claim["agreement"]),
        f"{name}Votes": percent(claim["votes"]),
        f"{name}Joint": probability(claim["joint_p"]),
        f"{name}Choice": escaped(CHOICE[claim["choice_that_matters"]]),
    }


def daily_papers() -> dict[str, str]:
    results = EXPERIMENTS / "daily_papers" / "results"
    own, trends = document(results / "numbers.json"), read(results, "trends")
    shares = read(results, "prevalence").query("backend == 'gibbs-lda' and topic >= 0")
    mine = trends[trends["backend"] == "gibbs-lda"]
    peak = shares.groupby("topic")["share"].max().rename("peak")
    unchanged = mine[mine["finding"] == Finding.NO_CHANGE].merge(peak, on="topic")
    wave = unchanged.sort_values("autocorrelation").iloc[-1]
    course = shares[shares["topic"] == wave["topic"]].set_index("period")["share"]
    out = {
        "DailyDocuments": count(own["documents"]),
        "DailyPeriods": count(own["periods"]),
        "DailyTopics": count(len(mine)),
        "DailySeeds": word(own["gibbsLdaSeeds"]),
        "DailyOutliers": percent(own["bertopicUnassigned"]),
        "DailyPower": f"{mine['power'].median():.1f}",
        "DailySpanFirst": span(own["spans"][0]),
        "DailySpanLast": span(own["spans"][1]),
        "DailyMemory": rate(mine["autocorrelation"].mean(), 2),
        "DailyWave": escaped(wave["label"]),
        "DailyWavePeak": percent(course.max()),
        "DailyWaveFirst": percent(course.iloc[0], 1),
        "DailyWaveLast": percent(course.iloc[-1], 1),
        "DailyWaveWhen": pd.Timestamp(course.idxmax()).strftime("%B %Y"),
        "DailyWaveChange": between(wave["change"], wave["change_lower"], wave["change_upper"]),
        "DailyWaveTurn": probability(wave["p_turn_adjusted"]),
        "DailyWaveMemory": rate(wave["autocorrelation"], 2),
    }
    for name, backend in (("", "gibbs-lda"), ("Vector", "bertopic")):
        part = trends[(trends["backend"] == backend) & (trends["topic"] >= 0)]
        out |= {f"DailyFound{name}": word(int(part["finding"].isin(FOUND).sum()))}
    return out | _counts("Daily", mine)


def found_claims(table: pd.DataFrame) -> pd.DataFrame:
    """Rows with a finding, the largest rise first."""
    return table[table["finding"].isin(FOUND)].sort_values("change", ascending=False)


def _counts(prefix: str, table: pd.DataFrame) -> dict[str, str]:
    """How many topics have each finding, and how many findings each stability."""
    n = table["finding"].value_counts()
    names = {
        "Rising": Finding.RISING,
        "Falling": Finding.FALLING,
        "Turned": Finding.TURNED,
        "Open": Finding.NO_CHANGE,
    }
    out = {f"{prefix}{name}": word(int(n.get(finding, 0))) for name, finding in names.items()}
    out[f"{prefix}Found"] = word(len(found_claims(table)))
    if "stability" in table:
        m = found_claims(table)["stability"].value_counts()
        out[f"{prefix}Stable"] = word(int(m.get(Stability.STABLE, 0)))
        out[f"{prefix}Depends"] = word(int(m.get(Stability.DEPENDS, 0)))
    return out


def _camel(name: object) -> str:
    return "".join(part.title() for part in str(name).replace("-", " ").split())
