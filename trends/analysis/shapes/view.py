"""All shapes of all topics at once: seasons, curves, bursts, changes, forecasts and words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from trends.analysis.prevalence.periods import Periods
from trends.analysis.shapes.bands import fit_curves
from trends.analysis.shapes.bursts import bursts
from trends.analysis.shapes.change_points import change_points
from trends.analysis.shapes.emergence import emergence
from trends.analysis.shapes.forecast import forecast
from trends.analysis.shapes.frames import COLUMNS, table_of
from trends.analysis.shapes.seasons import claims_of
from trends.analysis.shapes.terms import TermTrends, term_trends
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.spans import Span
from trends.core import Prevalence, TermCounts, Topics
from trends.core.computing.rng import Rng, seeds_from
from trends.core.shown import html
from trends.core.shown.shapes import READING, phrase, spoken
from trends.core.wording import guess_period
from trends.errors import DataError, UsageError

#: What is told of the progress: what was done last, stages done, stages in all.
Progress = Callable[[str, int, int], None]

#: Columns of a table of courses, for figures.
COURSES = (
    *("topic", "label", "period", "n_docs", "share", "lower", "upper", "complete"),
    *("smooth", "smooth_lower", "smooth_upper"),
)


class Material(NamedTuple):
    """The words behind shares: a fit, its counts and periods, over the same documents."""

    topics: Topics
    counts: TermCounts
    periods: Periods


@dataclass(frozen=True)
class Shapes:
    """What topics did over time beyond more or less.

    Parameters
    ----------
    table : pandas.DataFrame
        See :meth:`frame`.
    courses : pandas.DataFrame
        See :meth:`over_time`.
    seasons : pandas.DataFrame
        Effects of months or quarters, of every topic; without rows where there are none.
    terms : TermTrends, optional
        Words within topics, where words were given.
    settings : dict
        ``level``, ``period``, ``left_out`` (kind → why it was not looked for), ``reading`` (what
        error rates hold), ``notes``.
    """

    table: pd.DataFrame
    courses: pd.DataFrame
    seasons: pd.DataFrame
    terms: TermTrends | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """All shapes that were looked for.

        Returns
        -------
        pandas.DataFrame
            Columns ``topic``, ``label``, ``kind`` (season, rising, falling, burst, change point,
            emerged, forecast, term), ``start``, ``stop``, ``estimate``, ``low``, ``high``, ``p``,
            ``adjusted_p``, ``found`` and ``note``; in the order of topics and kinds.
        """
        return self.table.copy()

    def over_time(self) -> pd.DataFrame:
        """Shares and smooth curves of all topics, for figures; columns :data:`COURSES`."""
        out = self.courses.copy()
        out.attrs["period"] = self.settings.get("period")
        return out

    def sentences(self) -> list[str]:
        """What is found about every topic, in words."""
        out = []
        labels = self.courses.drop_duplicates("topic")
        for topic, label in zip(labels["topic"], labels["label"], strict=True):
            mine = self.table[(self.table["topic"] == topic) & self.table["found"]]
            said = [phrase(row, str(self.settings["period"])) for row in spoken(mine)]
            out.append(f"{label}: {'; '.join(said) if said else 'no shape found'}.")
        return out

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{html.text(line)}</li>" for line in self.sentences())
        left = "".join(f"<p>{html.text(s)}</p>" for s in self.settings.get("left_out", {}).values())
        return f"<b>Shapes</b><ul>{lines}</ul>{left}<p>{READING}</p>"


def find_shapes(
    shares: Prevalence,
    material: Material | None = None,
    *,
    spans: tuple[Span, Span] | None = None,
    level: float = 0.95,
    ahead: int = 3,
    most: int = 200,
    rng: Rng,
    progress: Progress | None = None,
) -> Shapes:
    """Look for every kind of shape in every topic.

    Parameters
    ----------
    shares : Prevalence
        Of one fit.
    material : Material, optional
        The words behind them; without it no words are looked at.
    spans : pair of pairs, optional
        As in :func:`trends.fit_trends`, for words.
    level : float
        Of intervals and bands.
    ahead : int
        Periods to forecast.
    most : int
        Terms of each topic that are tested.
    rng : int or numpy.random.Generator
        Of all that is drawn; each kind has a seed of its own.
    progress : callable, optional
        Called with what was done last, stages done, stages in all.

    Returns
    -------
    Shapes

    Notes
    -----
    A kind that cannot be looked for (too few periods, years without seasons) is left out and says
    why in ``settings["left_out"]``. What error rates hold is in ``settings["reading"]``.
    """
    period = str(
        shares.settings.get("period") or guess_period(list(map(pd.Timestamp, shares.periods)))
    )
    run = _Stages(rng, progress, 1 if material is None else 1 + material.topics.n_topics)
    left: dict[str, str] = {}
    tables: list[pd.DataFrame] = []
    seasonal = pd.DataFrame()
    curves = fit_curves(shares, level=level, rng=run.seed("curves"))
    run.done("curves")
    for kind, find in FINDERS.items():
        try:
            found = find(shares, level, ahead, run.seed(kind))
        except (DataError, UsageError) as error:
            left[kind] = f"{kind}: not looked for. {error}"
        else:
            if why := _untested(found.table):
                left[kind] = f"{kind}: not looked for. {why}"
            seasonal = found.effects if kind == "season" else seasonal
            tables.append(found.table)
        run.done(kind)
    tables.insert(1 if "season" not in left else 0, curves.frame())
    terms = None
    if material is not None:
        terms = term_trends(
            *material,
            labels=shares.labels,
            spans=spans,
            level=level,
            most=most,
            rng=run.seed("terms"),
            progress=lambda done, _: run.done(f"words of topic {done}"),
        )
        tables.append(terms.shapes())
    return Shapes(
        _together(tables),
        _courses(shares, curves.curves()),
        seasonal,
        terms,
        {
            "level": level,
            "period": period,
            "left_out": left,
            "reading": READING,
            "notes": [*curves.settings.get("notes", [])],
        },
    )


class _Found(NamedTuple):
    table: pd.DataFrame
    effects: pd.DataFrame = pd.DataFrame()


def _seasons(shares: Prevalence, level: float, _: int, __: int) -> _Found:
    trend = fit_trends(shares, level=level, season="adjust")
    return _Found(claims_of(trend), trend.seasons())


def _forecast(shares: Prevalence, level: float, ahead: int, seed: int) -> _Found:
    return _Found(forecast(shares, level=level, ahead=ahead, rng=seed).frame())


def _bursts(shares: Prevalence, level: float, _: int, seed: int) -> _Found:
    return _Found(bursts(shares, level=level, rng=seed))


def _change_points(shares: Prevalence, level: float, _: int, seed: int) -> _Found:
    return _Found(change_points(shares, level=level, rng=seed))


def _emergence(shares: Prevalence, level: float, _: int, seed: int) -> _Found:
    return _Found(emergence(shares, level=level, rng=seed))


#: Kind → what looks for it, given shares, level, periods ahead and a seed.
FINDERS: dict[str, Callable[[Prevalence, float, int, int], _Found]] = {
    "season": _seasons,
    "burst": _bursts,
    "change point": _change_points,
    "emerged": _emergence,
    "forecast": _forecast,
}


def _untested(table: pd.DataFrame) -> str:
    """Why no topic was tested, if none was; forecasts have no p."""
    silent = len(table) and table["p"].isna().all() and (table["kind"] != "forecast").all()
    notes = table["note"].unique()
    return f"{str(notes[0])[:1].upper()}{str(notes[0])[1:]}." if silent and len(notes) == 1 else ""


class _Stages:
    """Seeds by name, and a count of what is done."""

    def __init__(self, rng: Rng, progress: Progress | None, more: int) -> None:
        names = ("curves", "terms", *FINDERS)
        (first,) = seeds_from(rng, "shapes", 1)
        self._seeds = {name: seeds_from(first, name, 1)[0] for name in names}
        self._progress, self._count, self._all = progress, 0, len(FINDERS) + more

    def seed(self, name: str) -> int:
        return self._seeds[name]

    def done(self, name: str) -> None:
        self._count += 1
        if self._progress:
            self._progress(name, self._count, self._all)


def _together(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """One table of all kinds, in the order of topics, and of kinds as they are read."""
    some = [t[list(COLUMNS)].astype({"start": object, "stop": object}) for t in tables if len(t)]
    if not some:
        return table_of([])
    whole = pd.concat(some, ignore_index=True)
    return whole.sort_values("topic", kind="stable", ignore_index=True)


def _courses(shares: Prevalence, curves: pd.DataFrame) -> pd.DataFrame:
    """Shares of all topics beside their smooth curves."""
    table = shares.frame()
    table = table[table["topic"] >= 0]
    smooth = curves[["topic", "period", "smooth", "smooth_lower", "smooth_upper"]]
    keys = ["topic", "period"]
    smooth = smooth.astype({"period": table["period"].dtype}) if len(smooth) else smooth
    whole = table.merge(smooth, on=keys, how="left") if len(smooth) else table
    return whole.reindex(columns=list(COURSES))
