"""Draw the figures of a run from its tables; nothing is fitted or estimated here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import ValidationError

from trends import plots, store
from trends.core.cost import Cost
from trends.errors import DataError
from trends.models import BACKENDS
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import task
from trends.runs.tasks import audit, backends
from trends.runs.tasks.vectors import space_warnings

#: Words for captions, by estimator of the share.
DENOMINATOR = {
    "hard": "all dated documents of the period",
    "mean": "all dated documents of the period, each divided over its topics",
}
#: Tables that every run has, and those that only figures need.
TABLES = ("coverage", "prevalence", "trends", "topics", "alignment")
MORE = (
    "dates",
    "topic_number",
    "ranks",
    "words",
    "seeds",
    "crossed",
    "map",
    "source_changes",
    "trends_standardized",
)
#: Said in captions of figures that rest on such vectors.
STATIC = "Document vectors are averages of fixed word vectors (engine “static”), another space than the encoder’s."
#: How similarity is measured where topics of two fits are matched.
MEASURE = "similarity of their documents"


class Sheets:
    """Figures saved one after the other, and those that the venue has no room for, each with the reason."""

    def __init__(
        self, folder: Path, formats: Sequence[str], svg_text: Literal["none", "path"]
    ) -> None:
        self.folder, self.formats, self.svg_text = folder, tuple(formats), svg_text
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
                drawn = draw(top)
                break
            except plots.TooTallError as error:
                fewer = error.most if top is None else min(error.most, top - 1)
                if fewer < 1 or fewer == top:
                    self.left_out[stem] = str(error)
                    return
                top = fewer
        formats = [fmt for fmt in self.formats if not (fmt == "pgf" and plots.has_raster(drawn))]
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
    # The report shows the SVG, whatever else is wanted; outlined letters look the same in every
    # viewer, whatever fonts it has.
    sheets = Sheets(folder, tuple(dict.fromkeys((*config.figures.formats, "svg"))), "path")
    with plots.style(config.figures.venue):
        _draw_all(sheets, _tables(analysis), config, notes.get("topic_number"))
        _draw_audit(sheets, analysis, config)
    return {"figures": sheets.stems, "left_out": sheets.left_out}


def redraw(
    run: Path,
    folder: Path,
    *,
    venue: str = "",
    width: Literal["full", "column"] | float = "full",
    formats: Sequence[str] = (),
    svg_text: Literal["none", "path"] = "path",
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

    Returns
    -------
    dict
        ``figures``: stems; ``left_out``: stem → why it is not drawn.

    Raises
    ------
    MissingError
        If there is no finished run.
    UsageError
        If the venue, the width or a format is unknown.
    DataError
        If the manifest does not hold the settings of a run.
    """
    manifest = store.Run(run).manifest
    try:
        config = RunConfig.model_validate(manifest["config"])
    except (KeyError, TypeError, ValidationError) as error:
        message = f"{run / 'manifest.json'} does not hold the settings of a run of this version; run again to write it."
        raise DataError(message) from error
    sheets = Sheets(folder, tuple(dict.fromkeys(formats or config.figures.formats)), svg_text)
    plots.check_formats(sheets.formats)
    with plots.style(venue or config.figures.venue, width=width):
        _draw_all(sheets, _tables(run), config, manifest.get("topic_number"))
        _draw_audit(sheets, run, config)
    return {"figures": sheets.stems, "left_out": sheets.left_out}


def _tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of a run; those that an earlier version did not write are empty."""
    out = {name: store.read_csv(folder / f"{name}.csv") for name in TABLES}
    for name in MORE:
        path = folder / f"{name}.csv"
        out[name] = store.read_csv(path) if path.is_file() else pd.DataFrame()
    return out


def _draw_all(
    sheets: Sheets, table: dict[str, pd.DataFrame], config: RunConfig, number: dict[str, Any] | None
) -> None:
    period = config.prevalence.period
    if space_warnings(config.embed):
        sheets.labels = dict.fromkeys(
            ["map", *(b for b in config.models.backends if BACKENDS.load(b).needs_embeddings)],
            STATIC,
        )
    dates = table["dates"].fillna({"date_precision": ""}) if len(table["dates"]) else None
    changes = table["source_changes"] if len(table["source_changes"]) else None
    sheets.keep(
        "coverage",
        lambda _: plots.coverage(table["coverage"], dates=dates, marks=changes, period=period),
    )
    if number and len(curve := table["topic_number"]):
        low, high, levels = number["low"], number["high"], number["levels"]
        sheets.keep(
            "topic-number",
            lambda _: plots.candidates(
                curve, chosen=number["n_topics"], low=low, high=high, levels=levels
            ),
        )
    for backend in config.models.backends:
        _draw_shares(sheets, table, config, backend)
    _draw_topics(sheets, table, config, config.models.backends[0])
    _draw_pairs(sheets, table, config)


def _draw_audit(sheets: Sheets, folder: Path, config: RunConfig) -> None:
    """What the audit says about the corpus; its coverage is that of the run."""
    for drawn in audit.drawings(folder / audit.FOLDER, config.prevalence.period, card=False):
        sheets.keep(drawn.stem, lambda _: drawn)  # noqa: B023


def _draw_shares(
    sheets: Sheets, table: dict[str, pd.DataFrame], config: RunConfig, backend: str
) -> None:
    """What a backend says about time."""
    period, denominator, interval = (
        config.prevalence.period,
        DENOMINATOR[config.prevalence.theta],
        _interval(config),
    )
    shares, slopes = _of(table["prevalence"], backend), _of(table["trends"], backend)
    n_docs = int(shares.drop_duplicates("period")["n_docs"].sum())
    said: dict[str, Any] = {"interval": interval, "denominator": denominator}
    stem = f"prevalence-{backend}"
    sheets.keep(
        stem,
        lambda n: plots.prevalence(
            shares, period=period, top=n, stem=f"prevalence-{backend}", **said
        ),
        config.figures.top,
    )
    stem = f"heatmap-{backend}"
    sheets.keep(
        stem,
        lambda n: plots.heatmap(
            shares, period=period, top=n, denominator=denominator, stem=f"heatmap-{backend}"
        ),
        60,
    )
    stem = f"changes-{backend}"
    sheets.keep(
        stem, lambda _: plots.changes(slopes, n_docs=n_docs, stem=f"changes-{backend}", **said)
    )
    held = (
        _of(table["trends_standardized"], backend)
        if len(table["trends_standardized"])
        else table["trends_standardized"]
    )
    if len(held) and held[["slope_same", "slope_standardized"]].notna().all(axis=1).any():
        stem, mix = f"standardized-{backend}", config.prevalence.standardize_by.replace("_", " ")
        sheets.keep(
            stem,
            lambda n: plots.standardized(
                held, top=n, noun=mix, interval=interval, stem=f"standardized-{backend}"
            ),
        )


def _draw_topics(
    sheets: Sheets, table: dict[str, pd.DataFrame], config: RunConfig, backend: str
) -> None:
    """What the first backend, whose topics the claims are about, says besides."""
    period, level = config.prevalence.period, config.prevalence.level
    shares = _of(table["prevalence"], backend)
    stem = f"composition-{backend}"
    sheets.keep(
        stem,
        lambda _: plots.composition(
            shares, period=period, denominator=DENOMINATOR[config.prevalence.theta], stem=stem
        ),
    )
    if len(table["ranks"]):
        ranked, ranks_stem = _of(table["ranks"], backend), f"ranks-{backend}"
        sheets.keep(
            ranks_stem,
            lambda n: plots.ranks(ranked, period=period, top=n or 8, level=level, stem=ranks_stem),
            8,
        )
    if len(table["words"]):
        words, terms_stem = _of(table["words"], backend), f"terms-{backend}"
        sheets.keep(
            terms_stem, lambda n: plots.terms(words, top=n, stem=terms_stem), config.figures.top
        )
    if len(table["seeds"]):
        seeds, seeds_stem = _of(table["seeds"], backend), f"seeds-{backend}"
        sheets.keep(
            seeds_stem, lambda n: plots.seeds(seeds, measure=MEASURE, top=n, stem=seeds_stem)
        )
    if len(places := table["map"]):
        labels = _of(table["topics"], str(places["backend"].iloc[0]))
        every = int(labels["n_docs"].sum())
        sheets.keep("map", lambda n: plots.documents(places, labels, top=n, of=every))


def _draw_pairs(sheets: Sheets, table: dict[str, pd.DataFrame], config: RunConfig) -> None:
    """What two backends have in common; the flows of the first backend with each of the others."""
    matches, crossed = table["alignment"], table["crossed"]
    for a, b in matches[["backend_a", "backend_b"]].drop_duplicates().itertuples(index=False):
        rows = matches[(matches["backend_a"] == a) & (matches["backend_b"] == b)]
        if (rows[["topic_a", "topic_b"]].min(axis=1) >= 0).any():
            stem, topics, trends, interval = (
                f"agreement-{a}-{b}",
                table["topics"],
                table["trends"],
                _interval(config),
            )
            drawn = plots.agreement(
                rows, topics, trends, measure=MEASURE, interval=interval, stem=stem
            )
            sheets.keep(stem, lambda _: drawn)  # noqa: B023
        if len(crossed) and a == config.models.backends[0]:
            shared, stem = (
                crossed[(crossed["backend_a"] == a) & (crossed["backend_b"] == b)],
                f"flows-{a}-{b}",
            )
            sheets.keep(stem, lambda _: plots.flows(shared, table["topics"], rows, stem=stem))  # noqa: B023


def _interval(config: RunConfig) -> str:
    return f"{config.prevalence.level:.0%} interval".replace("%", " %")


def _of(frame: pd.DataFrame, backend: str) -> pd.DataFrame:
    return frame.loc[frame["backend"] == backend].reset_index(drop=True)
