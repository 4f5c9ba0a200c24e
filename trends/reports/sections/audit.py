"""What the audit says about the corpus, and directly standardized beside unweighted trends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from trends.core.claim import FOUND
from trends.core.wording import listed, plural, signed
from trends.reports.content import Audit
from trends.reports.sections.tables import Table, table
from trends.reports.words import records

#: Part → heading.
TITLES = {
    "coverage": "Coverage",
    "dates": "Evidence of dates",
    "lag": "End of the corpus",
    "length": "Length of documents",
    "duplicates": "Repeated documents",
    "language": "Languages",
}
FLAGS = {"look": "needs attention", "unknown": "cannot be audited", "ok": "nothing to report"}
#: Columns of the table on the page.
STANDARDIZED = {
    "backend": "backend",
    "label": "label",
    "finding": "finding, as reported",
    "change": "change, as reported",
    "finding_same": "finding, same documents",
    "change_same": "change, same documents",
    "finding_standardized": "finding, standardized",
    "change_standardized": "change, standardized",
}


@dataclass(frozen=True)
class Part:
    """One part on the page: heading, what its flag says, the sentence, and the rule of the flag."""

    title: str
    flag: str
    words: str
    sentence: str
    rule: str


@dataclass(frozen=True)
class AuditView(Audit):
    """The section "Audit" as the page shows it."""

    @cached_property
    def parts(self) -> list[Part]:
        """All parts, those that need attention first."""
        order = list(FLAGS)
        rows = sorted(records(self.summary.fillna("")), key=lambda r: order.index(str(r.flag)))
        return [
            Part(title(str(r.part)), str(r.flag), FLAGS[str(r.flag)], str(r.sentence), str(r.rule))
            for r in rows
        ]

    @property
    def overview(self) -> str:
        """How many parts need attention."""
        look = [p.title[0].lower() + p.title[1:] for p in self.parts if p.flag == "look"]
        lead = f"{plural(len(self.parts), 'side')} of the corpus were checked before any model; "
        return lead + (
            f"{len(look)} {'needs' if len(look) == 1 else 'need'} attention: {listed(look)}."
            if look
            else "none needs attention."
        )

    @property
    def standardized_table(self) -> Table:
        """Changes with and without standardization.

        Rows are the topics that are found to change in any of the three tests.
        """
        frame = self.trends_standardized
        if frame.empty:
            return table(pd.DataFrame(columns=list(STANDARDIZED.values())), "period")
        columns = [c for c in STANDARDIZED if c.startswith("finding")]
        found = frame[columns].isin(FOUND).any(axis=1)
        shown = frame.loc[found, list(STANDARDIZED)].copy()
        for column in STANDARDIZED:
            if column.startswith("change"):
                shown[column] = shown[column].map(signed)
        return table(shown.rename(columns=STANDARDIZED), "period", most=1000)


def title(part: str) -> str:
    """Heading of a part of the audit."""
    return (
        TITLES.get(part)
        or f"Mix by {part.removeprefix('mix-').removesuffix('-in-source').replace('-', ' ')}"
    )
