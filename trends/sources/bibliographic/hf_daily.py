"""Hugging Face Daily Papers as its API answers: a list, an object around one, or JSON lines.

A paper has two days: that of its first version on arXiv (``publishedAt``) and that on which the
list featured it. Which one dates the papers changes the story that a trend tells, so it is an
option, and the other day is kept in a column. The list is a selection by votes and submitters, not
a sample of the field. Summaries that a model wrote (``ai_summary``) are never read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from trends.errors import UsageError
from trends.sources.io import python_repr
from trends.sources.io.json_stream import items
from trends.sources.records import fields
from trends.sources.records.options import ReadOptions
from trends.sources.records.reader import source
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


def _file(path: Path, label: str, date: str = "published") -> Records:
    for item in items(path, _WAYS):
        place = Place(label, item.number, item.line)
        value, problem = item.value, item.problem
        if isinstance(value, str):
            try:
                value = python_repr.parse(value)
            except ValueError as error:
                problem = f"this text is not a paper in Python's written form: {error}"
        if problem:
            yield Dropped(place, "not JSON", f"{place}: {problem}.")
        elif not isinstance(value, Mapping):
            yield Dropped(place, "not an object", f"{place}: a paper was expected.")
        else:
            yield _record(value, place, date, fields.record_of(item.outer).get("date"))


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
    """The day on the list; in older answers the outer date, if it is not that of the paper."""
    stated = fields.first(paper, "submittedOnDailyAt", "submitted_at", "hf_date") or fields.first(
        item, "submittedOnDailyAt"
    )
    if stated is None and paper is not item:
        outer = item.get("publishedAt")
        return outer if outer != published else None
    return stated


records, _read = source("hf-daily", ENDINGS, _file)


def read(
    paths: Sequence[Path],
    options: ReadOptions | None = None,
    *,
    date: Literal["published", "featured"] = "published",
) -> Corpus:
    """Read daily papers as a corpus, each paper once.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders of them.
    options : ReadOptions, optional
        What every source takes.
    date : {"published", "featured"}
        The day that dates a paper: of its first version on arXiv, or on which the list featured it
        (both in UTC). The notes say which.

    Returns
    -------
    Corpus

    Raises
    ------
    TrendsError
        If ``date`` is something else, a file cannot be read as what it is, or nothing is left.
    """
    if date not in _CHOICE:
        message = (
            "date of the source hf-daily is 'published' (first version on arXiv) or 'featured' "
            f"(day on the list), not {date!r}."
        )
        raise UsageError(message)
    corpus = _read(paths, options, date=date)
    corpus.notes["date_choice"] = date
    corpus.notes["date_rules"] = [_CHOICE[date], *corpus.notes["date_rules"]]
    return corpus
