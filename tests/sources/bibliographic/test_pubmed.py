"""PubMed: electronic date before that of the issue, seasons and ranges, structured abstracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from trends.sources.bibliographic.pubmed import records

SAMPLE = Path(__file__).parents[1] / "samples" / "pubmed.xml"


def test_articles_of_an_answer():
    pollen, quarter, summer, eve, chapter, *deleted = records([SAMPLE])
    assert pollen.text == "People sneeze. They sneeze more in May."  # without the headings
    assert (pollen.title, pollen.venue, pollen.language) == (
        "Pollen counts and sneezes.",
        "Annals of Sneezing",
        "eng",
    )
    assert (pollen.date.written, pollen.extra["issue"]) == ("2013-11-05", "2014-03")
    assert pollen.ids == {"pmid": "90000001", "doi": "10.1234/sneeze.1"}
    dates = [r.date.written for r in (quarter, summer, eve, chapter)]
    assert dates == ["2013-01-01/2013-03-31", "2012-07-01/2012-09-30", "1998-12-24", "2009"]
    assert summer.flags == ("retracted",)
    assert [(r.id, r.reason) for r in deleted] == [
        ("90000006", "deleted by the source"),
        ("90000007", "deleted by the source"),
    ]


@pytest.mark.parametrize(
    ("issue", "date"),
    [
        ("<Year>2001</Year>", "2001"),
        ("<Year>2001</Year><Month>02</Month>", "2001-02"),
        ("<Year>2001</Year><Month>2</Month><Day>3</Day>", "2001-02-03"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998-12-01/1999-01-31"),
        ("<MedlineDate>2000 Spring</MedlineDate>", "2000-04-01/2000-06-30"),
        ("<MedlineDate>2000-2001</MedlineDate>", "2000-01-01/2001-12-31"),
        ("<MedlineDate>2000 Feb 3-9</MedlineDate>", "2000-02-03/2000-02-09"),
        ("<MedlineDate>circa 2000</MedlineDate>", "2000"),
        ("<MedlineDate>Lent 2000</MedlineDate>", "2000"),
        ("<Month>Feb</Month>", None),
    ],
)
def test_dates_of_an_issue(issue, date, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID>"
        "<Article><Journal><JournalIssue><PubDate>"
        f"{issue}</PubDate></JournalIssue></Journal><ArticleTitle>A</ArticleTitle></Article>"
        "</MedlineCitation></PubmedArticle></PubmedArticleSet>",
        encoding="utf-8",
    )
    (record,) = records([path])
    assert (record.date.written if record.date else None) == date
    assert ("Lent" in issue) == bool(record.date_problem)
