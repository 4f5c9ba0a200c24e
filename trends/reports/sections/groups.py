"""Whether topics change alike in groups of documents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from trends.core import statements
from trends.core.wording import listed, plural
from trends.reports.content import Groups
from trends.reports.sections.tables import Table, table

#: Columns of the table on the page.
SHOWN = (
    *("label", "group", "documents", "finding", "change", "change_lower", "change_upper"),
    "p_adjusted",
)


@dataclass(frozen=True)
class GroupsView(Groups):
    """The section "Groups" as the page shows it."""

    @cached_property
    def rule(self) -> str:
        """When groups are said to differ."""
        return statements.GROUPS

    @cached_property
    def overview(self) -> str:
        """The groups, and in how many topics they differ."""
        sizes = self.groups.drop_duplicates("group")
        each = [f"{g} ({n:,})" for g, n in zip(sizes["group"], sizes["documents"], strict=True)]
        tested = self.differences["p"].notna()
        n = int(self.differences["differs"].sum())
        return (
            f"Documents by {self.by}: {listed(each, most=12)}. In {n} of "
            f"{plural(int(tested.sum()), 'topic')} that could be tested the groups differ."
        )

    @cached_property
    def differing(self) -> list[str]:
        """The sentences about topics whose groups differ."""
        said = zip(self.sentences, self.differences["differs"], strict=True)
        return [sentence for sentence, differs in said if differs]

    @cached_property
    def changes(self) -> Table:
        """Change in every group of the topics whose groups differ."""
        some = self.differences.loc[self.differences["differs"], "topic"]
        rows = self.groups[self.groups["topic"].isin(some)]
        return table(rows[[c for c in SHOWN if c in rows.columns]], "", most=200)
