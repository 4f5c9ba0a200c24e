"""The claims of a card, from the tables of a run."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from trends import store
from trends.core import multivalue as cells
from trends.core.claim import FOUND
from trends.core.wording import missing
from trends.runs.cards.model import ClaimFacts
from trends.runs.cards.sentences import sentence_of

#: Words of a topic, and documents that stand for it.
WORDS, EXAMPLES = 10, 3

Row = dict[Any, Any]


class Tables:
    """The tables of a run, of which claims are about the topics of one backend.

    Parameters
    ----------
    paths : mapping
        Name of the file → where it lies.
    lead : str
        The backend.
    """

    def __init__(self, paths: Mapping[str, Path], lead: str) -> None:
        self._paths, self.lead = paths, lead

    def table(self, name: str) -> pd.DataFrame:
        """A table; an empty one where the run has none."""
        path = self._paths.get(f"{name}.csv")
        return pd.DataFrame() if path is None else store.read_csv(path)

    @cached_property
    def trends(self) -> dict[tuple[str, int], Row]:
        """Rows of ``trends.csv`` by backend and topic."""
        return {(r["backend"], int(r["topic"])): r for r in self.table("trends").to_dict("records")}

    @cached_property
    def topics(self) -> dict[int, Row]:
        """Rows of ``topics.csv`` by topic."""
        rows = self.table("topics").to_dict("records")
        return {int(r["topic"]): r for r in rows if r["backend"] == self.lead}

    def family(self) -> list[Row]:
        """P of every topic that was tested together."""
        return [
            {"topic": topic, "p": known(row["p"]), "p_adjusted": known(row["p_adjusted"])}
            for (backend, topic), row in self.trends.items()
            if backend == self.lead
        ]

    def diagnostics(self) -> list[Row]:
        """What each diagnostic says."""
        return [
            {
                "diagnostic": row["diagnostic"],
                "backend": row["backend"],
                "flagged": bool(row["flagged"]),
                "sentence": row["sentence"],
            }
            for row in self.table("diagnostics").to_dict("records")
        ]

    @cached_property
    def changing(self) -> set[tuple[str, int]]:
        """Diagnostics and topics of which they say that the finding changes."""
        out = set()
        for row in self.table("diagnostics").to_dict("records"):
            if row["backend"] == self.lead and row["flagged"]:
                changed = json.loads(str(row["measures"])).get("changed", [])
                out |= {(row["diagnostic"], int(topic)) for topic in changed}
        return out

    @cached_property
    def corrections(self) -> list[Row]:
        """Rows of ``diagnostics_corrected.csv`` of the leading backend."""
        rows = self.table("diagnostics_corrected").to_dict("records")
        return [row for row in rows if row["backend"] == self.lead]

    @cached_property
    def partners(self) -> list[tuple[int, str, int, float]]:
        """Topic of the leading backend, the other backend, its topic, how alike they are."""
        out = []
        for row in self.table("alignment").to_dict("records"):
            ends = [(row[f"backend_{end}"], int(row[f"topic_{end}"])) for end in ("a", "b")]
            for (backend, topic), (other, partner) in (ends, ends[::-1]):
                if backend == self.lead and topic >= 0 and partner >= 0:
                    out.append((topic, other, partner, float(row["similarity"])))
        return out


def claims(tables: Tables, spans: list[str], level: float) -> list[ClaimFacts]:
    """Every claim of a run, in the order of ``claims.csv``."""
    return [_claim(tables, row, spans, level) for row in tables.table("claims").to_dict("records")]


def _claim(tables: Tables, claim: Row, spans: list[str], level: float) -> ClaimFacts:
    topic = int(claim["topic"])
    row, about = tables.trends[tables.lead, topic], tables.topics[topic]
    several = not missing(row.get("fits")) and row["fits"] > 1
    facts = {
        "topic": {
            "kind": "topic",
            "backend": tables.lead,
            "number": topic,
            "label": claim["label"],
            "words": cells.split(about["top_terms"], ";")[:WORDS],
            "documents": int(about["n_docs"]),
            "share": float(about["share"]),
            "share_first": known(row["share_first"]),
            "share_last": known(row["share_last"]),
            "examples": cells.split(about["example_ids"], ";")[:EXAMPLES],
        },
        "finding": claim["finding"],
        "stability": claim["stability"],
        "sentence": "",
        **tested(row),
        "fits": int(row["fits"]) if several else None,
        "fits_lower": known(row["fits_lower"]) if several else None,
        "fits_upper": known(row["fits_upper"]) if several else None,
        "multiverse": _agreement(claim),
        "corrected": _corrected(tables, topic, claim["finding"]),
        "elsewhere": _elsewhere(tables, topic),
    }
    made = ClaimFacts.model_validate(facts)
    return made.model_copy(update={"sentence": sentence_of(made, spans, level)})


def tested(row: Mapping[Any, Any]) -> Row:
    """What the test says, of a row of a table of trends or of concepts."""
    return {
        "change": estimate(row, "change", "change_lower", "change_upper"),
        "change_a_year": estimate(row, "slope", "lower", "upper"),
        "log_odds": estimate(row, "log_odds", "log_odds_lower", "log_odds_upper"),
        "ratio": estimate(row, "ratio", "ratio_lower", "ratio_upper"),
        "p": known(row["p"]),
        "p_adjusted": known(row["p_adjusted"]),
        "turn": _turn(row),
        "note": str(row["note"]).strip(),
        "power": known(row["power"]),
    }


def _turn(row: Mapping[str, Any]) -> Row | None:
    """The turn of a row of a table of trends, if it has one."""
    how = str(row["turn"]).strip()
    if not how:
        return None
    names = {"at": "turn_at", "p": "p_turn", "p_adjusted": "p_turn_adjusted"}
    return {"how": how, **{name: known(row[column]) for name, column in names.items()}}


def _agreement(claim: Row) -> Row | None:
    if int(claim["specifications"]) < 2:
        return None
    return {
        "agreement": known(claim["agreement"]),
        "joint_p": known(claim["joint_p"]),
        "matched": int(claim["matched"]),
        "specifications": int(claim["specifications"]),
        "votes": min(1.0, float(claim["votes"])),
    }


def _corrected(tables: Tables, topic: int, finding: str) -> list[Row]:
    rows = {str(r["diagnostic"]): r for r in tables.corrections if int(r["topic"]) == topic}
    named = sorted({*rows, *(name for name, changed in tables.changing if changed == topic)})
    out = []
    for name in named:
        row = rows.get(name, {})
        ends = tuple(f"{end}_corrected" for end in ("change", "change_lower", "change_upper"))
        out.append(
            {
                "diagnostic": name,
                "finding": str(row.get("finding_corrected", finding)),
                "change": estimate(row, *ends) if row else None,
                "p_adjusted": known(row.get("p_adjusted_corrected")),
                "takes_away": finding in FOUND and (name, topic) in tables.changing,
            }
        )
    return out


def _elsewhere(tables: Tables, topic: int) -> list[Row]:
    out = []
    for own, backend, other, similarity in tables.partners:
        row = tables.trends.get((backend, other))
        if own != topic or row is None:
            continue
        out.append(
            {
                "backend": backend,
                "topic": other,
                "similarity": similarity,
                "finding": row["finding"],
                "change": known(row["change"]),
                "p_adjusted": known(row["p_adjusted"]),
            }
        )
    return sorted(out, key=lambda one: (one["backend"], one["topic"]))


def estimate(row: Mapping[Any, Any], value: str, lower: str, upper: str) -> Row | None:
    """A number of a table with its interval, if all three are there."""
    names = {"value": value, "lower": lower, "upper": upper}
    found = {name: known(row.get(column)) for name, column in names.items()}
    return None if None in found.values() else found


def known(value: Any) -> Any:
    """A cell of a table, ``None`` where it holds nothing that is finite."""
    if missing(value) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value
