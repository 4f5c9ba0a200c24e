"""`import trends` offers the public API and nothing else.

An old name is answered with the new one.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import trends as tr
from trends import _RENAMED


def test_dir_is_the_api() -> None:
    assert dir(tr) == sorted(tr.__all__)
    assert all(getattr(tr, name) is not None for name in tr.__all__)
    assert not [name for name in tr.__all__ if name.startswith("_")]


def test_the_stub_exports_what_it_imports(root: Path) -> None:
    """lazy_loader offers what the stub imports, type checkers what its ``__all__`` names."""
    tree = ast.parse((root / "trends" / "__init__.pyi").read_text())
    exported = next(n for n in tree.body if isinstance(n, ast.Assign)).value
    assert ast.literal_eval(exported) == tr.__all__


@pytest.mark.parametrize("old", sorted(_RENAMED))
def test_an_old_name_is_answered_with_the_new_one(old: str) -> None:
    with pytest.raises(AttributeError, match=rf"trends\.{old} .*trends\.{_RENAMED[old]}\b"):
        getattr(tr, old)


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="nothing_like_it"):
        getattr(tr, "nothing_like_it")  # noqa: B009
