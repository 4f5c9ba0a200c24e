"""The section ``[corpus]``: where the documents come from."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from trends.runs.config.kinds import Allowed, Column, Columns, Day, File
from trends.runs.config.sections.section import Section


class CorpusConfig(Section):
    """Where the documents come from, and how they are read."""

    path: File = "pretraining"
    """The documents: a file, a folder of saved pages, a folder of extracted features, or
    "pretraining" (the corpus that comes with the package). In shards (engine.name = "local"): a
    file, a folder, or a pattern such as "works/**/*.parquet"."""
    source: str = "auto"
    """How the documents are read; "auto" tells it by their content."""
    dates: Annotated[str, Allowed('"pretraining", "none", or a path')] = "pretraining"
    """For saved pages: the table of dates. "pretraining" is the packaged one, "none" uses none, a
    path is a CSV with title, arxiv_id, date, precision, source."""
    snapshot_years: Annotated[dict[str, int], Allowed("names of files, each with a year")] = Field(
        default_factory=dict, examples=[{"page.txt": 2024}]
    )
    """For saved pages: the year in which a file was saved, where the page does not state it."""
    text: Columns = Field((), examples=["abstract"])
    """For tables: the column of the text, or several, which are joined. Never guessed."""
    date: Columns = Field((), examples=["published"])
    """For tables: the column of the date, or those of year, month and day. Never guessed."""
    id: Column | None = Field(None, examples=["id"])
    """For tables: the column that names each document; "id" if there is one, "" for none."""
    title: Column | None = Field(None, examples=["title"])
    """For tables: the column of the title; "title" if there is one, "" for none."""
    origin: Column = ""
    """For tables: the column that says where a record comes from."""
    keep: tuple[Column, ...] | None = Field(None, examples=[["venue"]])
    """For tables: further columns that are kept; all that hold single values if none are named."""
    date_format: Annotated[
        str | tuple[str, ...],
        Allowed('a format of strptime, such as "%d.%m.%Y", or a list of them'),
    ] = ""
    """For tables: how dates are written; in any form that can be told if it is empty."""
    zone: Annotated[str, Allowed('a time zone, such as "Europe/Berlin"')] = ""
    """For tables: whose days count, for moments that state their time zone; else UTC."""
    date_order: Annotated[str, Allowed('"dmy", "mdy" or "ymd"')] = ""
    """For tables: order of dates in numbers, where the column does not decide it."""
    date_unit: Annotated[str, Allowed('"s", "ms", "us", "ns" or "excel"')] = ""
    """For tables: what numbers count: seconds (and parts of them) since 1970, or days of Excel."""
    fiscal_year: Annotated[int, Allowed("a month, 1 to 12, or 0")] | None = Field(
        None, examples=[9]
    )
    """For tables: month in which years such as 2019-20 begin; 0 for all of both years."""
    pivot: Annotated[int, Allowed("a year")] | None = Field(None, examples=[1969])
    """For tables: first of the hundred years that two digits mean; 1969 if not set."""
    earliest: Annotated[int, Allowed("a year")] | None = Field(None, examples=[1600])
    """Dates in earlier years are taken for errors and left out of time; 1600 if not set."""
    collected_on: Day = ""
    """Day on which the documents were collected: later dates are left out of time; today if not
    set."""
    delimiter: Annotated[str, Allowed("one character")] = ""
    """For tables: what separates the cells of a CSV; told by its rows if it is empty."""
    encoding: Annotated[str, Allowed("any encoding that Python knows")] = ""
    """For tables and tagged text: how characters are encoded; told by the bytes if it is empty."""
    quoting: Annotated[str, Allowed('"double", "backslash" or "none"')] = ""
    """For tables: how quotes are escaped; told by the rows if it is empty."""
    header_row: int = Field(0, ge=0)
    """For tables: the line that names the columns, counted from 1; 0 finds it."""
    skip_rows: int = Field(0, ge=0)
    """For tables: lines before the one that names the columns."""
    sheet: Annotated[str, Allowed("the name of a worksheet")] = ""
    """For tables: worksheet of an Excel file; the first one if it is empty."""
    records: Annotated[str, Allowed("the name of a field")] = ""
    """For tables: field of a JSON object that holds the records."""
    vector: Column = ""
    """For Parquet read in shards (engine.name = "local"): the column that holds a vector of each
    document, which takes the place of an embedding."""
    languages: tuple[Annotated[str, Allowed('a code such as "en"')], ...] = ()
    """Only documents in these languages; all if none are named."""
    min_chars: int = Field(0, ge=0)
    """Only documents whose text has at least so many characters."""
    paragraphs: bool = False
    """Keep the paragraphs of texts (blank lines, or HTML that says so) for text.chunks; a text is
    one line without."""
    strict: bool = False
    """Refuse the input at the first record that cannot be read, which is else dropped and
    counted."""
    observed_from: Day = ""
    """First day that the source covers as a whole; earlier periods are incomplete. Told by the
    documents if it is empty."""
    observed_until: Day = ""
    """Last day that the source covers as a whole; later periods are incomplete. Told by the
    documents if it is empty."""

    def options(self) -> dict[str, Any]:
        """Options of the source: only what was set."""
        return self.model_dump(exclude={"path", "source", "vector"}, exclude_defaults=True)
