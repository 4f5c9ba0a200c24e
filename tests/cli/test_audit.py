"""``trends audit`` from the outside."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

import trends as tr
from trends.cli.main import app
from trends.errors import UsageError


@pytest.fixture
def corpus(tmp_path):
    """Three years, two journals one of which takes over, one paper twice."""
    rng = np.random.default_rng(0)
    rows = []
    for year in (2018, 2019, 2020):
        for i in range(40):
            words = " ".join(f"word{w}" for w in rng.integers(0, 500, 60))
            venue = "new" if rng.random() < (year - 2017) / 4 else "old"
            rows.append(
                {
                    "id": f"{year}-{i}",
                    "title": f"Paper {year} {i} on {words[:40]}",
                    "abstract": words,
                    "day": f"{year}-{i % 12 + 1:02d}-{i % 27 + 1:02d}",
                    "venue": venue,
                }
            )
    rows += [
        {**rows[0], "id": "again", "day": "2020-06-05"},
        {**rows[1], "id": "again too", "day": "2020-06-06"},
    ]
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    tr.write_corpus(tr.read_corpus(path, text="abstract", date="day"), tmp_path / "papers.parquet")
    return tmp_path / "papers.parquet"


def test_an_audit_prints_what_deserves_a_look_first_and_writes_tables_and_figures(corpus, tmp_path):
    out = tmp_path / "out"
    got = CliRunner().invoke(app, ["audit", str(corpus), "-o", str(out), "--period", "half-year"])
    assert got.exit_code == 0, got.output
    lines = [
        line for line in got.output.splitlines() if line.startswith((" LOOK", "    ?", "   ok"))
    ]
    order = [line[:5].strip() for line in lines]
    assert order == sorted(order, key=["LOOK", "?", "ok"].index) and len(lines) == 8
    assert any(line.startswith(" LOOK  mix-venue-in-source") for line in lines)
    assert "2 documents of 122 (1.6%) repeat an earlier one" in got.output
    with (out / "audit" / "summary.csv").open(encoding="utf-8") as f:
        summary = {row["part"]: row for row in csv.DictReader(f)}
    assert (
        summary["mix-venue-in-source"]["flag"] == "look"
        and summary["mix-venue-in-source"]["sentence"] in got.output
    )
    known = {name for name, row in summary.items() if row["flag"] != "unknown"}
    assert {p.stem for p in (out / "audit").glob("*.csv")} == {*known, "summary"} and set(
        summary
    ) - known == {"language"}
    for stem in (
        "audit-coverage",
        "audit-mix-venue-in-source",
        "audit-lag",
        "audit-length",
        "audit-duplicates",
    ):
        assert all(
            (out / "figures" / f"{stem}.{end}").is_file()
            for end in ("pdf", "svg", "png", "csv", "json")
        )


@pytest.mark.slow
def test_json_has_measures_and_files_and_twice_is_the_same(corpus, tmp_path):
    runs = [
        CliRunner().invoke(
            app, ["audit", str(corpus), "-o", str(tmp_path / name), "--json", "--mix", "title"]
        )
        for name in "ab"
    ]
    told = json.loads(runs[0].output)
    assert runs[0].output == runs[1].output
    part = next(p for p in told["parts"] if p["part"] == "mix-title")
    assert (
        part["measures"]["values"] == 120
        and "121 values" not in part["sentence"]
        and "120 values of title" in part["sentence"]
    )
    for name in told["files"]:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_what_cannot_be_audited_is_a_sentence(corpus, tmp_path):
    for args, said in (
        (["--mix", "journal"], "There is no column 'journal'"),
        (["--period", "fortnight"], "Unknown period 'fortnight'"),
    ):
        got = CliRunner().invoke(app, ["audit", str(corpus), "-o", str(tmp_path / "x"), *args])
        assert got.exit_code and said in str(got.exception)
        assert not (tmp_path / "x").exists()


@pytest.mark.slow
def test_the_embedded_corpus_of_features(tmp_path):
    got = CliRunner().invoke(
        app, ["audit", "pretraining", "-o", str(tmp_path), "--period", "half-year"]
    )
    assert got.exit_code == 0, got.output
    assert (
        "356 documents, 355 of them dated" in got.output
        and "counted terms" in got.output
        and "?  language" in got.output
    )


@pytest.mark.slow
def test_from_python_the_same_sentences_and_tables(corpus, tmp_path):
    documents = tr.read_corpus(corpus)
    found = tr.audit(documents, period="half-year", mix="title")
    got = CliRunner().invoke(
        app,
        [
            "audit",
            str(corpus),
            "-o",
            str(tmp_path / "out"),
            "--json",
            "--period",
            "half-year",
            "--mix",
            "title",
        ],
    )
    told = json.loads(got.stdout)
    assert found.conclusion == told["conclusion"]
    assert dict(zip(found.summary["part"], found.summary["sentence"], strict=True)) == {
        p["part"]: p["sentence"] for p in told["parts"]
    }
    written = {p.stem for p in (tmp_path / "out" / "audit").glob("*.csv")} - {"summary"}
    assert set(found.tables) == written and "mix-title" in written
    html = found._repr_html_()
    flags = [
        cell
        for cell in html.replace("<td>", "</td>").split("</td>")
        if cell in ("look", "unknown", "ok")
    ]
    assert flags == sorted(flags, key=("look", "unknown", "ok").index) and len(flags) == len(
        found.summary
    )
    assert "&lt;b&gt;" in tr.audit(replace(documents, name="<b>"))._repr_html_()
    with pytest.raises(UsageError, match="no column 'nothing'"):
        tr.audit(documents, mix=["nothing"])
