"""One part of the audit of a corpus: a table, a sentence for the paper, and whether it deserves a look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

Flag = Literal["look", "ok", "unknown"]


@dataclass(frozen=True)
class Part:
    """What the audit says about one side of a corpus.

    Parameters
    ----------
    name : str
        Such as ``lag``; the name of its table and figure.
    flag : {"look", "ok", "unknown"}
        Whether its rule asks for a look; "unknown" where the corpus lacks what the part needs.
    sentence : str
        What a reviewer would want in the paper; every number in it is computed from the corpus.
    rule : str
        When the flag is raised.
    table : pandas.DataFrame
        Tidy; empty where the flag is "unknown".
    measures : dict
        The numbers of the sentence, all of which can be written as JSON.
    """

    name: str
    flag: Flag
    sentence: str
    rule: str
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    measures: dict[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """The part without its table."""
        return {
            "part": self.name,
            "flag": self.flag,
            "sentence": self.sentence,
            "rule": self.rule,
            "measures": self.measures,
        }


def plural(noun: str) -> str:
    """``documents``, ``saved pages``, ``values of organization``."""
    head, of, rest = noun.partition(" of ")
    return f"{head}s{of}{rest}"


def count(n: float, noun: str) -> str:
    """``1 document``, ``12 documents``, ``3,400 documents``."""
    return f"{n:,.0f} {noun if round(n) == 1 else plural(noun)}"


def listed(names: list[str], most: int = 5) -> str:
    """``a``, ``a and b``, ``a, b and 3 more``."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def probability(p: float) -> str:
    """``p = .012``, and a bound where it is very small."""
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".", 1)
