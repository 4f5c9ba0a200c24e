"""``trends read``: read documents, and show what was kept, dropped and how it is dated."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from trends.cli.options import CorpusFile, CorpusName, ForExcel, Json, Source

Columns = Annotated[
    list[str] | None, typer.Option(metavar="COL", help="Column of the text; several are joined.")
]
DateColumns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COL", help="Column of the date, never guessed; or several: year, month, day."
    ),
]


def read(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT…", help="Files, folders, or the embedded corpus by name."),
    ],
    output: CorpusFile = "",
    for_excel: ForExcel = False,
    source: Source = "auto",
    text: Columns = None,
    date: DateColumns = None,
    identity: Annotated[
        str | None,
        typer.Option("--id", metavar="COL", help="Column of the id; 'id' if there is one."),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(metavar="COL", help="Column of the title; 'title' if there is one."),
    ] = None,
    date_format: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT", help="How dates are written, such as %d.%m.%Y; may be given again."
        ),
    ] = None,
    date_order: Annotated[
        str,
        typer.Option(metavar="ORDER", help="Order of dates in numbers: dmy, mdy or ymd."),
    ] = "",
    date_unit: Annotated[
        str, typer.Option(metavar="UNIT", help="What numbers count: s, ms, us, ns or excel.")
    ] = "",
    fiscal_year: Annotated[
        int | None,
        typer.Option(
            metavar="MONTH",
            help="Month in which years such as 2019-20 begin; 0 for all of both years.",
        ),
    ] = None,
    pivot: Annotated[
        int | None,
        typer.Option(metavar="YEAR", help="First of the years that two digits mean; 1969."),
    ] = None,
    earliest: Annotated[
        int | None,
        typer.Option(metavar="YEAR", help="Earliest year that is no typing error; 1600."),
    ] = None,
    collected_on: Annotated[
        str,
        typer.Option(metavar="DAY", help="Day of collection: later dates are left out; today."),
    ] = "",
    observed_from: Annotated[
        str, typer.Option(metavar="DAY", help="First day that the source covers as a whole.")
    ] = "",
    observed_until: Annotated[
        str, typer.Option(metavar="DAY", help="Last day that the source covers as a whole.")
    ] = "",
    zone: Annotated[
        str,
        typer.Option(help="Time zone whose days count, for moments that state theirs; else UTC."),
    ] = "",
    origin: Annotated[
        str, typer.Option(metavar="COL", help="Column that says where each record comes from.")
    ] = "",
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COL", help="Further column to keep as metadata; all if none is named."
        ),
    ] = None,
    delimiter: Annotated[
        str, typer.Option(help="What separates the cells of a CSV, if it is not detected.")
    ] = "",
    encoding: Annotated[
        str,
        typer.Option(
            help="Of a CSV or other text, if not detected: any that Python knows, such as gbk."
        ),
    ] = "",
    quoting: Annotated[
        str, typer.Option(help="How quotes in a CSV are escaped: double, backslash, none.")
    ] = "",
    header_row: Annotated[
        int, typer.Option(help="Line of a table that names the columns, from 1.", min=0)
    ] = 0,
    skip_rows: Annotated[
        int, typer.Option(help="Lines of a table before the names of the columns.", min=0)
    ] = 0,
    records: Annotated[
        str, typer.Option(metavar="FIELD", help="Field of a JSON object that holds the records.")
    ] = "",
    sheet: Annotated[str, typer.Option(help="Worksheet of an Excel file that has several.")] = "",
    name: CorpusName = "",
    language: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Keep documents in this language only, such as en."),
    ] = None,
    min_chars: Annotated[int, typer.Option(help="Drop documents with a shorter text.", min=0)] = 0,
    paragraphs: Annotated[
        bool, typer.Option("--paragraphs", help="Keep blank lines between paragraphs of texts.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a file with a record that cannot be read.")
    ] = False,
    columns: Annotated[
        bool, typer.Option("--columns", help="List the columns of a table and read nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Read documents and show what was kept or dropped."""
    from trends.api import corpus as api
    from trends.cli import show

    given: dict[str, Any] = {"delimiter": delimiter, "encoding": encoding, "quoting": quoting}
    given |= {"header_row": header_row, "skip_rows": skip_rows, "records": records, "sheet": sheet}
    if columns:
        found = [
            {"table": each, "columns": api.describe_columns(each, **_set(given))} for each in inputs
        ]
        show.data(found) if json else _show_columns(found)
        return
    single = date[0] if date and len(date) == 1 else date
    named: dict[str, Any] = {
        "text": text,
        "date": single,
        "keep": keep,
        "id": identity,
        "title": title,
    }
    given |= {
        "date_format": date_format,
        "date_order": date_order,
        "date_unit": date_unit,
        "pivot": pivot,
        "earliest": earliest,
        "collected_on": collected_on,
        "observed_from": observed_from,
        "observed_until": observed_until,
        "zone": zone,
        "origin": origin,
        "name": name,
        "languages": language,
        "min_chars": min_chars,
        "paragraphs": paragraphs,
        "strict": strict,
    }
    named["fiscal_year"] = fiscal_year  # 0 is a value
    corpus = api.read_corpus(
        *inputs, source=source, **{k: v for k, v in named.items() if v is not None}, **_set(given)
    )
    if output:
        api.write_corpus(corpus, output, for_excel=for_excel)
    summary = api.describe_corpus(corpus)
    show.data(summary) if json else show.reading(summary, output)


def _show_columns(tables: list[dict[str, Any]]) -> None:
    """Print the columns of tables, with a few of their values."""
    for table in tables:
        print(table["table"])
        width = max((len(row["column"]) for row in table["columns"]), default=0)
        for row in table["columns"]:
            print(
                f"  {row['column']:<{width}}  {row['kind']}, {row['filled']:.0%} filled: "
                f"{' | '.join(row['examples'])}"
            )
    print("\nNext: trends read TABLE --text COLUMN --date COLUMN -o corpus.parquet")


def _set(options: dict[str, Any]) -> dict[str, Any]:
    """Options that were given: a source may not have the others."""
    return {key: value for key, value in options.items() if value}
