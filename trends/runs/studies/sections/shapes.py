"""``trends shapes``: a run whose topics are looked at for seasons, bursts, changes and words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trends import files
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Report
from trends.runs.studies import multiverse
from trends.runs.studies import run as runs


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run, and look for shapes in the topics of the first model's prototype.

    Parameters
    ----------
    config : RunConfig
        All settings, with ``shapes.look``.
    out : Path
        Folder of the results: ``shapes.csv``, ``shapes_over_time.csv``, ``term_trends.csv``,
        ``term_topics.csv``, ``shapes.json`` and ``figures/shapes-*`` join the files of the run,
        ``claims.csv`` gets the column ``shapes`` and the report a section. What was finished is
        kept; a multiverse that lies there stays.
    report : callable, optional
        Called with (task, state, done, total).

    Returns
    -------
    dict
        What is in ``shapes.json``: a sentence for each topic, kinds that were left out and why.
    """
    study = multiverse if (out / "multiverse.json").is_file() else runs
    study.run(config, out, report=report)
    found: dict[str, Any] = files.read_json(out / "shapes.json")
    return found
