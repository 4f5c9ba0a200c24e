"""The text of methods: each number by its key, each work in the bibliography, safe in LaTeX."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import bibtexparser
import pytest

from trends.reports.export.cited_text import bibtex, references
from trends.reports.export.methods import Methods, methods
from trends.reports.export.numbers import macros
from trends.runs.config.settings import check

HOSTILE = r"50% of_a {x} \input{/etc/passwd} $y$ #1 <b> & ~^ [@kish1965]"


def written(**config: Any) -> tuple[Methods, dict[str, Any]]:
    """The methods of a run of all backends with everything on, and its numbers."""
    backends = ["gibbs-lda", "lda", "nmf", "hdp", "bertopic", "kmeans"]
    numbers: dict[str, Any] = {"documents": 1234, "dated": 1200, "periods": 8, "rng": 20250101}
    for name in ("gibbsLda", "lda", "nmf", "hdp", "bertopic", "kmeans"):
        numbers |= {f"{name}Topics": 12, f"{name}Seeds": 5}
    settings = {
        "rng": 20250101,
        "models": {"backends": backends, "seeds": 5},
        "prevalence": {"cluster": "author", "standardize_by": HOSTILE},
        "split": {"share": 0.5},
        **config,
    }
    about = {
        "corpus": HOSTILE,
        "records": 1300,
        "dropped_by_reason": {HOSTILE: 60, "no text": 6},
        "cleaning": {"markup": {"documents": 40, "characters": 900}},
        "by_precision": {"day": 1000, "month": 200, "year": 0},
        "terms": {"terms": 900, "tokens": 54321, "function_words": ["en"]},
        "spans": ("2018–2019", "2024–2025"),
        "interval": "95 % Wilson interval",
        "denominator": "all dated documents of the period",
        "number_of_topics": "12 topics, chosen.",
        "vectors": "all-MiniLM-L6-v2",
    }
    multiverse = {
        "choices": {"period": ["year", "quarter"], "theta": ["hard"]},
        "counts": {"specifications": 48},
        "joint_test": {"shuffles": 199},
        "rule": "A rise is stable if 50% of all votes are cast.",
    }
    versions = {"topic-trends": "0.1.0", "numpy": "2.0"}
    plain = check(settings).model_dump(mode="json")
    made = methods(numbers, plain, about, versions, multiverse)
    return made, numbers | made.numbers


def test_every_number_is_a_macro_and_every_work_an_entry() -> None:
    made, numbers = written()
    defined = set(re.findall(r"\\newcommand\{(\\trends\w+)\}", macros(numbers)))
    assert set(re.findall(r"\\trends\w+", made.latex)) <= defined
    cited = {k for keys in re.findall(r"\\cite\{([^}]*)\}", made.latex) for k in keys.split(",")}
    assert cited == set(re.findall(r"@\w+\{(\w+),", made.bibtex))
    assert "Of 1,300 records 66 were left out" in made.markdown
    assert "48 specifications" in made.markdown and "(Church and Gale, 1995)" in made.markdown
    assert "  " not in made.markdown and "\\input{/etc" not in made.latex
    # What comes from outside cannot cite.
    assert made.markdown.count("Kish, 1965") == 1


def test_all_references_are_bibtex() -> None:
    library = bibtexparser.parse_string(bibtex(references()))
    assert not library.failed_blocks and len(library.entries) == len(references())
    for work in references().values():
        assert re.fullmatch(r"(19|20)\d\d", work["year"])
        assert {"journal", "booktitle", "publisher", "howpublished"} & set(work)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")
def test_latex_sets_it(tmp_path: Path) -> None:
    made, numbers = written()
    (tmp_path / "numbers.tex").write_text(macros(numbers), encoding="utf-8")
    (tmp_path / "methods.tex").write_text(made.latex, encoding="utf-8")
    (tmp_path / "references.bib").write_text(made.bibtex, encoding="utf-8")
    (tmp_path / "paper.tex").write_text(
        r"\documentclass{article}\begin{document}\input{numbers}\input{methods}"
        r"\bibliographystyle{plain}\bibliography{references}\end{document}"
    )
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper"]
    for command in (run, ["bibtex", "paper"], run, run):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout[-2000:]
    assert "undefined" not in done.stdout
    assert "warning" not in (tmp_path / "paper.blg").read_text().lower().replace("warning$", "")
