"""Rules of the house that no single module can check."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

LIMIT = 400


def package_files(root: Path) -> list[Path]:
    return sorted((root / "trends").rglob("*.py"))


def test_files_stay_small(root: Path) -> None:
    lines = {p.relative_to(root): len(p.read_text().splitlines()) for p in package_files(root)}
    assert {path: n for path, n in lines.items() if n > LIMIT} == {}


#: What runs code that data hold: functions, modules, and the option of a reader.
RUNS_CODE = {"eval", "exec"}
HOLDS_CODE = {"pickle", "dill", "joblib", "cloudpickle", "shelve"}
ALLOWS_CODE = "allow_pickle"


def test_nothing_can_run_code_from_data(root: Path) -> None:
    """No eval, exec, pickle or unsafe load anywhere in the package."""
    bad = []
    # A file that names none of these need not be parsed.
    named = re.compile(rf"\b({'|'.join({*RUNS_CODE, *HOLDS_CODE, ALLOWS_CODE})})\b")
    for path in package_files(root):
        source = path.read_text()
        for node in ast.walk(ast.parse(source)) if named.search(source) else ():
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
                and node.arg == ALLOWS_CODE
                and getattr(node.value, "value", None) is not False
            )
            if name in RUNS_CODE or {m.partition(".")[0] for m in modules} & HOLDS_CODE or allows:
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


#: Where tests may ask a clock or pause, and why. No clock and no pause decides a test.
CLOCKS = {
    "cli/test_stopping.py": "waits for a state that must come; a limit far beyond it ends the wait",
    "fuzz/fuzz.py": "the time budget of the fuzzer, which is no test",
    "fuzz/targets.py": "the fuzzer's limit for one input; tests set none",
    "small_runs.py": "a pause between two looks at what is kept",
    "sources/io/test_hostile_memory.py": "seconds are printed beside the memory, never compared",
    "test_files.py": "a process that waits to be killed",
}


def test_no_clock_and_no_sleep_decides_a_test(root: Path) -> None:
    asked = re.compile(r"\btime\.(sleep|time|monotonic|perf_counter|process_time)(_ns)?\(")
    found = {
        p.relative_to(root / "tests").as_posix()
        for p in (root / "tests").rglob("*.py")
        if asked.search(p.read_text(encoding="utf-8"))
    }
    assert found == set(CLOCKS)


def test_folders_stay_small(root: Path) -> None:
    """At most 15 files of code lie directly in a folder."""
    folders = Counter(
        p.parent.relative_to(root).as_posix()
        for top in ("trends", "tests", "experiments")
        for p in (root / top).rglob("*.py")
    )
    assert {f: n for f, n in folders.items() if n > 15} == {}


def imported_at_once(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports carried out when a module is imported: outside of functions, not for types."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
        ):
            # An expression holds no statement, so no import.
            waiting += (n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.expr))


@pytest.mark.parametrize("folder", ["trends", "experiments"])
def test_no_circles_of_imports(root: Path, folder: str) -> None:
    files = {}
    for path in sorted((root / folder).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        # Scripts import their neighbours by the name of the file.
        name = parts[-1] if folder == "experiments" else ".".join(parts).removesuffix(".__init__")
        files[(path.parent if folder == "experiments" else root, name)] = path
    graph: dict[tuple[Path, str], set[tuple[Path, str]]] = {}
    for (place, name), path in files.items():
        named = set()
        for node in imported_at_once(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif node.module:
                inside = {f"{node.module}.{alias.name}" for alias in node.names}
                whole = {(place, n) for n in inside} <= set(files)
                named |= {n for n in inside if (place, n) in files}
                named |= set() if whole else {node.module}
        graph[place, name] = {(place, n) for n in named if (place, n) in files} - {(place, name)}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle
