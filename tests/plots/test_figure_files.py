"""Files of figures: what a submission check looks at, and the same bytes every time."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import matplotlib as mpl
import pandas as pd
import pytest

import trends.plots as plots
from trends.errors import StorageError, UsageError

#: Lines and bands, an image of dots, bars of words, and a grid; of every other figure
#: test_contract.py compares the SVG.
KINDS = ("prevalence", "documents", "terms", "heatmap")


@pytest.mark.slow
def test_drawing_twice_and_saving_twice_gives_the_same_bytes(each_figure, tmp_path):
    for folder in ("first", "second"):
        for name in KINDS:
            drawn = each_figure(3, documents=2500)[name]()
            plots.save(drawn, tmp_path / folder)
            if folder == "first":
                plots.save(drawn, tmp_path / "again", ("pdf", "svg"))
    first = {p.name: p.read_bytes() for p in (tmp_path / "first").iterdir()}
    assert len(first) == len(KINDS) * 5
    assert {p.name: p.read_bytes() for p in (tmp_path / "second").iterdir()} == first
    again = {p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()}
    assert again == {name: content for name, content in first.items() if not name.endswith("png")}


def test_no_two_figures_have_files_of_one_name(figures):
    of = {name: inspect.signature(plots.FIGURES.load(name)).parameters for name in figures}
    stems = [parameters["stem"].default for parameters in of.values()]
    assert len(set(stems)) == len(stems)


@pytest.mark.slow
def test_another_process_draws_the_same_bytes(root, tables, tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); import made, trends.plots as p\n"
        "p.save(p.prevalence(made.make_prevalence(2)), sys.argv[1])"
    )
    command = [
        sys.executable,
        "-W",
        "error",
        "-c",
        code,
        str(tmp_path / "other"),
        str(root / "tests" / "plots"),
    ]
    subprocess.run(
        command,
        check=True,
        cwd=root,
        env={"PYTHONHASHSEED": "7", "PATH": "", "MPLCONFIGDIR": str(tmp_path / "mpl")},
    )
    plots.save(plots.prevalence(tables["prevalence"](2)), tmp_path / "here")
    here = {p.name: p.read_bytes() for p in (tmp_path / "here").iterdir()}
    assert {p.name: p.read_bytes() for p in (tmp_path / "other").iterdir()} == here and len(
        here
    ) == 5


def test_files_beside_the_figure_hold_its_data_and_words(tables, tmp_path):
    drawn = plots.prevalence(tables["prevalence"](3), period="half-year", stem="fig1")
    written = plots.save(drawn, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in written)
    assert sorted(p.suffix for p in written) == [".csv", ".json", ".pdf", ".png", ".svg"]
    back = pd.read_csv(tmp_path / "fig1.csv", parse_dates=["period"])
    assert len(back) == len(drawn.data)
    assert back["share"].to_numpy() == pytest.approx(drawn.data["share"].to_numpy(), nan_ok=True)
    words = json.loads((tmp_path / "fig1.json").read_text(encoding="utf-8"))
    assert (words["caption"], words["alt"], words["venue"]) == (drawn.caption, drawn.alt, "report")


def test_svg_letters_are_text_or_outlines(tables):
    drawn = plots.changes(tables["trends"](3, ["alpha", "beta", "gamma"]))
    assert "alpha" in plots.svg_text(drawn) and "<text" in plots.svg_text(drawn)
    assert b"<text" not in drawn.encoded("svg", svg_text="path")


def test_no_setting_of_matplotlib_changes():
    # That no figure changes one is a part of test_contract.py.
    before = dict(mpl.rcParams)
    with plots.style("neurips"):
        assert mpl.rcParams["pdf.fonttype"] == 42
    assert dict(mpl.rcParams) == before


@pytest.mark.slow
def test_no_window_is_opened():
    # pyplot keeps a list of open figures; nothing here uses it.
    code = (
        "import sys, trends.plots as p; p.prevalence, p.save; sys.exit('matplotlib.pyplot' in "
        "sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("stem", ["../evil", "a/b", "", "A", "fig 1", ".hidden", "x" * 100])
def test_a_stem_cannot_lead_elsewhere(stem, tables):
    with pytest.raises(UsageError, match="stem"):
        plots.coverage(tables["coverage"](3), stem=stem)


def test_unknown_names_are_answered_with_the_nearest(tables, tmp_path):
    with pytest.raises(UsageError, match="neurips"), plots.style("neurps"):
        pass
    with pytest.raises(UsageError, match="width"), plots.style("acl", width="wide"):
        pass
    with pytest.raises(UsageError, match="pdf"):
        plots.save(plots.coverage(tables["coverage"](3)), tmp_path, ("pdff",))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tables, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="coverage could not be written"):
        plots.save(plots.coverage(tables["coverage"](3)), tmp_path / "file" / "sub", ("svg",))


def test_a_failed_write_leaves_nothing_behind(tables, tmp_path, monkeypatch):
    from pathlib import Path

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    drawn = plots.coverage(tables["coverage"](3))
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StorageError, match="No space left"):
        plots.save(drawn, tmp_path, ("svg",))
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_shows_the_figure_with_its_words(tables):
    drawn = plots.changes(tables["trends"](3, ["<b>", "beta", "gamma"]))
    page = drawn._repr_html_()
    assert page.count("<img") == 1 and 'alt="' in page and "<b>" not in page


@pytest.mark.slow
def test_names_of_the_room_are_functions_whatever_is_imported_first():
    code = (
        "import importlib, pkgutil, trends.plots as p\n"
        "files = [m.name for m in pkgutil.iter_modules(p.__path__)]\n"
        "[importlib.import_module('trends.plots.' + f) for f in files]\n"
        "assert not set(files) & set(p.__all__), files\n"
        "assert all(callable(getattr(p, n)) for n in p.__all__ if n not in ('FIGURES', 'VENUES'))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_the_room_does_not_import_matplotlib():
    code = (
        "import sys, trends.plots, trends.reports; sys.exit('matplotlib' in sys.modules or "
        "'jinja2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
