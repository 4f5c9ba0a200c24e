"""Plotting: any figure by its name, from nouns, frames or a run, drawn or saved."""

from __future__ import annotations

import inspect
import os
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from trends.core.wording import listed
from trends.errors import UsageError
from trends.plots.declare import Declaration, frame_of
from trends.plots.layout.frames import UNASSIGNED
from trends.plots.output.drawn import Drawn
from trends.plots.output.message import with_message
from trends.plots.output.saving import save as save_figure
from trends.plots.registered import FIGURES
from trends.plots.theme.styles import in_force, style


def plot(
    name: str,
    data: Any,
    *more: Any,
    save: str | os.PathLike[str] | None = None,
    formats: Sequence[str] = (),
    venue: str = "",
    width: Literal["full", "column"] | float = "full",
    backend: str = "",
    topics: Sequence[int] = (),
    message: str = "",
    **options: Any,
) -> Drawn:
    """Draw a figure by its name and, if asked, save it.

    Parameters
    ----------
    name : str
        Name of the figure, such as ``prevalence``, ``heatmap`` or ``changes``; `FIGURES` lists
        them.
    data : Prevalence, Trend, Alignment, pandas.DataFrame or Run
        What is drawn. A run gives every table that the figure needs.
    *more : pandas.DataFrame
        Further tables, where the figure takes several.
    save : path, optional
        Folder, or a file whose name and ending (pdf, svg, png, pgf) are taken. The data drawn and
        the words are saved beside the picture.
    formats : sequence of str
        File formats, where ``save`` is a folder; by default PDF, SVG and PNG.
    venue : str, optional
        Style, one of `VENUES`; by default the one in force, or else that of the report.
    width : "full", "column" or float
        Width of the figure in that venue, or in inches.
    backend : str, optional
        Which backend of a run is drawn; by default the first.
    topics : sequence of int
        Draw these only, where the figure is about topics of one backend.
    message : str
        What the figure shows, in a sentence of up to three lines: written above it.
    **options
        Of the figure's own function, such as ``top`` or ``period``.

    Returns
    -------
    Drawn
        The figure with its data, caption and alternative text.

    Raises
    ------
    UsageError
        If there is no such figure, venue, format or topic, the message is too long, or the data are
        of another kind than the figure draws.
    DataError
        If columns are missing, or a run lacks the tables of the figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from trends.plots import plot
    >>> frame = pd.DataFrame(
    ...     {"period": pd.date_range("2020", periods=3, freq="YS"), "label": "A", "n_docs": 4}
    ... )
    >>> print(plot("mix", frame).alt)
    Stacked bars of the shares of each source, from 2020 to 2022: A from 100% to 100%.
    """
    function = FIGURES.load(name)
    target = None if save is None else Path(save)
    if target is not None and target.suffix:
        formats, options["stem"] = (target.suffix[1:],), target.stem
        target = target.parent
    tables = [data, *more]
    if hasattr(data, "manifest"):
        tables, extra = tables_of(data, function.declaration, backend)
        options = {**extra, **options}
    allowed = inspect.signature(function).parameters
    if wrong := [option for option in options if option not in allowed]:
        known = [p.name for p in allowed.values() if p.kind is p.KEYWORD_ONLY]
        message = f"The figure {name} has no option {wrong[0]!r}; it has {', '.join(known)}."
        raise UsageError(message)
    if topics:
        says = function.declaration
        tables = [only(frame_of(tables[0], says), says, topics), *tables[1:]]
    kept = in_force() and not venue and width == "full"
    with nullcontext() if kept else style(venue or "report", width=width):
        drawn = with_message(lambda: function(*tables, **options), message)
    if target is not None:
        save_figure(drawn, target, formats or ("pdf", "svg", "png"))
    return drawn


def tables_of(
    run: Any, says: Declaration, backend: str = ""
) -> tuple[list[pd.DataFrame], dict[str, Any]]:
    """The tables that a figure takes from a finished run, and those options that have one.

    Raises
    ------
    UsageError
        If the figure is not drawn from the tables of a run, or the run has no such backend.
    """
    if not says.tables:
        message = f"The figure {says.name} is not drawn from the tables of a run; give a table."
        raise UsageError(message)
    config = run.manifest["config"]
    backends = config["models"]["backends"]
    if backend and backend not in backends:
        message = f"The run has no backend {backend!r}; it has {', '.join(backends)}."
        raise UsageError(message)
    found = {
        name: run.table(name)
        for name in (*says.tables, *says.extra.values())
        if name in says.tables or (run.folder / f"{name}.csv").is_file()
    }
    mine = backend or backends[0]
    found = {name: selected(frame, says, mine) for name, frame in found.items()}
    for frame in found.values():
        frame.attrs["period"] = config["prevalence"]["period"]
        frame.attrs["spans"] = run.manifest.get("spans", [])
    extra = {option: found[name] for option, name in says.extra.items() if name in found}
    return [found[name] for name in says.tables], extra


def only(frame: pd.DataFrame, says: Declaration, topics: Sequence[int]) -> pd.DataFrame:
    """The rows about some topics, where the figure is about topics of one backend.

    Raises
    ------
    UsageError
        If it is not, or there is no such topic.
    """
    if says.each not in {"first", "backend"} or "topic" not in frame.columns:
        message = f"The figure {says.name} is not about topics of one backend: leave topics out."
        raise UsageError(message)
    known = sorted(set(frame["topic"]) - {UNASSIGNED})
    if wrong := sorted(set(topics) - set(known)):
        message = (
            f"There is no topic {listed([str(t) for t in wrong])}; there are "
            f"{listed([str(t) for t in known], most=60)}."
        )
        raise UsageError(message)
    kept = frame[frame["topic"].isin(topics)].reset_index(drop=True)
    kept.attrs = frame.attrs
    return kept


def selected(
    frame: pd.DataFrame, says: Declaration, backend: str = "", other: str = ""
) -> pd.DataFrame:
    """The rows about one backend, or one pair of them, where the figure is about these."""
    if says.each in {"first", "backend"} and "backend" in frame.columns:
        return frame[frame["backend"] == backend].reset_index(drop=True)
    if says.each == "pair" and "backend_a" in frame.columns:
        mine = frame[frame["backend_a"] == backend]
        other = other or (str(mine["backend_b"].iloc[0]) if len(mine) else "")
        return mine[mine["backend_b"] == other].reset_index(drop=True)
    return frame
