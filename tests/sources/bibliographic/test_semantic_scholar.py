"""Semantic Scholar: day or year, identifiers of other catalogues."""

from __future__ import annotations

import json
from pathlib import Path

from trends.sources.bibliographic.semantic_scholar import records

SAMPLE = Path(__file__).parents[1] / "samples" / "semantic-scholar.json"


def test_papers_of_an_answer():
    noon, night, lost = records([SAMPLE])
    assert noon.ids == {
        "s2": "a1",
        "doi": "10.1234/bee.1",
        "arxiv": "2105.00077",
        "pmid": "7654321",
    }
    assert (noon.date.written, night.date.written, lost.date) == ("2021-05-09", "2020", None)
    assert (noon.venue, night.text) == ("Hive", "")
    assert "machine" not in repr(noon)


def test_lines_of_the_datasets_and_a_day_against_its_year(tmp_path):
    path = tmp_path / "papers.jsonl"
    line = {
        "corpusid": 12,
        "externalids": {"DOI": "10.1234/X"},
        "title": "T",
        "publicationdate": "2019-12-31",
        "year": 2021,
    }
    path.write_text(json.dumps(line), encoding="utf-8")
    (record,) = records([path])
    assert (record.id, record.ids["doi"], record.date.written) == ("12", "10.1234/x", "2019-12-31")
    assert [rival.written for rival in record.rivals] == ["2021"]
