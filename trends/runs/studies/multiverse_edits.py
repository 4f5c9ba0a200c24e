"""The user's edits of topics as a choice of the multiverse."""

from __future__ import annotations

from pathlib import Path

from trends import store
from trends.analysis.curation.apply import counts_of
from trends.core import TermCounts, Topics
from trends.core.computing.rng import seeds_from
from trends.core.wording import plural
from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.tasks.curation import edits_file
from trends.runs.tasks.curation.edited import about


class Curated:
    """Fits after the edits of the run's first model, whatever model they are of.

    Parameters
    ----------
    config : RunConfig
        ``edits`` names the file.
    terms : Path
        Term counts of the run, read if a topic is split.
    """

    def __init__(self, config: RunConfig, terms: Path) -> None:
        self.file, self.main = edits_file.read(config.edits), config.models.backends[0]
        self.rng = seeds_from(config.rng, "edits", 1)[0]
        self.edits = self.file.of(self.main)
        split = any(e.kind == "split" for e in self.edits)
        self.counts: TermCounts | None = store.read_counts(terms) if split else None
        #: Edits that each fit allowed.
        self.carried: list[int] = []

    def of(self, fit: Topics) -> Topics | None:
        """A fit after the edits; nothing where none of them could be carried out."""
        counts = None if self.counts is None else counts_of(fit, self.counts)
        try:
            out = self.file.apply(self.main, fit, counts, self.rng)
        except UsageError:  # no topic would be left
            self.carried.append(0)
            return None
        self.carried.append(len(about(out)["applied"]))
        return out if self.carried[-1] else None

    def sentences(self) -> list[str]:
        """In how many fits the edits could be carried out; nothing without edits."""
        if not self.edits:
            return []
        every, n = len(self.edits), len(self.carried)
        whole, none = self.carried.count(every), self.carried.count(0)
        out = (
            f"Edits of topics ({self.file.path}) are a choice: specifications with and without "
            f"them. Carried to each fit by the documents that topics hold, all of "
            f"{plural(every, 'edit')} apply in {whole} of {plural(n, 'fit')}"
        )
        if none:
            out += f", none in {none}, where topics stay as fitted"
        return [f"{out}."]
