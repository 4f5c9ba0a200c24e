"""One part of the audit of a corpus.

A table, a sentence for the paper, and whether it deserves a look.
"""

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
