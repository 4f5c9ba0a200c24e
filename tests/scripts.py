"""Python files of the repository that belong to no package, imported for tests."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[1]


def script(path: str | Path) -> ModuleType:
    """One file, by its path from the repository on."""
    file = ROOT / path
    spec = importlib.util.spec_from_file_location(f"{file.parent.name}_{file.stem}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look for the module in which they stand.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@contextmanager
def scripts(folder: str, *names: str) -> Iterator[SimpleNamespace]:
    """Files of one folder which import each other by name, imported anew and taken away again."""
    there = [path.stem for path in (ROOT / folder).glob("*.py")]
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / folder))
        for name in there:
            patch.delitem(sys.modules, name, raising=False)
        yield SimpleNamespace(**{name: importlib.import_module(name) for name in names})
        for name in there:
            sys.modules.pop(name, None)
