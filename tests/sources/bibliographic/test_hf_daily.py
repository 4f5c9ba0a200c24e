"""Daily papers: the shapes that archives keep, the two days of a paper, papers in several files."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from trends.errors import DataError, UsageError
from trends.sources import read_corpus
from trends.sources.bibliographic.hf_daily import read, records
from trends.sources.records.record import Record

SAMPLES = Path(__file__).parents[1] / "samples"
LISTED, WRITTEN = SAMPLES / "hf-daily.json", SAMPLES / "hf-daily_written.json"


def test_first_version_or_day_on_the_list():
    published, featured = list(records([LISTED])), list(records([LISTED], date="featured"))
    assert [r.date.first for r in published] == [dt.date(2024, 3, 1), dt.date(2024, 3, 2)]
    assert [r.date.first for r in featured] == [dt.date(2024, 3, 4), dt.date(2024, 3, 5)]
    assert [r.other_dates for r in published] == [(("featured", r.date.first),) for r in featured]
    with pytest.raises(UsageError, match="not 'listed'"):
        read_corpus([LISTED], date="listed")


def test_the_choice_of_the_date_is_in_the_notes():
    assert "first version" in read([LISTED]).notes["date_rules"][0]
    assert "featured them" in read([LISTED], date="featured").notes["date_rules"][0]


def test_papers_in_the_written_form_of_python():
    rake, beta = records([WRITTEN])
    assert (rake.id, rake.title, rake.extra) == (
        "2403.00456",
        "Agents that Rake",
        {"upvotes": 9, "comments": 1},
    )
    assert (beta.title, beta.text) == ("It's a β-Test", "One line.\nAnother\\line.")
    assert beta.other_dates == (
        ("featured", dt.date(2024, 3, 5)),
    )  # only the object around the list states it


def test_a_paper_in_two_files_is_one_document():
    corpus = read_corpus([LISTED, WRITTEN])
    assert corpus.notes["records"] == 4
    assert sorted(corpus.ids) == ["2403.00123", "2403.00456", "2403.00789"]
    assert [row["record"] for row in corpus.notes["dropped"]] == ["hf-daily_written.json, record 1"]


def test_text_by_a_model_is_never_read():
    assert "machine" not in json.dumps([[r.title, r.text, r.extra] for r in records([LISTED])])


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("__import__('os').system('true')", "not JSON"),
        ("{'paper': {'id': open('/etc/passwd')}}", "not JSON"),
        ("{'paper': " * 200, "not JSON"),
        (7, "not an object"),
        ({"paper": {"upvotes": 3}}, "neither id nor title"),
    ],
)
def test_what_is_no_paper_is_dropped_with_a_reason(item, reason, tmp_path):
    path = tmp_path / "day.json"
    path.write_text(json.dumps([item, json.loads(LISTED.read_text())[0]]), encoding="utf-8")
    dropped, kept = records([path])
    assert dropped.reason == reason
    assert isinstance(kept, Record)


def test_flat_records_of_client_and_archives(tmp_path):
    path = tmp_path / "papers.jsonl"
    flat = {
        "id": "2403.00999",
        "title": "Flat",
        "summary": "Flat text.",
        "published_at": "2024-03-09T23:00:00-05:00",
        "submitted_at": "2024-03-12T01:00:00Z",
    }
    other = {
        "id": "2403.01000",
        "title": "Flat too",
        "abstract": "More.",
        "date": "2024-03-10",
        "hf_date": None,
    }
    path.write_text("\n".join(map(json.dumps, (flat, other))), encoding="utf-8")
    first, second = records([path])
    assert (first.text, first.date.first) == ("Flat text.", dt.date(2024, 3, 10))  # the day in UTC
    assert first.other_dates == (("featured", dt.date(2024, 3, 12)),)
    assert (second.text, second.date.first, second.other_dates) == (
        "More.",
        dt.date(2024, 3, 10),
        (),
    )


def test_a_paper_without_a_day_on_the_list_is_undated_there(tmp_path):
    path = tmp_path / "papers.json"
    path.write_text(
        json.dumps(
            [{"paper": {"id": "2403.01001", "title": "A", "publishedAt": "2024-03-01T00:00:00Z"}}]
        ),
        encoding="utf-8",
    )
    # Not the month of the identifier, which is that of the first version.
    with pytest.raises(DataError, match="featured is stated"):
        read([path], date="featured")


def test_raw_files_of_the_archives(shared):
    paths = sorted((shared / "data" / "hf_raw").iterdir())
    found = list(records(paths))
    assert all(
        isinstance(r, Record) and r.date is not None and r.other_dates and r.text for r in found
    )
    assert [sum(r.place.file == p.name for r in found) for p in paths] == [13, 26, 9, 17]
    corpus = read_corpus(paths)
    assert (corpus.notes["records"], len(corpus)) == (65, len({r.id for r in found}))
    twice = read_corpus([*paths, paths[0].parent / ".." / "hf_raw" / paths[0].name])
    assert twice.notes["records"] == 65 + 13
    assert len(twice) == len(corpus)
    assert twice.fingerprint == corpus.fingerprint


@pytest.mark.slow
def test_all_records_of_the_compiled_list(shared):
    found = list(records([shared / "data" / "hf_daily.jsonl.gz"]))
    assert len(found) == 10_630
    assert all(isinstance(r, Record) and r.date is not None and r.ids["arxiv"] for r in found)
