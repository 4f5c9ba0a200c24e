"""Hugging Face Daily Papers as its API answers, in the shapes that archives keep: a list, an object around a list, or one paper a line.

A paper has two days: that of its first version on arXiv (``publishedAt``) and that on which the
list featured it. Which one dates the papers changes the story that a trend tells, so it is an
option, and the other day is kept in a column. The list is a selection by votes and submitters, not
a sample of the field. Summaries that a model wrote (``ai_summary``) are never read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from trends.errors import UsageError
from trends.sources.io import python_repr
from trends.sources.io.json_stream import items
from trends.sources.io.paths import labelled
from trends.sources.records import fields
from trends.sources.records.reader import reader
from trends.sources.records.record import Dropped, Place, Record, Records

if TYPE_CHECKING:
    from trends.core import Corpus

ENDINGS = (".json", ".jsonl", ".ndjson")
_CHOICE = {
    "published": 'Papers are dated by their first version on arXiv (date = "published"); the day '
    "on the list is in the column featured.",
    "featured": 'Papers are dated by the day on which the list featured them (date = "featured"); '
    "that of the first version is in the column published.",
}
_WAYS = (("data",), ("papers",))


def records(
    paths: Sequence[Path], *, date: Literal["published", "featured"] = "published"
) -> Records:
    """Every paper of every file; one that stands in two files comes twice.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders of them.
    date : {"published", "featured"}
        The day that dates a paper: of its first version on arXiv, or on which the list featured it
        (both in UTC).

    Yields
    ------
    Record or Dropped

    Raises
    ------
    UsageError
        If ``date`` is something else.
    DataError, MissingError, StorageError
        If a file cannot be read as JSON.
    """
    if date not in ("published", "featured"):
        message = f"date of the source hf-daily is 'published' (first version on arXiv) or 'featured' (day on the list), not {date!r}."
        raise UsageError(message)
    return _records(paths, date)


def _records(paths: Sequence[Path], date: str) -> Records:
    for label, path in labelled(paths, ENDINGS).items():
        for item in items(path, label, _WAYS):
            value, problem = item.value, item.problem
            if isinstance(value, str):
                try:
                    value = python_repr.parse(value)
                except ValueError as error:
                    problem = (
                        f"{item.place}: this text is not a paper in Python's written form: {error}."
                    )
            if problem:
                yield Dropped(item.place, "not JSON", problem)
            elif not isinstance(value, Mapping):
                yield Dropped(item.place, "not an object", f"{item.place}: a paper was expected.")
            else:
                yield _record(value, item.place, date, fields.record_of(item.outer).get("date"))


def _record(item: Mapping[str, Any], place: Place, date: str, listed: Any) -> Record | Dropped:
    paper = fields.record_of(item.get("paper")) or item
    title = fields.text(paper.get("title")) or fields.text(item.get("title"))
    written = fields.text(paper.get("id"))
    if not title and not written:
        return Dropped(
            place,
            "neither id nor title",
            f"{place}: this object has neither the id nor the title of a paper.",
        )
    published = fields.first(paper, "publishedAt", "published_at", "date")
    featured = _featured(paper, item, published) or listed
    chosen, other = (published, featured) if date == "published" else (featured, published)
    when, problem = fields.dating(chosen)
    if when is None and not problem and other is not None:
        problem = f"no day on which the paper was {date} is stated"
    arxiv = fields.arxiv_id(written)
    # Without a day on the list the identifier must not date the paper: it gives the month of the
    # first version.
    ids = {} if date == "featured" and when is None else fields.named(arxiv=arxiv)
    return Record(
        place,
        arxiv or written,
        title,
        fields.text(fields.first(paper, "summary", "abstract")),
        when,
        "hf-daily",
        ids=ids,
        url=f"https://huggingface.co/papers/{arxiv}" if arxiv else "",
        other_dates=fields.days(**{"featured" if date == "published" else "published": other}),
        extra=fields.known(
            upvotes=fields.whole(paper.get("upvotes")),
            comments=fields.whole(fields.first(item, "numComments", "comments")),
            organization=fields.record_of(paper.get("organization")).get("name")
            or paper.get("organization"),
        ),
        date_problem=problem,
    )


def _featured(paper: Mapping[str, Any], item: Mapping[str, Any], published: Any) -> Any:
    """The day on the list: named so in newer answers; in older ones the outer date, where it is not that of the paper again."""
    stated = fields.first(paper, "submittedOnDailyAt", "submitted_at", "hf_date") or fields.first(
        item, "submittedOnDailyAt"
    )
    if stated is None and paper is not item:
        outer = item.get("publishedAt")
        return outer if outer != published else None
    return stated


def read(
    paths: Sequence[Path],
    *,
    date: Literal["published", "featured"] = "published",
    name: str = "hf-daily",
    languages: Sequence[str] = (),
    min_chars: int = 0,
    collected_on: dt.date | str | None = None,
    observed_from: dt.date | str | None = None,
    observed_until: dt.date | str | None = None,
) -> Corpus:
    """Read daily papers as a corpus, each paper once.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders of them.
    date : {"published", "featured"}
        See :func:`records`; the choice is said in the notes.
    name, languages, min_chars, collected_on, observed_from, observed_until
        As for every source, see :func:`trends.sources.records.reader.reader`.

    Returns
    -------
    Corpus

    Raises
    ------
    TrendsError
        If a file cannot be read as what it is, or nothing is left.
    """
    corpus = reader("hf-daily", lambda found: records(found, date=date), ENDINGS)(
        paths,
        name=name,
        languages=languages,
        min_chars=min_chars,
        collected_on=collected_on,
        observed_from=observed_from,
        observed_until=observed_until,
    )
    corpus.notes["date_choice"] = date
    corpus.notes["date_rules"] = [_CHOICE[date], *corpus.notes["date_rules"]]
    return corpus
