"""Draw the figures of a run from its tables; nothing is fitted or estimated here."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import ValidationError

from trends import files, plots, store
from trends.core.computing.cost import Cost
from trends.errors import DataError, UsageError
from trends.models import BACKENDS
from trends.reports.content import SECTIONS
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import task
from trends.runs.tasks import audit, backends
from trends.runs.tasks.vectors import space_warnings

#: Words for captions, by estimator of the share.
DENOMINATOR = {
    "hard": "all dated documents of the period",
    "mean": "all dated documents of the period, each divided over its topics",
}
#: Said in captions of figures that rest on such vectors.
STATIC = (
    "Document vectors are averages of fixed word vectors (engine “static”), another space than "
    "the encoder’s."
)
#: Topics whose shapes get a figure: those of which most was found.
MOST_SHAPES = 12
#: How similarity is measured where topics of two fits are matched.
MEASURE = "similarity of their documents"


@dataclass(frozen=True)
class Wanted:
    """Which figures are wanted; all where nothing is said.

    Parameters
    ----------
    only : frozenset of str
        Names of figures.
    topics : tuple of int
        Topics of the backend.
    backend : str
    """

    only: frozenset[str] = frozenset()
    topics: tuple[int, ...] = ()
    backend: str = ""

    def has(self, says: Any) -> bool:
        """Whether a figure is wanted, by its declaration."""
        named = not self.only or says.name in self.only
        return named and (bool(self.only) or not self.topics or says.each in {"first", "backend"})


class Sheets:
    """Figures saved one after the other, and those left out, each with the reason.

    Left out are figures that are too large for the venue.
    """

    def __init__(
        self,
        folder: Path,
        formats: Sequence[str],
        svg_text: Literal["none", "path"] = "none",
        message: str = "",
    ) -> None:
        self.folder, self.formats, self.svg_text = folder, tuple(formats), svg_text
        self.message = message
        self.stems: list[str] = []
        #: Part of a stem, between hyphens → sentence for the caption.
        self.labels: dict[str, str] = {}
        self.left_out: dict[str, str] = {}

    def keep(
        self, stem: str, draw: Callable[[int | None], plots.Drawn], top: int | None = None
    ) -> None:
        """Draw with the number of topics that was asked for, or else with as many as fit.

        Parameters
        ----------
        stem : str
            Name of the figure.
        draw : callable
            Takes the number of topics, ``None`` for all, and draws.
        top : int, optional
            The number asked for.
        """
        while True:
            try:
                drawn = plots.with_message(partial(draw, top), self.message)
                break
            except plots.EmptyFigureError:
                return
            except plots.TooTallError as error:
                fewer = error.most if top is None else min(error.most, top - 1)
                if fewer < 1 or fewer == top:
                    self.left_out[stem] = str(error)
                    return
                top = fewer
        formats = [fmt for fmt in self.formats if not (fmt == "pgf" and drawn.has_raster)]
        if len(formats) < len(self.formats):
            self.left_out[f"{stem}.pgf"] = (
                f"The figure {stem} holds an image of its dots, which PGF cannot; take its PDF."
            )
        for sentence in dict.fromkeys(
            said for part, said in self.labels.items() if f"-{part}-" in f"-{stem}-"
        ):
            drawn = replace(drawn, caption=f"{drawn.caption} {sentence}")
        plots.save(drawn, self.folder, formats, svg_text=self.svg_text)
        self.stems.append(stem)


@task(
    "figures",
    cost=Cost(500, all_shares=24),
    reads=("name", "figures", "embed", "models.backends", "prevalence"),
    loads=backends.of_run,
)
def draw(folder: Path, analysis: Path, *, config: RunConfig) -> dict[str, Any]:
    """Draw every figure that the tables of a finished analysis allow.

    Parameters
    ----------
    folder : Path
        Where the figures go.
    analysis : Path
        Folder with the tables.
    config : RunConfig
        Venue, formats, number of topics drawn.

    Returns
    -------
    dict
        ``figures``: stems in the order of the report; ``left_out``: stem → why it is not drawn.
    """
    notes = json.loads((analysis / "analysis.json").read_text(encoding="utf-8"))
    # The report shows the SVG, whatever else is wanted.
    sheets = Sheets(folder, tuple(dict.fromkeys((*config.figures.formats, "svg"))))
    with (
        plots.style(config.figures.venue, font=config.figures.font),
        warnings.catch_warnings(record=True) as caught,
    ):
        draw_all(sheets, _tables(analysis), config, notes)
        _draw_audit(sheets, analysis, config)
    said = list(dict.fromkeys(str(w.message) for w in caught if w.category is UserWarning))
    return {
        "figures": sheets.stems,
        "left_out": sheets.left_out,
        **({"warnings": said} if said else {}),
    }


def redraw(
    run: Path,
    folder: Path,
    *,
    venue: str = "",
    width: Literal["full", "column"] | float = "full",
    formats: Sequence[str] = (),
    svg_text: Literal["none", "path"] = "none",
    only: Sequence[str] = (),
    topics: Sequence[int] = (),
    backend: str = "",
    message: str = "",
) -> dict[str, Any]:
    """Draw the figures of a finished run again, in another style or format; nothing is fitted.

    Parameters
    ----------
    run : Path
        Folder of the results.
    folder : Path
        Where the figures go; made if it is not there.
    venue, formats
        As in the config of the run, if not given.
    width : "full", "column" or float
        Width of the figures: text block, one column, or inches.
    svg_text : "none" or "path"
        Letters of SVG files as text or as outlines.
    only : sequence of str
        Names of the figures that are wanted; all by default.
    topics : sequence of int
        Draw these topics only, of the backend given or else the first, and only figures that are
        about topics of one backend.
    backend : str
        Draw only this one, in figures of which each backend has one.
    message : str
        What the figure shows, written above it; for a single figure.

    Returns
    -------
    dict
        ``figures``: stems; ``left_out``: stem → why it is not drawn.

    Raises
    ------
    MissingError
        If there is no finished run.
    UsageError
        If the venue, the width, a format, a figure, a backend or a topic is unknown, or a message
        is given for several figures.
    DataError
        If the manifest does not hold the settings of a run.
    """
    manifest = store.Run(run).manifest
    try:
        config = RunConfig.model_validate(manifest["config"])
    except (KeyError, TypeError, ValidationError) as error:
        message = (
            f"{run / 'manifest.json'} does not hold the settings of a run of this version; run "
            "again to write it."
        )
        raise DataError(message) from error
    for name in only:
        plots.FIGURES.load(name)
    if message and len(only) != 1:
        words = "A message says what one figure shows: name it with --only, such as --only changes."
        raise UsageError(words)
    backends = config.models.backends
    if backend and backend not in backends:
        words = f"The run has no backend {backend!r}; it has {', '.join(backends)}."
        raise UsageError(words)
    wanted = Wanted(frozenset(only), tuple(topics), backend or (backends[0] if topics else ""))
    sheets = Sheets(
        folder, tuple(dict.fromkeys(formats or config.figures.formats)), svg_text, message
    )
    plots.check_formats(sheets.formats)
    with plots.style(venue or config.figures.venue, width=width, font=config.figures.font):
        draw_all(sheets, _tables(run), config, manifest, wanted)
        if (run / "shapes.csv").is_file():
            draw_shapes(sheets, run, config, wanted)
        if not topics:
            _draw_audit(sheets, run, config, wanted)
    return {"figures": sheets.stems, "left_out": sheets.left_out}


def _tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables that figures are drawn from; those that a run did not write are empty."""
    says = [plots.FIGURES.load(name).declaration for name in plots.FIGURES]
    names = {name for d in says for name in (*d.tables, *d.extra.values())}
    paths = {name: folder / f"{name}.csv" for name in sorted(names)}
    return {n: store.read_csv(p) if p.is_file() else pd.DataFrame() for n, p in paths.items()}


def draw_all(
    sheets: Sheets,
    table: dict[str, pd.DataFrame],
    config: RunConfig,
    notes: dict[str, Any],
    wanted: Wanted = Wanted(),
) -> None:
    """Draw every figure whose tables hold something, in the order of the report.

    Parameters
    ----------
    sheets : Sheets
        Keeps the figures.
    table : dict of str to pandas.DataFrame
        Tables of a run.
    config : RunConfig
        Backends, and what captions say of the settings.
    notes : dict
        Of the run: ``spans``, and ``topic_number``, how the number of topics was chosen:
        ``n_topics``, ``low``, ``high``, ``levels``.
    wanted : Wanted
        Which figures are wanted.
    """
    from trends.plots.plotting import only, selected

    backends = config.models.backends
    if space_warnings(config.embed):
        based = [b for b in backends if BACKENDS.load(b).needs_embeddings]
        sheets.labels = dict.fromkeys(["map", *based], STATIC)
    said: dict[str, Any] = {
        "period": config.prevalence.period,
        "denominator": DENOMINATOR[config.prevalence.theta],
        "interval": f"{config.prevalence.level * 100:.0f} % interval",
        "level": config.prevalence.level,
        "measure": MEASURE,
        "spans": notes.get("spans", ()),
        "noun": config.prevalence.standardize_by.replace("_", " "),
    }
    if number := notes.get("topic_number"):
        said |= {"chosen": number["n_topics"]} | {n: number[n] for n in ("low", "high", "levels")}
    functions = [f for name in plots.FIGURES if (f := plots.FIGURES.load(name)).declaration.tables]
    for draw in sorted(
        functions, key=lambda f: (SECTIONS.index(f.declaration.section), f.declaration.order)
    ):
        says = draw.declaration
        if not wanted.has(says):
            continue
        takes = inspect.signature(draw).parameters
        for who in _subjects(says.each, table["alignment"], backends, wanted.backend):
            more = {o: selected(table[name], says, *who) for o, name in says.extra.items()}
            known = said | {option: frame for option, frame in more.items() if len(frame)}
            rows = [selected(table[name], says, *who) for name in says.tables]
            if rows[0].empty:
                continue
            if wanted.topics:
                rows[0] = only(rows[0], says, wanted.topics)
            shares = selected(table["prevalence"], says, *who).drop_duplicates("period")
            options = {**known, "n_docs": int(shares["n_docs"].sum())}
            options = {name: value for name, value in options.items() if name in takes}
            options["stem"] = "-".join([takes["stem"].default, *who])

            def attempt(
                top: int | None,
                draw: Callable[..., plots.Drawn] = draw,
                rows: list[pd.DataFrame] = rows,
                options: dict[str, Any] = options,
                takes: Any = takes,
            ) -> plots.Drawn:
                return draw(*rows, **options, **({"top": top} if top and "top" in takes else {}))

            top = config.figures.top if says.top == "config" else says.top
            sheets.keep(options["stem"], attempt, top)


def _subjects(
    each: str, matches: pd.DataFrame, backends: Sequence[str], backend: str = ""
) -> Sequence[tuple[str, ...]]:
    """What a run has one figure of.

    Itself, its first backend, each backend, or each pair of them.
    """
    if each == "pair":
        pairs = matches.reindex(columns=["backend_a", "backend_b"]).drop_duplicates()
        return [(str(a), str(b)) for a, b in pairs.itertuples(index=False)]
    some = [backend] if backend else backends if each == "backend" else backends[:1]
    return [()] if each == "run" else [(backend,) for backend in some]


def _draw_audit(sheets: Sheets, folder: Path, config: RunConfig, wanted: Wanted = Wanted()) -> None:
    """What the audit says about the corpus; its coverage is that of the run."""
    for drawn in audit.drawings(folder / audit.FOLDER, config.prevalence.period, card=False):
        if not wanted.only or drawn.figure_name in wanted.only:
            sheets.keep(drawn.stem, lambda _: drawn)  # noqa: B023


def draw_shapes(sheets: Sheets, folder: Path, config: RunConfig, wanted: Wanted = Wanted()) -> None:
    """A figure for every topic of whose shape something was found, at most so many.

    Parameters
    ----------
    sheets : Sheets
        Keeps the figures.
    folder : Path
        With the tables of shapes.
    config : RunConfig
        What captions say.
    wanted : Wanted
        Which figures, and which topics: those that are named have one whatever was found.
    """
    about = files.read_json(folder / "shapes.json")
    named = not wanted.only or "shapes" in wanted.only
    if not named or wanted.backend not in ("", about["backend"]):
        return
    claims, courses = (store.read_csv(folder / f"{n}.csv") for n in ("shapes", "shapes_over_time"))
    seasons = folder / "shapes_seasons.csv"
    effects = store.read_csv(seasons) if seasons.is_file() else None
    some = claims[claims["found"].astype(bool) & (claims["kind"] != "forecast")]
    order = some.groupby("topic").size().sort_values(ascending=False, kind="stable")
    for topic in wanted.topics or sorted(order.index[:MOST_SHAPES]):

        def draw(_: int | None, topic: int = int(topic)) -> plots.Drawn:
            drawn = plots.plot(
                "shapes",
                courses,
                claims=claims,
                seasons=effects,
                topic=topic,
                period=about["period"],
                level=config.prevalence.level,
                stem=f"shapes-{topic}",
            )
            name = str(courses.loc[courses["topic"] == topic, "label"].iloc[0])
            return replace(drawn, title=f"Shapes of “{name}”")

        sheets.keep(f"shapes-{topic}", draw)
