"""Rules of the house that no single module can check."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

LIMIT = 400
#: Files that grew past the limit when lines became shorter, until they are divided.
LONGER = {
    "trends/sources/io/bounded.py": 450,
    "trends/runs/studies/multiverse_tables.py": 450,
    "trends/sources/records/build.py": 450,
    "trends/store.py": 450,
}


def package_files(root: Path) -> list[Path]:
    return sorted((root / "trends").rglob("*.py"))


def test_files_stay_small(root: Path) -> None:
    long = {
        name: n
        for p in package_files(root)
        if (n := len(p.read_text().splitlines()))
        > LONGER.get(name := p.relative_to(root).as_posix(), LIMIT)
    }
    assert long == {}


def test_nothing_can_run_code_from_data(root: Path) -> None:
    """No eval, exec, pickle or unsafe load anywhere in the package."""
    bad = []
    for path in package_files(root):
        for node in ast.walk(ast.parse(path.read_text())):
            name = (
                node.func.id
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                else ""
            )
            modules = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            allows = (
                isinstance(node, ast.keyword)
                and node.arg == "allow_pickle"
                and getattr(node.value, "value", None) is not False
            )
            if (
                name in {"eval", "exec"}
                or {m.partition(".")[0] for m in modules}
                & {"pickle", "dill", "joblib", "cloudpickle", "shelve"}
                or allows
            ):
                bad.append(f"{path.relative_to(root)}:{getattr(node, 'lineno', 0)}")
    assert bad == []


@pytest.mark.parametrize("folder", ["experiments", "figures"])
def test_scripts_define_no_statistics(root: Path, folder: str) -> None:
    """Experiments and figures call the package; methods live in it.

    A comparison with other packages has to call them, and nothing else may.
    """
    forbidden = {"statsmodels", "sklearn", "gensim", "tomotopy", "bertopic"}
    comparing = {root / "experiments/bbc_news/fits.py", root / "experiments/planted/recovery.py"}
    for path in sorted(set((root / folder).rglob("*.py")) - comparing):
        tree = ast.parse(path.read_text())
        names = {
            a.name.partition(".")[0]
            for n in ast.walk(tree)
            if isinstance(n, ast.Import)
            for a in n.names
        }
        names |= {
            (n.module or "").partition(".")[0]
            for n in ast.walk(tree)
            if isinstance(n, ast.ImportFrom)
        }
        assert not names & forbidden, path
