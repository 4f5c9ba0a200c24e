"""``trends join`` from the outside."""

import json

from typer.testing import CliRunner

import trends as tr
from trends.cli.main import app

TEXT = " ".join(f"word{i} of the abstract" for i in range(20))


def write(path, rows):
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")


def test_preprints_and_papers_become_one_corpus(tmp_path):
    write(
        tmp_path / "pre.jsonl",
        [
            {
                "id": "p1",
                "title": "On the growth of large trees",
                "abstract": TEXT,
                "day": "2020-02-03",
            }
        ],
    )
    write(
        tmp_path / "paper.jsonl",
        [
            {
                "id": "j1",
                "title": "On the growth of large trees",
                "abstract": TEXT + " at last",
                "day": "2021",
            },
            {
                "id": "j2",
                "title": "Another matter",
                "abstract": "Quite another text about quite other things.",
                "day": "2021",
            },
        ],
    )
    for name in ("pre", "paper"):
        tr.write_corpus(
            tr.read_corpus(tmp_path / f"{name}.jsonl", text="abstract", date="day"),
            tmp_path / f"{name}.parquet",
        )
    out = tmp_path / "both.parquet"
    got = CliRunner().invoke(
        app,
        ["join", str(tmp_path / "pre.parquet"), str(tmp_path / "paper.parquet"), "-o", str(out)],
    )
    assert got.exit_code == 0, got.output
    assert "1 records were merged into another one" in got.output
    corpus = tr.read_corpus(out)
    assert len(corpus) == 2 and corpus.documents.set_index("id").loc["p1", "versions"] == 2
    told = CliRunner().invoke(
        app, ["join", str(tmp_path / "pre.parquet"), "-o", str(tmp_path / "x.csv"), "--json"]
    )
    assert json.loads(told.output)["kept_apart"] == []
