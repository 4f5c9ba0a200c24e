"""What a task can reach: the closure of imports against a plain reading of the syntax tree, against
changes, and against what runs.
"""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from small_runs import in_turn, write

import trends.runs
from trends.runs.config import settings as config
from trends.runs.engine.closure import Closure, own
from trends.runs.engine.task import Kind, Task
from trends.runs.studies import run as runs

SETTINGS = """
rng = 5
[corpus]
path = "corpus.parquet"
[embed]
model = "precomputed"
path = "vectors.npy"
[models]
backends = ["gibbs-lda", "bertopic"]
n_topics = 3
seeds = 1
workers = 1
[models.settings.gibbs-lda]
iterations = 20
burn_in = 10
[split]
share = 0.5
[figures]
formats = ["svg"]
"""


NO_FITS = {"trends.models": ()}


def kinds() -> Iterator[Kind]:
    """Every kind of task that the package has."""
    for found in pkgutil.walk_packages(trends.runs.__path__, "trends.runs."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if isinstance(value, Kind) and value.write.__module__ == module.__name__:
                yield value


@functools.cache
def imports_by_syntax(closure: Closure, module: str) -> set[str]:
    """Modules of the package that a module imports outside of blocks for type checkers, by its
    syntax tree.
    """
    tree = ast.parse(closure.files[module].read_text(encoding="utf-8"))
    skipped = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        if isinstance(node, ast.ImportFrom) and not node.level:
            base = node.module or ""
            found |= {f"{base}.{a.name}" for a in node.names} | {base}
    return {name for name in found if name in closure.files}


@pytest.mark.slow
def test_imports_are_those_of_the_syntax_tree() -> None:
    closure = own()
    for module in closure.files:
        reached = set(closure.reach(module).modules)
        assert imports_by_syntax(closure, module) <= reached, module
        assert {".".join(module.split(".")[:n]) for n in range(1, 9)} & set(
            closure.files
        ) <= reached


def reached_by_syntax(closure: Closure, module: str) -> set[str]:
    """The closure once more, slowly.

    Without registries and lazy packages, which have tests of their own.
    """
    waiting, found = [module], set[str]()
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += imports_by_syntax(closure, one)
            waiting += [one.rpartition(".")[0]] if "." in one else []
    return found


@pytest.mark.slow
def test_the_closure_is_no_smaller_than_a_plain_one() -> None:
    closure = own()
    for module in {kind.write.__module__ for kind in kinds()}:
        assert reached_by_syntax(closure, module) <= set(closure.reach(module).modules)


@pytest.mark.slow
def test_a_change_of_any_module_changes_the_keys_of_those_that_reach_it_and_no_others(
    tmp_path: Path,
) -> None:
    root = tmp_path / "trends"
    shutil.copytree(own().root, root, ignore=shutil.ignore_patterns("__pycache__", "data"))
    closure = Closure(root)
    reaches = {k.name: closure.reach(k.write.__module__, NO_FITS) for k in kinds()}
    backends = [m for m in closure.files if m.startswith("trends.models.backends.")]
    reaches |= {
        m: closure.reach("trends.runs.tasks.fits", {"trends.models": (m,)}) for m in backends
    }
    before = {name: closure.digest(reach) for name, reach in reaches.items()}
    tried = 0
    for module, path in closure.files.items():
        whole = path.read_bytes()
        path.write_bytes(whole + b"\nCHANGED = True\n")
        closure.hashes.pop(path, None)
        changed = {n for n, reach in reaches.items() if closure.digest(reach) != before[n]}
        assert changed == {n for n, reach in reaches.items() if module in reach.modules}, module
        path.write_bytes(whole)
        closure.hashes.pop(path, None)
        tried += 1
    assert tried == len(closure.files) > 300
    # What the lists that were kept by hand had missed.
    for shared in ("trends.files", "trends.store", "trends.errors", "trends.registry"):
        assert shared in reaches["analysis"].modules
        assert shared in reaches["trends.models.backends.nmf"].modules
    assert "trends.models.backends.nmf" not in reaches["trends.models.backends.lda"].modules


def test_a_file_that_is_no_code_belongs_to_its_package(tmp_path: Path) -> None:
    package = tmp_path / "made"
    package.mkdir()
    for name, text in {
        "__init__.py": "",
        "a.py": 'from made import b\nNAMES = {"c": "made.c:fit"}\n',
        "b.py": '"""Text.\n\nimport nothing\n"""\nfrom made.lazy import late\n',
        "c.py": "def late():\n    import json, numpy as np\n    return json, np\n",
        "d.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from made import e\n",
        "e.py": "",
        "page.html": "<p>",
    }.items():
        (package / name).write_text(text)
    (package / "lazy").mkdir()
    (package / "lazy" / "__init__.py").write_text("")
    (package / "lazy" / "__init__.pyi").write_text("from .far import late as late\n")
    (package / "lazy" / "far.py").write_text("from made import d  # and nothing else\n")
    closure = Closure(package)
    everything = closure.reach("made.a")
    assert everything.modules == (
        "made", "made.a", "made.b", "made.c", "made.d", "made.lazy", "made.lazy.far",
    )  # fmt: skip
    assert everything.packages == ("numpy",)
    assert "made.c" not in closure.reach("made.a", {"made.a": ()}).modules
    before = closure.digest(everything)
    (package / "page.html").write_text("<b>")
    closure.hashes.clear()
    assert closure.digest(everything) != before
    # Templates in a folder of their own too; the corpora of the whole package are no code's.
    (package / "lazy" / "page").mkdir()
    (package / "data").mkdir()
    style, corpus = package / "lazy" / "page" / "page.css", package / "data" / "corpus.csv"
    digests = []
    for content in ("a", "b"):
        for path in (style, corpus):
            path.write_text(content)
            digests.append(Closure(package).digest(everything))
    assert digests[0] == digests[1] != digests[2] == digests[3]


def test_the_page_of_the_report_is_made_again_when_its_template_changes() -> None:
    closure = Closure(own().root)
    page = closure.root / "reports" / "page" / "topics.html"
    kind = next(k for k in kinds() if k.name == "report")
    reach = closure.reach(kind.write.__module__, NO_FITS)
    before = closure.digest(reach)
    assert page in closure.hashes
    closure.hashes[page] = "changed"
    assert closure.digest(reach) != before


@pytest.mark.slow
def test_code_that_runs_in_a_task_is_in_its_closure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every function of the package that is called while a task is carried out belongs to a module
    that its key covers.
    """
    import numpy as np

    write(tmp_path, in_turn(), SETTINGS)
    rng = np.random.default_rng(0)
    vectors = np.eye(8)[[i % 3 for i in range(60)]] + rng.normal(0, 0.1, (60, 8))
    np.save(tmp_path / "vectors.npy", vectors.astype(np.float32))
    closure, outside = own(), dict[str, set[str]]()
    modules = {str(path): name for name, path in closure.files.items()}
    carry_out = Task.run

    def watched(self: Task, *args: Any, **provided: Any) -> Any:
        seen: set[str] = set()

        def called(frame: FrameType, event: str, _: Any) -> None:
            if event == "call":
                seen.add(frame.f_code.co_filename)

        sys.setprofile(called)
        try:
            return carry_out(self, *args, **provided)
        finally:
            sys.setprofile(None)
            reach = set(self.reach.modules)
            ran = {modules[name] for name in seen if name in modules}
            # The engine itself: it hands the task its folder and hears of its progress.
            ran = {name for name in ran if not name.startswith("trends.runs.engine.")}
            if ran - reach:
                outside[self.name] = ran - reach

    monkeypatch.setattr(Task, "run", watched)
    runs.run(config.load(tmp_path / "config.toml"), tmp_path / "out")
    assert outside == {}
