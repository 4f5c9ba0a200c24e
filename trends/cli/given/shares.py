"""``trends test``: the whole inference for shares of topics that another package made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from trends.cli.options import Json

Span = typer.Option(metavar="FROM:TO", help="Both inclusive, such as 2021:2022.")


def given(
    theta: Annotated[
        str,
        typer.Argument(
            metavar="THETA",
            help="Table (.csv, .parquet, .xlsx …), .npz or .npy: documents × topics.",
        ),
    ],
    dates: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Table of ids and dates; if they are not in THETA themselves."
        ),
    ] = "",
    output: Annotated[
        str,
        typer.Option("--output", "-o", "--out", metavar="FOLDER", help="Folder of the results."),
    ] = "results",
    date: Annotated[
        list[str] | None,
        typer.Option(metavar="COL", help="Column of the date; or several: year, month, day."),
    ] = None,
    identity: Annotated[
        str, typer.Option("--id", metavar="COL", help="Column of the ids, in both files.")
    ] = "",
    topics: Annotated[
        list[str] | None,
        typer.Option(metavar="COL", help="Columns of the topics, also with *; else all numbers."),
    ] = None,
    by_row: Annotated[
        bool, typer.Option("--by-row", help="Rows of both files are the same documents, in order.")
    ] = False,
    normalize: Annotated[
        bool, typer.Option("--normalize", help="Divide each row by its sum.")
    ] = False,
    period: Annotated[
        str, typer.Option(help="day, week, month, quarter, half-year, year or N-years.")
    ] = "year",
    measure: Annotated[
        str,
        typer.Option("--share", help="mean: of the shares; hard: of documents by largest topic."),
    ] = "mean",
    first: Annotated[str, Span] = "",
    last: Annotated[str, Span] = "",
    cluster: Annotated[
        str, typer.Option(metavar="COL", help="Documents with the same value are not independent.")
    ] = "",
    imprecise: Annotated[
        str, typer.Option(help="Dates coarser than the period: error, drop or spread.")
    ] = "error",
    date_format: Annotated[
        list[str] | None, typer.Option(metavar="FORMAT", help="How dates are written.")
    ] = None,
    date_order: Annotated[str, typer.Option(metavar="ORDER", help="dmy, mdy or ymd.")] = "",
    shuffles: Annotated[int, typer.Option(help="Of the dates; 0 for none.", min=0)] = 1000,
    rng: Annotated[int, typer.Option(help="Seed of the shuffles.", min=0)] = 1,
    json: Json = False,
) -> None:
    """Test trends of topics made elsewhere.

    Shares, changes with intervals, shuffled dates, figures and a report, as for our own models.
    """
    from trends.api.theta import from_theta
    from trends.cli import show
    from trends.errors import UsageError
    from trends.runs.given.inference import infer

    if bool(first) != bool(last):
        message = "Name both spans, such as --first 2018:2019 --last 2024:2025, or neither."
        raise UsageError(message)
    if measure not in ("mean", "hard"):
        message = f"--share is mean or hard; got {measure!r}."
        raise UsageError(message)
    written: dict[str, Any] = {"date_format": date_format or "", "date_order": date_order}
    corpus, fitted = from_theta(
        theta,
        dates or None,
        date=(date[0] if len(date) == 1 else date) if date else "",
        id=identity,
        topics=topics or (),
        by_row=by_row,
        normalize=normalize,
        **{k: v for k, v in written.items() if v},
    )
    found = infer(
        corpus,
        fitted,
        Path(output),
        period=period,
        theta=measure,  # type: ignore[arg-type]
        spans=(span_of(first), span_of(last)) if first else None,
        cluster=cluster,
        imprecise=imprecise,  # type: ignore[arg-type]
        shuffles=shuffles,
        rng=rng,
    )
    show.data(found) if json else _print(found, Path(output))


def span_of(text: str) -> tuple[str, str]:
    """From and to of a span, such as 2018:2019 or 2018."""
    begin, _, end = text.partition(":")
    return begin, end or begin


def _print(found: dict[str, Any], folder: Path) -> None:
    from trends import store
    from trends.core import statements
    from trends.core.wording import probability, signed

    row: Any
    for row in store.read_csv(folder / "trends.csv").itertuples():
        print(
            f"{row.label}: {row.finding}, {signed(row.change)} points ({signed(row.change_lower)} "
            f"to {signed(row.change_upper)}), adjusted p {probability(row.p_adjusted)}"
        )
    print(f"\n{statements.FINDINGS}")
    if found["placebo"]:
        print(found["placebo"]["sentence"])
    for warning in found["warnings"]:
        print(f"Note: {warning}")
    print(f"\nReport: {folder / 'report.html'}")
