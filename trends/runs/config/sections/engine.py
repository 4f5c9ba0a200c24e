"""The section ``[engine]``: where a run does its work."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from trends.runs.config.kinds import Allowed, number_or_auto
from trends.runs.config.sections.section import Section


class EngineConfig(Section):
    """Where documents are worked on; no result depends on the number of shards or workers."""

    name: Literal["memory", "local", "spark"] = "memory"
    """"memory" holds all documents in memory; "local" works on shards in processes of this
    machine, learns topics on a sample and sums over all documents; "spark" does the same on Spark
    (extra "spark")."""
    master: Annotated[str, Allowed('an address, such as "spark://host:7077"')] = ""
    """With name = "spark": its master; this machine if it is empty. A session that runs already, as
    in a notebook on a cluster, is used as it is."""
    shards: Annotated[
        int | Literal["auto"], number_or_auto(1), Allowed('a whole number from 1 on, or "auto"')
    ] = "auto"
    """Parts into which documents are divided, each worked on as a whole; "auto" chooses by the
    size of the files."""
    workers: int = Field(0, ge=0, le=1024)
    """Processes side by side; 0 is one for each core."""
