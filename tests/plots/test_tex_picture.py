"""PGF without LaTeX: the same bytes, every label inert, and a document that takes it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

import trends.plots as plots
from trends.errors import UsageError
from trends.plots.output.tex_picture import escaped

HOSTILE = [
    "$x$ \\input{/etc/passwd}",
    "a_b & c#d {e} ~f ^g",
    "100% \\write18{ls}",
    '<b>"q"</b> |',
    "Ärger … – ½ −1 ×2",
    "p ≤ .05 ≥ ≈ ± → ·",
]


def test_labels_are_text(tables):
    drawn = plots.prevalence(tables["prevalence"](len(HOSTILE), labels=HOSTILE))
    text = drawn.encoded("pgf").decode("utf-8")
    lines = [line for line in text.splitlines() if line.startswith(r"\pgftext")]
    assert len(lines) > 10
    assert r"\input" not in text.replace("\\input{this file}", "") and r"\write" not in text
    assert r"\textbackslash{}input\{/etc/passwd\}" in text and r"a\_b \& c\#d" in text


@pytest.mark.parametrize("character", list("\\{}$&#_%~^"))
def test_every_special_character_is_escaped(character):
    assert re.fullmatch(r"\\(text[a-z]+\{\}|[{}$&#_%])", escaped(character))


@pytest.mark.slow
def test_the_same_bytes_and_no_latex(tables, root, tmp_path):
    drawn = plots.changes(tables["trends"](3, ["alpha", "beta", "gamma"]))
    assert drawn.encoded("pgf") == drawn.encoded("pgf")
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); import made, trends.plots as p\n"
        "p.save(p.changes(made.make_trends(3, ['alpha', 'beta', 'gamma'])), sys.argv[1], ('pgf',))"
    )
    command = [
        sys.executable,
        "-W",
        "error",
        "-c",
        code,
        str(tmp_path),
        str(root / "tests" / "plots"),
    ]
    environment = {
        "PATH": "",
        "MPLCONFIGDIR": str(tmp_path / "mpl"),
        "HOME": os.environ.get("HOME", str(tmp_path)),
    }
    subprocess.run(command, check=True, cwd=root, env=environment)
    assert (tmp_path / "changes.pgf").read_bytes() == drawn.encoded("pgf")


def test_an_image_cannot_be_pgf(each_figure):
    drawn = each_figure(3, documents=2500)["documents"]()
    with pytest.raises(UsageError, match="take its PDF"):
        drawn.encoded("pgf")


@pytest.mark.slow
def test_latex_takes_every_figure(each_figure, labels, tmp_path, not_installed):
    if shutil.which("pdflatex") is None:
        not_installed("no pdflatex on this machine (Debian's package: texlive-pictures)")
    with plots.style("acl"):
        figures = each_figure(len(HOSTILE), HOSTILE)
        stems = [stem for stem in figures if stem != "terms"]
        for i, stem in enumerate(stems):
            plots.save(figures[stem](), tmp_path / f"{i}", ("pgf",))
    written = [
        path for i in range(len(stems)) for path in sorted((tmp_path / f"{i}").glob("*.pgf"))
    ]
    assert len(written) == len(stems)
    body = "\n\n".join(rf"\noindent\input{{{path.parent.name}/{path.name}}}" for path in written)
    (tmp_path / "t.tex").write_text(
        "\\documentclass[a4paper]{article}\\usepackage[margin=2.4cm]{geometry}\\usepackage[T1]{fontenc}\\usepackage{pgf}\n"
        f"\\begin{{document}}\n{body}\n\\end{{document}}\n",
        encoding="utf-8",
    )
    command = [
        "pdflatex",
        "-interaction=nonstopmode",
        "-halt-on-error",
        "-no-shell-escape",
        "t.tex",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-1500:].decode("latin-1")
    assert b"Overfull \\hbox" not in done.stdout
