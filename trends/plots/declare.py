"""Declarations: what a figure says about itself in its own file, and what is done for it in return.

Because of its declaration a figure is found by its name, is drawn from nouns, frames or a run, gets
a
checked table and a style, and stands in the report of every run that has its tables.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, Literal, ParamSpec

import pandas as pd
from matplotlib import rc_context, rcParams

from trends.errors import UsageError
from trends.plots.layout.frames import UNASSIGNED, no_repeats, one_backend, taken
from trends.plots.output.drawn import Drawn
from trends.plots.theme.faces import advice, installed, lacking
from trends.plots.theme.styles import in_force, style

P = ParamSpec("P")

#: Name of a noun → the table that its frame is.
NOUNS = {"Prevalence": "prevalence", "Trend": "trends", "Alignment": "alignment"}
#: Table → the noun that holds it, and the call that makes it.
CALLS = {
    "prevalence": "a Prevalence, as trends.prevalence(topics, corpus) makes it",
    "trends": "a Trend, as trends.fit_trends(prevalence) makes it",
    "alignment": "an Alignment, as trends.align(topics, others) makes it",
}


@dataclass(frozen=True)
class Declaration:
    """Where a figure belongs and what it is drawn from.

    Parameters
    ----------
    name : str
        Name of its function.
    tables : tuple of str
        Tables of a run that it takes, in the order of its arguments.
    extra : mapping of str to str
        Further arguments, each with the table that it takes where a run has that table.
    each : {"run", "first", "backend", "pair"}
        Whether a run has one of it, one of its first backend, one of each backend, or one of each
        pair of backends.
    section, title, order
        Where it stands in a report: section, heading, place among the figures of its section.
    top : int or "config", optional
        Topics that it shows in a report at most; "config" takes the number in the settings of a
        run.
    """

    name: str
    tables: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    each: Literal["run", "first", "backend", "pair"] = "run"
    section: str = ""
    title: str = ""
    order: int = 0
    top: int | Literal["config"] | None = None


def figure(
    *,
    columns: Sequence[str],
    unique: Sequence[str] = (),
    topics_only: bool = False,
    dated_only: bool = False,
    tables: Sequence[str] = (),
    extra: Mapping[str, str] | None = None,
    each: Literal["run", "first", "backend", "pair"] = "run",
    section: str = "",
    title: str = "",
    order: int = 0,
    top: int | Literal["config"] | None = None,
) -> Callable[
    [Callable[Concatenate[pd.DataFrame, P], Drawn]], Callable[Concatenate[Any, P], Drawn]
]:
    """Declare a function to be a figure.

    Parameters
    ----------
    columns : sequence of str
        Columns that its first table must have.
    unique : sequence of str
        Columns whose values together may not repeat.
    topics_only, dated_only : bool
        Leave out the row of documents without a topic; rows without a period.
    tables, extra, each, section, title, order, top
        As in `Declaration`.
    """

    def declared(
        draw: Callable[Concatenate[pd.DataFrame, P], Drawn],
    ) -> Callable[Concatenate[Any, P], Drawn]:
        says = Declaration(
            draw.__name__, tuple(tables), dict(extra or {}), each, section, title, order, top
        )

        @wraps(draw)
        def drawn(data: Any, /, *args: P.args, **options: P.kwargs) -> Drawn:
            table = taken(frame_of(data, says), columns, says.name)
            if each in {"first", "backend"}:
                one_backend(table, says.name)
            if topics_only:
                table = taken(table[table["topic"] != UNASSIGNED], columns, says.name)
            if dated_only:
                table = taken(table[table["period"].notna()], columns, says.name)
            if unique:
                no_repeats(table, unique, says.name)
            with nullcontext() if in_force() else style("report"):
                given = [table, *(a for a in args if isinstance(a, pd.DataFrame))]
                with _with_faces(given):
                    made = draw(table, *args, **options)
            usual, _, subject = made.stem.partition(
                signature(draw).parameters["stem"].default + "-"
            )
            subject = "" if usual else subject
            heading = made.title or (f"{title}: {subject}" if title and subject else title)
            return replace(made, figure_name=says.name, section=section, title=heading, order=order)

        drawn.declaration = says  # type: ignore[attr-defined]
        return drawn

    return declared


@contextmanager
def _with_faces(tables: Sequence[pd.DataFrame]) -> Iterator[None]:
    """Faces of this machine for letters that those in force lack; a warning if there are none."""
    texts = (
        str(value)
        for table in tables
        for column in table.select_dtypes(include=["object", "string", "category"])
        for value in table[column].dropna().unique()
    )
    letters = lacking(texts)
    families = [*rcParams["font.family"], *(installed(letters) if letters else ())]
    with rc_context({"font.family": families}):
        if letters and (left := lacking(letters)):
            warnings.warn(advice(left), UserWarning, stacklevel=4)
        yield


def frame_of(data: Any, says: Declaration) -> pd.DataFrame:
    """The table that a figure takes first: a frame as it is, a noun as its frame.

    Raises
    ------
    UsageError
        If the noun is another than the figure draws, with the call that makes the right one.
    """
    if isinstance(data, pd.DataFrame):
        return data
    noun, wanted = type(data).__name__, says.tables[0] if says.tables else ""
    if noun in NOUNS and NOUNS[noun] == wanted:
        frame: pd.DataFrame = data.frame()
        return frame.assign(backend_a="first", backend_b="second") if noun == "Alignment" else frame
    right = CALLS.get(wanted, f"the table {wanted or says.name} as a pandas.DataFrame, or a Run")
    message = f"The figure {says.name} draws {right}; it was given a {noun}."
    raise UsageError(message)
