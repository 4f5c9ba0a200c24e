"""Draw the figures of a run from its tables; nothing is fitted or estimated here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from trends import plots, store
from trends.runs.config import RunConfig

#: Words for captions, by estimator of the share.
DENOMINATOR = {
    "hard": "all dated documents of the period",
    "mean": "all dated documents of the period, each divided over its topics",
}


def write(folder: Path, analysis: Path, config: RunConfig) -> dict[str, Any]:
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
        ``figures``: stems in the order of the report.
    """
    table = {
        name: store.read_csv(analysis / f"{name}.csv") for name in ("coverage", "prevalence", "trends", "topics", "alignment")
    }
    dates = store.read_csv(analysis / "dates.csv").fillna({"date_precision": ""})
    stems: list[str] = []
    # The report shows the SVG, whatever else is wanted.
    formats = tuple(dict.fromkeys((*config.figures.formats, "svg")))

    def keep(drawn: plots.Drawn) -> None:
        # Outlined letters: an SVG that looks the same in every viewer, whatever fonts it has.
        plots.save(drawn, folder, formats, svg_text="path")
        stems.append(drawn.stem)

    period = config.prevalence.period
    interval = f"{config.prevalence.level:.0%} interval".replace("%", " %")
    denominator = DENOMINATOR[config.prevalence.theta]
    with plots.style(config.figures.venue):
        keep(plots.coverage(table["coverage"], dates=dates, period=period))
        for drawn in audit.drawings(analysis / audit.FOLDER, period, card=False):
            keep(drawn)
        if (analysis / "topic_number.csv").is_file():
            chosen = json.loads((analysis / "analysis.json").read_text(encoding="utf-8"))["topic_number"]
            curve = store.read_csv(analysis / "topic_number.csv")
            low, high = chosen["low"], chosen["high"]
            keep(plots.candidates(curve, chosen=chosen["n_topics"], low=low, high=high, levels=chosen["levels"]))
        for backend in config.models.backends:
            shares = _of(table["prevalence"], backend)
            keep(
                plots.prevalence(
                    shares,
                    period=period,
                    top=config.figures.top,
                    interval=interval,
                    denominator=denominator,
                    stem=f"prevalence-{backend}",
                )
            )
            keep(plots.heatmap(shares, period=period, top=60, denominator=denominator, stem=f"heatmap-{backend}"))
            slopes = _of(table["trends"], backend)
            n_docs = int(shares.drop_duplicates("period")["n_docs"].sum())
            keep(plots.changes(slopes, interval=interval, n_docs=n_docs, denominator=denominator, stem=f"changes-{backend}"))
        pairs = table["alignment"][["backend_a", "backend_b"]].drop_duplicates()
        for a, b in pairs.itertuples(index=False):
            rows = table["alignment"].query("backend_a == @a and backend_b == @b")
            if (rows[["topic_a", "topic_b"]].min(axis=1) >= 0).any():
                measure = "similarity of their documents"
                keep(
                    plots.agreement(
                        rows, table["topics"], table["trends"], measure=measure, interval=interval, stem=f"agreement-{a}-{b}"
                    )
                )
    return {"figures": stems}


def _of(frame: pd.DataFrame, backend: str) -> pd.DataFrame:
    return frame.loc[frame["backend"] == backend].reset_index(drop=True)
