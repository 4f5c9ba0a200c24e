"""A run that is asked for again where nothing changed: told without planning it.

To plan a run is to load its documents, to check the settings against them and to follow the imports
of every task. All of it depends on little: the settings, the files that they name, the files of the
package, what is installed, the processor. A finished run keeps the hash of these with the keys
of its tasks. While that hash is the same, and every kept and every published file is what it was,
the run would come out as it lies there.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from shutil import which
from types import MappingProxyType
from typing import Any

import trends
from trends import files
from trends.embed.engines.processor import instructions
from trends.runs.config.settings import RunConfig
from trends.runs.engine import memory
from trends.runs.engine.cache import Cache, Entry, Keyed, key_of
from trends.runs.engine.content import content_of
from trends.runs.engine.lock import locked

RECORD = ".cache/.finished.json"
MANIFEST = "manifest.json"
NOTHING: Mapping[str, str] = MappingProxyType({})


def state_of(config: RunConfig, also: Mapping[str, str] = NOTHING) -> str:
    """Hash of all that decides about the plan of a run and about its results.

    ``also`` is the content of files that are not named by the settings themselves. Where a file
    cannot be read there is no such hash ("").
    """
    settings = config.model_dump(mode="json")
    # Models and stores are named by where they lie; what lies there is no part of any key.
    given = {**settings, "name": "", "title": "", "embed": settings["embed"]["path"]}
    try:
        files_named, installed = _named(given), _installation()
    except OSError:
        return ""
    return key_of({"settings": settings, "files": files_named, "also": also, **installed})


def keep(out: Path, state: str, tasks: Collection[Keyed]) -> None:
    """Note a run that is finished and published, and the state from which it was planned."""
    record = {
        "state": state,
        "tasks": [[task.name, task.key] for task in tasks],
        "manifest": files.sha256(out / MANIFEST),
    }
    files.write_json(out / RECORD, record | {"record": key_of(record)})


def find(
    state: str,
    config: RunConfig,
    out: Path,
    report: Callable[[str, str, int, int], None] | None = None,
) -> dict[str, Any] | None:
    """The manifest of a finished run, if carrying it out again would change nothing else.

    Parameters
    ----------
    state : str
        What :func:`state_of` says now.
    config : RunConfig
        All settings.
    out : Path
        Folder of the results.
    report : callable, optional
        Hears of every task that it was kept.

    Returns
    -------
    dict or None
        The manifest, which now says that every task was kept; ``None`` if the run has to be
        planned.
    """
    try:
        record = files.read_json(out / RECORD)
        if not state or record.pop("record") != key_of(record) or record["state"] != state:
            return None
        tasks = [Entry(str(name), str(key)) for name, key in record["tasks"]]
        with locked(out):
            manifest = _same(out, record["manifest"], tasks)
            if manifest is None:
                return None
            budget = memory.Budget(memory.limit_of(config), {}, config.models.workers)
            kept = {"kept_from_before": sorted(t.name for t in tasks), "memory": asdict(budget)}
            if manifest | kept != manifest:
                manifest |= kept
                files.write_json(out / MANIFEST, manifest)
                keep(out, state, tasks)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # whatever is wrong is said by the run itself, which makes what is missing
    if report is not None:
        for done, task in enumerate(tasks, 1):
            report(task.name, "cached", done, len(tasks))
    return manifest


def _same(out: Path, manifest: str, tasks: Collection[Keyed]) -> dict[str, Any] | None:
    """The manifest, if it, all files that it names and all kept results are what they were."""
    cache = Cache(out / ".cache")
    if files.sha256(out / MANIFEST) != manifest or not all(map(cache.find, tasks)):
        return None
    found: dict[str, Any] = files.read_json(out / MANIFEST)
    for name, digest in found["files"].items():
        # Files of updates are checked by the next update.
        if not name.startswith("updates/") and files.sha256(out / name) != digest:
            return None
    cache.sweep()
    files.sweep(out, files.STAGED)
    return found


def _named(settings: Any) -> dict[str, dict[str, str]]:
    """Content of every file or folder that a text among the settings names, whichever it is."""
    if isinstance(settings, str):
        found = content_of(settings) if len(settings) < 1_000 and "\0" not in settings else {}
        return {settings: found} if found else {}
    if isinstance(settings, Mapping):
        settings = list(settings.values())
    named: dict[str, dict[str, str]] = {}
    for each in settings if isinstance(settings, list) else ():
        named |= _named(each)
    return named


def _installation() -> dict[str, Any]:
    """Files of the package, what else is installed, and what decides about last digits."""
    folder, sources = Path(trends.__file__).parent, hashlib.sha256()
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for path in (Path(top) / name for name in sorted(names)):
            sources.update(f"{path.relative_to(folder)} {files.sha256(path)}\n".encode())
    installed = []
    for place in filter(os.path.isdir, sys.path):
        with os.scandir(place) as entries:
            found = [e for e in entries if e.name.endswith((".dist-info", ".egg-info"))]
        # What installs another version makes that folder anew.
        installed += sorted((e.name, e.stat().st_mtime_ns) for e in found)
    return {
        "sources": sources.hexdigest(),
        "installed": installed,
        "python": sys.version,
        "machine": [platform.system(), platform.machine(), *instructions()],
        "card": which("nvidia-smi"),
    }
