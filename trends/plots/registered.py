"""The registry of figures, read from the lines of the package's stub."""

from __future__ import annotations

import ast
from importlib import resources

from trends.registry import Registry


def _lines() -> dict[str, str]:
    """Every name that the stub imports from a file of figures."""
    stub = resources.files("trends.plots").joinpath("__init__.pyi").read_text(encoding="utf-8")
    return {
        alias.name: f"trends.plots.{line.module}:{alias.name}"
        for line in ast.parse(stub).body
        if isinstance(line, ast.ImportFrom) and (line.module or "").startswith("figures.")
        for alias in line.names
    }


#: Name of a figure → its function, whose ``declaration`` says what it is drawn from.
FIGURES = Registry("figure", _lines())
