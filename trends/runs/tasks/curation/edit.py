"""Topics of a fit after the edits of the user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trends import store
from trends.analysis.curation.apply import counts_of
from trends.core.computing.cost import Cost
from trends.runs.engine.task import task
from trends.runs.tasks import backends
from trends.runs.tasks.curation import edits_file


@task("edit", cost=Cost(300, entries=60, shares=40), how=("path",), loads=backends.none)
def edit(
    folder: Path, fit: Path, terms: Path, *, backend: str, path: str, rng: int
) -> dict[str, Any]:
    """Merge, split, rename and exclude topics of one fit.

    ``path`` is the file of edits, whose content is in the key.
    """
    topics = store.read_topics(fit)
    counts = counts_of(topics, store.read_counts(terms))
    given = edits_file.read(path)
    store.write_topics(folder, given.apply(backend, topics, counts, rng))
    return {}
