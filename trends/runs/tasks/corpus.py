"""The corpus of a run is a task: read once, from the files that the config names, and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from trends.errors import UsageError
from trends.runs.config.settings import CorpusConfig, RunConfig
from trends.runs.engine.content import content_of
from trends.runs.engine.task import Task, task
from trends.runs.tasks.documents import COUNTS, EMBEDDINGS, write_counts
from trends.sources import read_corpus
from trends.sources.stored import corpus_file


@task("corpus", how=("corpus",))
def read(folder: Path, *, corpus: CorpusConfig) -> dict[str, Any]:
    """Read the corpus and keep it: documents, and counts and vectors if it came with them."""
    if corpus.vector:
        message = (
            'corpus.vector names a column of shards (engine.name = "local"); in memory vectors are '
            "given as a file with ids: embed.path."
        )
        raise UsageError(message)
    found = read_corpus([corpus.path], source=corpus.source, **corpus.options())
    corpus_file.write(found, folder / "corpus.parquet")
    if found.counts is not None:
        (folder / COUNTS).mkdir()
        write_counts(folder / COUNTS, found.counts)
    if found.embeddings is not None:
        with (folder / EMBEDDINGS).open("wb") as f:
            np.save(f, found.embeddings, allow_pickle=False)
    return {"documents": len(found)}


def task_of(config: RunConfig) -> Task:
    """The task that reads the corpus of a run.

    Its key holds the content of every file that is read.

    Raises
    ------
    UsageError
        If the corpus is to stay in shards.
    """
    if config.engine.name != "memory":
        message = (
            f"With engine.name={config.engine.name!r} only the run itself is carried out; "
            "everything that goes over its documents again needs engine.name='memory'."
        )
        raise UsageError(message)
    given = config.corpus
    # Where the files lie says nothing about what is in them.
    bare = given.model_copy(
        update={name: Path(getattr(given, name)).name for name in ("path", "dates")}
    )
    content = {name: content_of(getattr(given, name)) for name in ("path", "dates")}
    return read(corpus=given, depends={"settings": bare.model_dump(), "content": content})
