"""What topics did over time beyond more or less."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from trends.core.wording import listed, plural
from trends.reports.content import Shapes
from trends.reports.sections.tables import Table, table

#: Columns of the table on the page, and the rows that it prints.
SHOWN = ("label", "kind", "start", "stop", "estimate", "low", "high", "adjusted_p", "note")
MOST = 200


@dataclass(frozen=True)
class ShapesView(Shapes):
    """The section "Shapes" as the page shows it."""

    @cached_property
    def overview(self) -> str:
        """How many shapes of each kind were found, in how many topics."""
        found = self.table[self.table["found"].astype(bool)]
        claims = found[found["kind"] != "forecast"]
        if claims.empty:
            return "No shape was found in any topic."
        each = [
            f"{kind}: {plural(len(rows), 'topic')}"
            for kind, rows in claims.drop_duplicates(["topic", "kind"]).groupby("kind", sort=False)
        ]
        return f"Topics by what was found. {listed(each)}."

    @cached_property
    def said(self) -> list[str]:
        """The sentences about topics of which something was found."""
        return [line for line in self.sentences if not line.endswith(": no shape found.")]

    @cached_property
    def found(self) -> Table:
        """All that was found, as a table."""
        rows = self.table[self.table["found"].astype(bool)]
        return table(rows[[c for c in SHOWN if c in rows.columns]], "", most=MOST)
