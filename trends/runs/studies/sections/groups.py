"""``trends groups``: a run whose topics are compared in groups of documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trends import files
from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Report
from trends.runs.studies import multiverse
from trends.runs.studies import run as runs


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run with groups of documents, compared under the first model's prototype.

    Parameters
    ----------
    config : RunConfig
        All settings; ``[groups]`` names the column.
    out : Path
        Folder of the results: ``groups.csv``, ``group_differences.csv``, ``group_pairs.csv``,
        ``groups.json`` and ``figures/groups.*`` join the files of the run, and its report gets a
        section. What was finished is kept; a multiverse that lies there stays.
    report : callable, optional
        Called with (task, state, done, total).

    Returns
    -------
    dict
        What is in ``groups.json``: the groups, the spans, a sentence for each topic.

    Raises
    ------
    UsageError
        If no column is named, or the corpus has no such column.
    """
    if not config.groups.by:
        message = "Name the column of the groups: --by venue, or by under [groups] in the config."
        raise UsageError(message)
    study = multiverse if (out / "multiverse.json").is_file() else runs
    study.run(config, out, report=report)
    found: dict[str, Any] = files.read_json(out / "groups.json")
    return found
