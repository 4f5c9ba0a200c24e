"""`trends read` on tables: from a CSV with named columns to a corpus, an export and a run."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pandas as pd
import pytest
from command import in_process as trends

import trends as tr

THEMES = (
    "rain cloud storm thunder weather",
    "bread flour oven yeast baker",
    "violin sonata orchestra melody concert",
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """150 documents of three themes over five years, of which two have dates that cannot be read
    and one row is ragged.
    """
    draw = random.Random(11)
    lines = ["nr;heading;abstract;published;collected"]
    for i in range(150):
        words = THEMES[draw.randrange(3)].split()
        text = " ".join(draw.choice(words) for _ in range(30))
        when = (
            "soon"
            if i < 2
            else f"{draw.randrange(1, 29):02d}.{draw.randrange(1, 13):02d}.{2015 + i % 5}"
        )
        lines.append(f'{i:03d};Note {i};"{text};\n{text}";{when};2024-01-01')
    lines.append("150;too short")
    path = tmp_path / "notes.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


NAMED = (
    "--text",
    "heading",
    "--text",
    "abstract",
    "--date",
    "published",
    "--date-format",
    "%d.%m.%Y",
    "--id",
    "nr",
    "--title",
    "heading",
)


@pytest.mark.slow
def test_columns_are_listed_and_the_date_is_asked_for(table: Path) -> None:
    listed = trends("read", table, "--columns")
    assert listed.returncode == 0, listed.stderr
    assert "published" in listed.stdout
    assert "--date COLUMN" in listed.stdout
    found = json.loads(trends("read", table, "--columns", "--json").stdout)
    assert [c["column"] for c in found[0]["columns"]] == [
        "nr",
        "heading",
        "abstract",
        "published",
        "collected",
    ]
    asked = trends("read", table, "--text", "abstract")
    assert asked.returncode == 2
    assert "never guessed" in asked.stderr
    assert "read as dates: collected." in asked.stderr


@pytest.mark.slow
def test_a_table_is_read_exported_and_read_again(table: Path, tmp_path: Path) -> None:
    first = trends(
        "read", table, *NAMED, "-o", tmp_path / "c.xlsx", "--name", "notes on things", "--json"
    )
    assert first.returncode == 0, first.stderr
    summary = json.loads(first.stdout)
    assert summary["records"] == 151
    assert summary["documents"] == 150
    assert summary["dated"] == 148
    again = json.loads(trends("read", tmp_path / "c.xlsx", "--json").stdout)
    assert again["fingerprint"] == summary["fingerprint"]
    shown = trends("read", table, *NAMED)
    assert shown.returncode == 0, shown.stderr
    assert "ragged row" in shown.stdout
    wrong = trends("read", table, *NAMED, "-o", tmp_path / "c.doc")
    assert wrong.returncode == 2
    assert "c.doc" in wrong.stderr


def test_who_names_columns_means_a_table(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("nothing of note", encoding="utf-8")
    refused = trends("read", tmp_path / "page.txt", "--date", "published")
    assert refused.returncode == 2
    assert "page.txt: name the column of the text" in refused.stderr


@pytest.mark.slow
def test_a_run_reads_a_csv(table: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        """
        name = "notes"
        rng = 5
        [corpus]
        path = "notes.csv"
        text = ["heading", "abstract"]
        date = "published"
        date_format = "%d.%m.%Y"
        id = "nr"
        title = "heading"
        [models]
        backends = ["gibbs-lda"]
        n_topics = 3
        seeds = 2
        [models.settings.gibbs-lda]
        iterations = 60
        burn_in = 20
        [prevalence]
        period = "year"
        [figures]
        formats = ["svg"]
        """,
        encoding="utf-8",
    )
    done = trends("run", config, "--no-progress", "--json")
    assert done.returncode == 0, done.stderr
    results = tmp_path / "results"
    corpus = tr.read_corpus(tmp_path / "results" / "corpus.parquet")
    assert len(corpus) == 150
    assert corpus.dated.sum() == 148
    prevalence = pd.read_csv(results / "prevalence.csv")
    assert {period[:4] for period in prevalence["period"]} == {
        "2015",
        "2016",
        "2017",
        "2018",
        "2019",
    }
    assert prevalence.drop_duplicates("period")["n_docs"].sum() == 148
