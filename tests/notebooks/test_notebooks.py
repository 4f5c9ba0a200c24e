"""Every notebook runs from a clean kernel, warns of nothing, shows each figure once, and tells
nothing about the machine.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import jupytext
import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from scripts import script

import trends as tr

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(p.stem for p in (ROOT / "notebooks").glob("[!_]*.py"))
#: A bar of tqdm drawn as text: the only thing that may stand on stderr.
BAR = re.compile(r"^\s*[█ ▏▎▍▌▋▊▉]* *\d+/\d+ \[[\d:]+\] .*$")


@pytest.fixture(scope="module")
def executor() -> ModuleType:
    return script("notebooks/_execute.py")


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cell: Any) -> list[Any]:
    """What a cell displays, without what it prints."""
    return [
        output
        for output in cell.outputs
        if output.output_type in {"execute_result", "display_data"}
    ]


def pictures(output: Any) -> int:
    """Pictures that a reader sees.

    A page shows the richest form of an output, and only that one.
    """
    data = output.data
    return (
        data["text/html"].count("<img")
        if "text/html" in data
        else int(any(kind.startswith("image/") for kind in data))
    )


def draws(cell: Any) -> bool:
    """Whether the last line of a cell is a figure.

    A call of ``tr.plot``, or a name that was given to one in a style.
    """
    last = ast.parse(cell.source).body[-1]
    return isinstance(last, ast.Expr) and (
        ast.unparse(last.value).startswith("tr.plot(")
        or ("with tr.style" in cell.source and isinstance(last.value, ast.Name))
    )


def words(notebook: Any) -> str:
    """All text of the outputs, without the letters of encoded pictures."""
    texts = []
    for cell in code(notebook):
        for output in cell.outputs:
            texts += (
                [output.text]
                if output.output_type == "stream"
                else [v for k, v in output.data.items() if k.startswith("text/")]
            )
    return re.sub(r"base64,[A-Za-z0-9+/=]+", "", "\n".join(texts))


def test_every_notebook_is_listed(executor) -> None:
    assert sorted(executor.ORDER) == NAMES
    readme = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}.py`" not in readme] == []


@pytest.mark.parametrize("name", NAMES)
def test_short_told_in_words_and_public(name: str) -> None:
    notebook = jupytext.read(ROOT / "notebooks" / f"{name}.py")
    assert notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source.startswith("# ")
    assert notebook.cells[-1].cell_type == "markdown"
    assert 1 < len(code(notebook)) <= 12
    assert any(draws(cell) for cell in code(notebook))
    source = "\n".join(cell.source for cell in code(notebook))
    tree = ast.parse(source)
    modules = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    modules |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert modules <= {"trends", "trends.plots", "pandas", "pathlib"}
    assert set(re.findall(r"\btr\.([A-Za-z_]\w*)", source)) <= set(tr.__all__)
    assert "tr.plot." not in source


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_runs_from_a_clean_kernel(name: str, executed: Callable[[str], Path]) -> None:
    folder = executed(name)
    done = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    nbformat.validate(done)
    assert [cell.execution_count for cell in code(done)] == list(range(1, len(code(done)) + 1))
    for cell in code(done):
        outputs = shown(cell)
        assert len(outputs) <= 1, cell.source
        assert sum(map(pictures, outputs)) == int(draws(cell)), cell.source
        # A figure nobody sees is as bad as one shown twice: no output is the bare name of an
        # object.
        assert not [
            o
            for o in outputs
            if set(o.data) == {"text/plain"} and re.match(r"<[\w.]+ |Drawn\(", o.data["text/plain"])
        ]
        errors = "".join(
            o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr"
        )
        assert [
            line for line in re.split(r"[\r\n]", errors) if line.strip() and not BAR.match(line)
        ] == []
        assert ("tr.run(" in cell.source) == bool(errors)
    private = {str(folder), str(folder.resolve()), sys.prefix, str(ROOT), str(Path.home())} - {"/"}
    assert [p for p in private if p in words(done)] == []


@pytest.mark.slow
def test_a_warning_stops_a_notebook(executor, tmp_path: Path) -> None:
    (tmp_path / "warns.py").write_text(
        "# %%\nimport warnings\n\nwarnings.warn('beware')\n", encoding="utf-8"
    )
    with pytest.raises(CellExecutionError, match="beware"):
        executor.execute(tmp_path / "warns.py", tmp_path)


@pytest.mark.slow
def test_the_kernel_is_this_python(executor, tmp_path: Path) -> None:
    (tmp_path / "where.py").write_text(
        "# %%\nimport sys\n\nprint(sys.executable, sys.argv[0])\n", encoding="utf-8"
    )
    done = executor.execute(tmp_path / "where.py", tmp_path)
    assert done.cells[0].outputs[0].text.startswith(sys.executable)
