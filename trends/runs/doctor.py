"""What to look at first when something is wrong."""

from __future__ import annotations

import platform
import re
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from trends import files
from trends.errors import TrendsError
from trends.runs.engine.closure import version


def examine() -> dict[str, Any]:
    """Versions, the hash of the packaged model, the fonts of figures, and a write test.

    Returns
    -------
    dict
        ``ok`` is false if something that a run needs is missing; each entry says what was found.
    """
    required = [r for r in metadata.requires("topic-trends") or () if "extra ==" not in r]
    names = ["topic-trends", *sorted(re.split(r"[^\w.-]", r)[0] for r in required)]
    versions = {"python": platform.python_version(), **{name: version(name) for name in names}}
    absent = [
        name for name, found in versions.items() if found == "absent" and name != "topic-trends"
    ]
    model, model_ok = _model()
    write, write_ok = _write_test(Path.cwd())
    return {
        "ok": not absent and model_ok and write_ok,
        "versions": versions,
        "missing": absent,
        "model": model,
        "fonts": _fonts(),
        "write_test": write,
    }


def _model() -> tuple[str, bool]:
    from trends.embed import minilm

    try:
        return f"all-MiniLM-L6-v2, SHA-256 {minilm.check_weights(minilm.model_folder())}", True
    except TrendsError as error:
        return str(error), False


def _fonts() -> str:
    from trends.plots.theme import styles

    return ", ".join(styles.fonts(serif=False))


def _write_test(folder: Path) -> tuple[str, bool]:
    try:
        with tempfile.TemporaryDirectory(dir=folder) as name:
            files.write_text(Path(name) / "probe.txt", "probe")
    except (OSError, TrendsError) as error:
        return f"could not write to {folder}: {error}", False
    return f"could write to {folder}", True
