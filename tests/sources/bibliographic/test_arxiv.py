"""arXiv: three forms of one paper, the day of the first version, answers that are errors."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from trends.errors import DataError
from trends.sources import read_corpus
from trends.sources.bibliographic.arxiv import records
from trends.sources.records.record import Dropped

SAMPLES = Path(__file__).parents[1] / "samples"


def by_id(name):
    return {r.id: r for r in records([SAMPLES / name])}


def test_answers_of_the_api():
    found = by_id("arxiv.xml")
    moss = found["2001.00011"]
    assert moss.title == "How moss grows on northern walls"
    assert moss.text.startswith("We watch moss")
    assert (
        moss.date.written == "2020-01-01"
    )  # the first version, though an hour later it would be another day
    assert moss.other_dates == (("updated", dt.date(2021, 6, 30)),)
    assert moss.ids == {"arxiv": "2001.00011", "doi": "10.1234/moss.1"}
    assert moss.extra["categories"] == "q-bio.PE stat.AP"  # classes of MSC are left out
    assert found["hep-th/9901001"].title == "Strings & gardens"
    assert found["hep-th/9901001"].other_dates == ()
    assert found["2002.00022"].flags == ("withdrawn",)


def test_withdrawn_papers_are_dropped_and_counted():
    corpus = read_corpus([SAMPLES / "arxiv.xml"])
    assert "2002.00022" not in corpus.ids
    assert corpus.notes["dropped_by_reason"] == {"withdrawn": 1}


def test_raw_records_of_oai():
    apples, deleted, pears = records([SAMPLES / "arxiv_raw.xml"])
    assert (apples.id, apples.date.written, apples.extra["versions"]) == (
        "0704.00012",
        "2007-04-02",
        2,
    )
    assert apples.other_dates == (("updated", dt.date(2007, 7, 24)),)  # neither is the datestamp
    assert (deleted.reason, deleted.id) == ("deleted by the source", "0704.00013")
    assert pears.reason == "other metadata format"


def test_lines_of_the_snapshot():
    apples, plums, broken, quinces = records([SAMPLES / "arxiv.jsonl"])
    assert apples.date.written == "2007-04-02"
    assert (plums.date, plums.date_problem) == (None, "no day of the first version is stated")
    assert isinstance(broken, Dropped)
    assert broken.place.line == 3
    assert quinces.flags == ("withdrawn",)


def test_snapshot_and_oai_agree():
    a, b = by_id("arxiv.jsonl")["0704.00012"], by_id("arxiv_raw.xml")["0704.00012"]
    assert (a.date, a.other_dates, a.extra) == (b.date, b.other_dates, b.extra)


def test_without_a_first_version_the_identifier_gives_the_month():
    corpus = read_corpus([SAMPLES / "arxiv.jsonl"])
    plums = corpus.documents.set_index("id").loc["0704.00015"]
    assert (plums["date_precision"], plums["date_evidence"]) == ("month", "arxiv-id")
    assert any(
        "no day of the first version" in row["reason"] for row in corpus.notes["dropped_dates"]
    )


@pytest.mark.parametrize(
    "content",
    [
        (
            "<feed "
            'xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/api/errors#x</id>'
            "<title>Error</title><summary>incorrect "
            "id format</summary></entry></feed>"
        ),
        (
            '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error '
            'code="badArgument">incorrect '
            "id format</error></OAI-PMH>"
        ),
    ],
)
def test_an_answer_that_reports_an_error_is_one(content, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.xml.*answered with an error.*incorrect id format"):
        list(records([path]))


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn",
        "Paper is withdrawn by the author",
        "submission has been withdrawn.",
    ],
)
def test_usual_wordings_of_a_withdrawal(comment, tmp_path):
    path = tmp_path / "a.jsonl"
    line = {
        "id": "0704.00018",
        "title": "A",
        "abstract": "B",
        "categories": "math.CO",
        "versions": [],
    }
    path.write_text(
        "\n".join(json.dumps({**line, "comments": c}) for c in (comment, f"Not so: {comment}")),
        encoding="utf-8",
    )
    assert [r.flags for r in records([path])] == [("withdrawn",), ()]
