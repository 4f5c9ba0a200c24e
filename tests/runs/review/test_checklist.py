"""Every answer of the checklist points at a line that says it; the form asks the same."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from command import in_process

from trends.runs.review.checklist import checklist
from trends.runs.review.checklist_form import DONE, NOT_DONE, QUESTIONS, blank
from trends.runs.review.places import CsvFile, JsonFile


def test_lines_of_json_are_found_by_their_keys(tmp_path: Path) -> None:
    content = {"b": {"name": 1, "deep": {"name": 2}}, "c": {"name": 3}, "name": 4}
    text = json.dumps(content, indent=1, sort_keys=True)
    (tmp_path / "f.json").write_text(text)
    file = JsonFile(tmp_path, "f.json")
    for keys in (("b", "name"), ("b", "deep", "name"), ("c", "name"), ("name",)):
        place = file.place(*keys)
        value = file.get(*keys)
        assert text.splitlines()[place.line - 1].strip().rstrip(",") == f'"name": {value}'
    assert file.place("c", "deep").quote == '"c": {'
    assert file.get("c", "deep") is None


def test_lines_of_tables_are_those_on_which_rows_begin(tmp_path: Path) -> None:
    with (tmp_path / "t.csv").open("w", newline="") as f:
        csv.writer(f).writerows([["a", "b"], ["1", "two\nlines"], ["2", "x"]])
    table = CsvFile(tmp_path, "t.csv")
    ((line, row),) = table.find(a="2")
    assert (line, row["b"]) == (4, "x") and table.place(line).quote == "2,x"


def test_the_form_asks_the_same_questions(tmp_path: Path) -> None:
    assert len(QUESTIONS) == 12
    said = in_process("checklist", "--blank", "-o", tmp_path / "form.md")
    text = (tmp_path / "form.md").read_text()
    assert said.returncode == 0 and text == blank()
    assert all(question in text for question, _ in QUESTIONS)
    assert in_process("checklist").returncode == 2


@pytest.mark.slow
def test_every_answer_points_at_a_line_of_a_file(case: Path) -> None:
    answers = checklist(case / "run")
    assert len(answers) == 12
    for answer in answers:
        assert answer.places and answer.text
        assert bool(answer.to_do) == (answer.state != DONE)
        for place in answer.places:
            lines = (case / "run" / place.file).read_text(encoding="utf-8").split("\n")
            said = lines[place.line - 1].strip()
            assert said.startswith(place.quote.rstrip("…")) and place.quote
    states = [answer.state for answer in answers]
    assert (
        states.count(NOT_DONE) == 1
    )  # the number of topics was set by hand and nothing else tried
    assert "360 records read, 360 documents kept, 0 not." in answers[0].text
    assert "A plan was registered" in answers[11].text
    said = in_process("checklist", case / "run")
    assert said.returncode == 0 and said.stdout.count("## ") == 12


@pytest.mark.slow
def test_metadata_is_read_by_the_libraries_of_its_formats(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil
    import socket
    import warnings

    import mlcroissant
    from rocrate.rocrate import ROCrate

    shutil.copytree(case / "run", tmp_path / "run", ignore=shutil.ignore_patterns(".cache"))

    def no_network(*_: object, **__: object) -> None:
        message = "the network was asked"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", no_network)
    given = ("metadata", tmp_path / "run", "--license", "CC-BY-4.0", "--date", "2026-01-02")
    assert in_process(*given).returncode == 2
    said = in_process(*given, "--creator", "A. Person")
    assert said.returncode == 0, said.stderr
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of rdflib and unclosed files, none of them ours
        crate = ROCrate(tmp_path / "run")
        described = mlcroissant.Dataset(jsonld=str(tmp_path / "run" / "croissant.json"))
        rows = list(described.records("claims"))
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    hashes = {e.id: e.get("sha256") for e in crate.get_entities() if e.type == "File"}
    assert set(manifest["files"]) <= set(hashes)
    assert all(hashes[name] == sha for name, sha in manifest["files"].items())
    assert crate.root_dataset["license"] == "CC-BY-4.0"
    assert [row["claims/topic"] for row in rows] == [0, 1, 2]
    first = (tmp_path / "run" / "ro-crate-metadata.json").read_bytes()
    assert in_process(*given, "--creator", "A. Person").returncode == 0
    assert (tmp_path / "run" / "ro-crate-metadata.json").read_bytes() == first
