"""Names of topics: a file of them, names changed in it, and the run with these names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from trends import files, store
from trends.errors import DataError, UsageError
from trends.runs.config.overrides import override
from trends.runs.config.settings import RunConfig, check
from trends.runs.engine.engine import Report
from trends.runs.studies import multiverse
from trends.runs.studies import run as runs
from trends.runs.tasks.analysis_parts import names


def file_of(run: store.Run, file: str = "") -> Path:
    """The file of names of a run: the given one, the one it used, or one beside its folder."""
    used = str(settings_of(run).labels.path)
    return Path(file or used or f"{run.folder.resolve()}-labels.csv")


def settings_of(run: store.Run, changes: Sequence[str] = (), path: Path | None = None) -> RunConfig:
    """The settings of a finished run, with changes (``key=value``) and another file of names."""
    config = dict(run.manifest["config"])
    if "engine" in run.manifest:
        config["engine"] = run.manifest["engine"]
    given = config.get("labels") or {}
    config["labels"] = {"path": given} if isinstance(given, str) else dict(given)
    for item in changes:
        override(config, item)
    if path is not None:
        config["labels"]["path"] = str(path)
    return check(config, str(run.folder))


def start(run: store.Run, file: Path) -> bool:
    """Copy the names of a run to a file, unless it is there; whether it was made."""
    if file.exists():
        return False
    files.write_csv(file, table(run.folder / "labels.csv"))
    return True


def table(file: Path) -> pd.DataFrame:
    """A file of names as text."""
    if not file.is_file():
        message = f"{file} is not there; a run writes it into its folder."
        raise DataError(message)
    return pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def rename(run: store.Run, file: Path, given: Sequence[str]) -> None:
    """Write names into the file.

    Parameters
    ----------
    given : sequence of str
        ``"3=Machine translation"``, or ``"bertopic/3=…"`` for another model than the first.

    Raises
    ------
    UsageError
        If one is written otherwise, or there is no such topic.
    """
    frame = table(file)
    main = str(run.manifest["config"]["models"]["backends"][0])
    for each in given:
        where, equals, name = each.partition("=")
        backend, _, topic = where.rpartition("/")
        rows = (frame["backend"] == (backend or main)) & (frame["topic"] == topic.strip())
        if not equals or not name.strip() or not rows.any():
            known = ", ".join(frame.loc[frame["backend"] == main, "topic"])
            message = (
                f"A name is given as TOPIC=NAME or MODEL/TOPIC=NAME; got {each!r}. Topics of "
                f"{main}: {known}."
            )
            raise UsageError(message)
        frame.loc[rows, "label"] = name.strip()
    files.write_csv(file, frame)


def apply(run: store.Run, file: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run again with the names of a file; fits are kept.

    Raises
    ------
    TrendsError
        If a name does not suit the topics of the run; nothing is changed then.
    """
    config = settings_of(run, path=file)
    given = names.read(str(file))
    for backend, prototype in run.manifest["prototypes"].items():
        fit = run.topics(backend, prototype["seed"])
        automatic = [f"topic {k}" for k in range(fit.n_topics)]
        given.of(backend, fit, automatic, config.rng)
    study = multiverse if (run.folder / "multiverse.json").is_file() else runs
    return study.run(config, run.folder, report=report)
