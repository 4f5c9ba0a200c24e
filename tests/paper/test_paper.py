"""The paper: nothing in it is typed by hand that a result could change, its references exist, and
it can be built.
"""

from __future__ import annotations

import importlib
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pandas as pd
import pikepdf
import pytest
from scripts import script

from trends.errors import DataError, MissingError

MODULES = (
    "numbers_tex",
    "league",
    "published",
    "quantities",
    "paper_tables",
    "statements",
    "make_numbers",
    "build_pdf",
    "snapshot",
    "common",
)
#: What may be typed by hand: years; the nominal level and its complement, which are aims and not
#: results; what power means.
ALLOWED = (
    r"\b(?:19|20)\d\d\b",
    r"(?<![\d.])\.95\b",
    r"(?<![\d.])\.05\b",
    r"\b95\\,\\%",
    r"four of five such corpora",
)
#: Whole numbers that a formula may hold.
IN_FORMULAS = {"0", "1", "2"}
#: Numbers in words from four on.
WORDS = (
    "four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty|fifty|"
    "sixty|hundred|thousand|million"
)


@pytest.fixture(scope="module")
def paper(root: Path) -> Iterator[SimpleNamespace]:
    """The scripts of the paper, imported for this file alone."""
    before, path = dict(sys.modules), list(sys.path)
    for name in (*MODULES, "table", "fits", "protocol"):
        sys.modules.pop(name, None)
    sys.path[:0] = [str(root / "paper"), str(root / "figures")]
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in MODULES})
    sys.path[:] = path
    for name in (*MODULES, "table", "fits", "protocol"):
        sys.modules.pop(name, None)
        if name in before:
            sys.modules[name] = before[name]


@pytest.fixture(scope="module")
def drawn(paper: SimpleNamespace, root: Path) -> dict[str, object]:
    """Every figure of the paper by its stem, from the committed results."""
    out = {}
    for path in sorted((root / "figures").glob("*.py")):
        if path.stem != "common":
            out[path.stem] = paper.common.drawn(script(path).draw)
    return out


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    """main.tex without comments."""
    return re.sub(r"(?<!\\)%.*", "", (root / "paper" / "main.tex").read_text(encoding="utf-8"))


def typed_by_hand(tex: str) -> list[str]:
    """Numbers in the body of a LaTeX text that are neither generated nor allowed, each with what
    stands around it.
    """
    body = tex.split(r"\begin{document}", 1)[-1]
    body = re.sub(
        r"\\(?:cite[tp]?|ref|eqref|label|input|includegraphics|bibliography|bibliographystyle)(?:\[[^\]]*\])?\{[^}]*\}",
        " ",
        body,
    )
    for pattern in ALLOWED:
        body = re.sub(pattern, " ", body)
    formulas = r"\$[^$]*\$|\\begin\{equation\}.*?\\end\{equation\}"
    for formula in re.findall(formulas, body, flags=re.DOTALL):
        kept = " ".join(n for n in re.findall(r"[\d.]*\d", formula) if n not in IN_FORMULAS)
        body = body.replace(formula, f" {kept} ")
    found = rf"\d|\b(?:{WORDS})\b"
    return [
        body[max(m.start() - 25, 0) : m.end() + 15].replace("\n", " ")
        for m in re.finditer(found, body, flags=re.IGNORECASE)
    ]


def test_no_number_is_typed_by_hand(text: str) -> None:
    assert typed_by_hand(text) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "We read 37 papers.",
        "a share of .12",
        "In twelve of them",
        r"a slope of $b=4.2$",
        r"12\,\% of them",
        "p = 0.03",
        "in 3 of 4 cases",
    ],
)
def test_the_search_for_typed_numbers_sees_one(sentence: str) -> None:
    assert typed_by_hand(r"\begin{document}" + sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "from 2019 to 2025",
        r"\cite{blei2003} in Table~\ref{tab:a1}",
        r"$X_k^2=K(T-2)$",
        r"95\,\% intervals",
    ],
)
def test_years_references_and_formulas_are_no_results(sentence: str) -> None:
    assert typed_by_hand(r"\begin{document}" + sentence) == []


@pytest.mark.slow
def test_generated_files_are_those_of_the_results(
    paper: SimpleNamespace, drawn: dict, root: Path
) -> None:
    made = paper.make_numbers.made({stem: figure.caption for stem, figure in drawn.items()})
    kept = {p.name: p.read_text(encoding="utf-8") for p in (root / "paper" / "generated").iterdir()}
    assert sorted(made) == sorted(kept)
    stale = [name for name in made if made[name] != kept[name]]
    assert stale == [], "the results have changed: run make paper and commit paper/generated"


def test_every_macro_has_a_number(text: str, root: Path) -> None:
    generated = "".join(
        (root / "paper" / "generated" / f"{name}.tex").read_text(encoding="utf-8")
        for name in ("numbers", "captions")
    )
    defined = set(re.findall(r"\\newcommand\{\\([A-Za-z]+)\}", generated))
    body = text.split(r"\begin{document}")[1]
    used = set(re.findall(r"\\([A-Z][A-Za-z]+|caption[A-Z][A-Za-z]*)", body))
    assert used - defined == set()
    assert len(used) > 100
    # A dash or nothing in place of a number would read as a sentence with a hole.
    assert [
        m for m in used if re.search(rf"\\newcommand\{{\\{m}\}}\{{(?:--|nan|inf)?\}}\n", generated)
    ] == []


@pytest.mark.slow
def test_every_figure_has_a_script_and_every_script_a_figure(text: str, drawn: dict) -> None:
    assert sorted(re.findall(r"\\includegraphics(?:\[[^\]]*\])?\{([^}]*)\}", text)) == sorted(drawn)
    assert [stem for stem, figure in drawn.items() if figure.stem != stem] == []


def test_every_table_is_generated_and_used(text: str, root: Path) -> None:
    assert r"\begin{tabular}" not in text.split(r"\begin{document}")[1]
    used = re.findall(r"\\input\{generated/([^}]*)\}", text)
    assert sorted(f"{name}.tex" for name in used) == sorted(
        p.name for p in (root / "paper" / "generated").iterdir()
    )


def test_references_are_whole_cited_and_there(text: str, root: Path) -> None:
    import bibtexparser

    library = bibtexparser.parse_string(
        (root / "paper" / "references.bib").read_text(encoding="utf-8")
    )
    assert not library.failed_blocks
    entries = {e.key: {f.key: str(f.value) for f in e.fields} for e in library.entries}
    cited = {
        key.strip()
        for group in re.findall(r"\\cite[tp]?\{([^}]*)\}", text)
        for key in group.split(",")
    }
    assert cited == set(entries)
    assert {
        key for key, fields in entries.items() if not {"title", "author", "year"} <= set(fields)
    } == set()
    assert [
        key
        for key, fields in entries.items()
        if not fields["year"].isdigit() or fields["year"] not in key
    ] == []
    assert [
        f["doi"]
        for f in entries.values()
        if "doi" in f and not re.fullmatch(r"10\.\d{4,9}/\S+", f["doi"])
    ] == []
    assert len({f["title"].lower() for f in entries.values()}) == len(entries)


def test_every_label_is_referred_to_and_every_reference_has_one(text: str) -> None:
    labels = set(re.findall(r"\\label\{([^}]*)\}", text))
    referred = set(re.findall(r"\\(?:eq)?ref\{([^}]*)\}", text))
    assert referred <= labels
    assert {name for name in labels - referred if not name.startswith("sec:")} == set()


def test_what_the_text_says_in_words_is_what_the_results_say(paper: SimpleNamespace) -> None:
    assert paper.statements.untrue() == []


def test_another_result_makes_other_numbers_and_an_untrue_sentence(
    paper: SimpleNamespace, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(paper.quantities.PRETRAINING, tmp_path / "run")
    claims = pd.read_csv(tmp_path / "run" / "claims.csv")
    claims["finding"], claims["stability"] = "rising", "stable"
    claims["change"] = claims["change"].abs() + 1
    claims.to_csv(tmp_path / "run" / "claims.csv", index=False)
    before = paper.quantities.pretraining()
    for module in (paper.quantities, paper.statements, paper.paper_tables):
        monkeypatch.setattr(module, "PRETRAINING", tmp_path / "run")
    after = paper.quantities.pretraining()
    assert after["PreTopChange"] != before["PreTopChange"]
    assert after["PreStable"] == before["PreTopics"]
    assert any("fell most" in sentence for sentence in paper.statements.untrue())
    assert "stable" in paper.paper_tables.claims()


def test_numbers_as_a_reader_expects_them(paper: SimpleNamespace) -> None:
    tex = paper.numbers_tex
    assert [tex.rate(v) for v in (0.0284, 1.0, -0.5, 0.0, float("nan"))] == [
        ".028",
        "1.000",
        r"\textminus{}.500",
        ".000",
        "--",
    ]
    assert [tex.points(v) for v in (1.24, -1.26, 0.04)] == ["+1.2", r"\textminus{}1.3", "0.0"]
    assert [tex.probability(v) for v in (0.0, 0.0004, 0.0123, 0.31)] == [
        r"$<$.001",
        r"$<$.001",
        ".012",
        ".31",
    ]
    assert tex.escaped("a_b & 5 % of `lda` {x} \\y ^ ~ # $") == (
        r"a\_b \& 5 \% of \texttt{lda} \{x\} \textbackslash{}y \textasciicircum{} "
        r"\textasciitilde{} \# \$"
    )
    assert tex.count(9810) == r"9\,810" and tex.word(3) == "three" and tex.word(13) == "13"
    assert tex.macro_name("A13x") == "AOneThreex"


def test_a_snapshot_holds_what_is_quoted(paper: SimpleNamespace, tmp_path: Path) -> None:
    run, kept = tmp_path / "run", paper.quantities.PRETRAINING
    shutil.copytree(kept, run)
    with pytest.raises(DataError, match=r"has no manifest\.json\. Make the run first"):
        paper.snapshot.take(run, tmp_path / "target")
    made = json.loads((kept / "run.json").read_text())
    multiverse = json.loads((kept / "multiverse.json").read_text())
    multiverse["joint_test"] = {"shuffles": multiverse["shuffles"], "block": multiverse["block"]}
    (run / "multiverse.json").write_text(json.dumps(multiverse))
    manifest = {
        "name": made["name"],
        "rng": made["rng"],
        "corpus_fingerprint": made["corpus"],
        "config": made["config"],
        "versions": made["versions"],
        "spans": made["spans"],
        "counts": {
            "records": made["records"],
            "per_input": dict.fromkeys("abcde", 1),
            "terms": made["terms"],
        },
        "files": made["files"],
    }
    (run / "manifest.json").write_text(json.dumps(manifest))
    paper.snapshot.take(run, tmp_path / "target")
    differ = [
        p.name
        for p in sorted(kept.iterdir())
        if p.read_bytes() != (tmp_path / "target" / p.name).read_bytes()
    ]
    assert differ == []


def test_without_tex_one_sentence_says_what_to_install(
    paper: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        MissingError, match=r"latexmk.* cannot be found; on Debian: apt-get install latexmk texlive"
    ):
        paper.build_pdf.build(tmp_path / "main.pdf")


def test_faults_are_seen_in_a_log(paper: SimpleNamespace) -> None:
    log = (
        "LaTeX Warning: Reference `fig:x' on page 2 undefined on input line 9.\n"
        "Overfull \\hbox (4.9pt too wide) in\nOverfull \\hbox (5.1pt too wide) in"
    )
    assert [line[:30] for line in paper.build_pdf.faults(log)] == [
        "LaTeX Warning: Reference `fig:",
        "Overfull \\hbox (5.1pt too wide",
    ]


@pytest.mark.slow
def test_the_paper_is_built_and_clean(
    paper: SimpleNamespace, drawn: dict, tmp_path: Path, not_installed: Callable[[str], NoReturn]
) -> None:
    from trends import plots

    gone = paper.build_pdf.lacking()
    if gone:
        not_installed(f"TeX is not here: {', '.join(gone)}")
    for figure in drawn.values():
        plots.save(figure, tmp_path / "figures", ("pdf",))
    log = paper.build_pdf.build(tmp_path / "one" / "main.pdf", figures=tmp_path / "figures")
    assert paper.build_pdf.faults(log) == []
    assert [stem for stem in drawn if not re.search(rf"<use \S*/{stem}\.pdf>", log)] == []
    with pikepdf.open(tmp_path / "one" / "main.pdf") as pdf:
        assert 5 <= len(pdf.pages) <= 12
        fonts = [
            o
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"
        ]
        assert fonts and not [f for f in fonts if f.get("/Subtype") == "/Type3"]
        described = [
            o
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        ]
        assert [
            d["/FontName"]
            for d in described
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(d.keys())
        ] == []
    paper.build_pdf.build(tmp_path / "two" / "other" / "main.pdf", figures=tmp_path / "figures")
    assert (tmp_path / "one" / "main.pdf").read_bytes() == (
        tmp_path / "two" / "other" / "main.pdf"
    ).read_bytes()
