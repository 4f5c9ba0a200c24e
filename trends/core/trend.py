"""Trend: one row per topic, what its share did over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from trends.core.shown import html
from trends.core.wording import percent, probability, signed
from trends.errors import DataError

#: Columns of every trend table; slopes are in percentage points a year.
COLUMNS = (
    *("topic", "label", "finding", "change", "change_lower", "change_upper", "slope", "lower"),
    *("upper", "p", "p_adjusted", "power", "note"),
)


def simultaneous(curves: pd.DataFrame) -> bool:
    """Whether a table of curves has bands that hold for all periods at once."""
    return "smooth" in curves.columns


def drawn_curves(curves: pd.DataFrame) -> pd.DataFrame:
    """The curves that a figure draws, as ``fitted``, ``lower`` and ``upper``.

    Those that may bend and jump, with simultaneous bands, where a table has them.
    """
    if not simultaneous(curves):
        return curves
    names = {"smooth": "fitted", "smooth_lower": "lower", "smooth_upper": "upper"}
    rest = [c for c in curves.columns if c not in {*names, *names.values()}]
    return curves[[*rest, *names]].rename(columns=names)


@dataclass(frozen=True)
class Trend:
    """Changes with intervals and tests, one row per topic; too little data is NaN with a note.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``topic``, ``label``, ``finding``, ``change``, ``change_lower``, ``change_upper``
        (percentage points from the first span to the last), ``slope``, ``lower``, ``upper``
        (percentage points a year), ``p``, ``p_adjusted``, ``power``, ``note``; further columns give
        the evidence (ratio, turn, serial correlation, log-odds).
    settings : dict
        Method, level, spans, correction, number of periods, what was learnt over topics.
    fitted : pandas.DataFrame, optional
        The fitted curves, as :meth:`curves` gives them.
    seasonal : pandas.DataFrame, optional
        The seasons, as :meth:`seasons` gives them.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> slopes = tr.fit_trends(tr.prevalence(topics, corpus, period="year"))
    >>> slopes.frame()["topic"].tolist()
    [0, 1, 2, 3]
    """

    table: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict, compare=False)
    fitted: pd.DataFrame | None = field(default=None, compare=False, repr=False)
    seasonal: pd.DataFrame | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        table = self.table.copy().reset_index(drop=True)
        missing = [c for c in COLUMNS if c not in table.columns]
        if missing:
            message = (
                f"A trend table needs the columns {', '.join(COLUMNS)}; missing: "
                f"{', '.join(missing)}."
            )
            raise DataError(message)
        table = table[[*COLUMNS, *[c for c in table.columns if c not in COLUMNS]]]
        if table["topic"].duplicated().any():
            message = "A trend table has one row per topic."
            raise DataError(message)
        p, q = table["p"], table["p_adjusted"]
        if ((p < 0) | (p > 1) | (q < p - 1e-12) | (q > 1)).any():
            message = (
                "p-values must lie in [0, 1], and adjusted ones may not be smaller than raw ones."
            )
            raise DataError(message)
        silent = table["slope"].isna() & (table["note"].fillna("") == "")
        if silent.any():
            message = "A topic without a slope must say why in its note."
            raise DataError(message)
        object.__setattr__(self, "table", table)

    def frame(self) -> pd.DataFrame:
        """A copy of the table; ``attrs`` keeps the names of the spans."""
        out = self.table.copy()
        out.attrs["spans"] = self.settings.get("spans", [])
        return out

    def curves(self) -> pd.DataFrame:
        """The fitted curve of every topic that was tested, with a band at each period by itself.

        Returns
        -------
        pandas.DataFrame
            Columns topic, label, period, fitted, lower, upper; shares are fractions. Without rows
            where no topic was tested.

        Examples
        --------
        >>> import trends as tr
        >>> months = [2024 + m / 12 for m in range(12)]
        >>> counts = [[5, 6, 5, 7, 9, 9, 12, 11, 14, 15, 19, 18]]
        >>> curve = tr.fit_trends((counts, [100] * 12, months)).curves()
        >>> curve["fitted"].iloc[[0, -1]].round(2).tolist()
        [0.05, 0.19]
        """
        if self.fitted is None:
            return pd.DataFrame(columns=["topic", "label", "period", "fitted", "lower", "upper"])
        return self.fitted.copy()

    def seasons(self) -> pd.DataFrame:
        """The seasons of every topic that was tested, where they were fitted.

        Returns
        -------
        pandas.DataFrame
            Columns topic, label, season (a number from 1), name, effect (log-odds, with lower and
            upper), points, points_lower, points_upper (percentage points at the topic's mean
            share), p (of the hypothesis that the topic has no season), p_adjusted (over topics).
            Without rows where no seasons were fitted.

        Examples
        --------
        >>> import trends as tr
        >>> quarters = [2020 + q / 4 for q in range(12)]
        >>> counts = [[30, 31, 12, 29] * 3, [20, 21, 22, 20] * 3]
        >>> found = tr.fit_trends((counts, [100] * 12, quarters), season="auto").seasons()
        >>> found.loc[found["effect"].idxmin(), "name"]
        'Q3'
        """
        if self.seasonal is None:
            named = ("topic", "label", "season", "name", "effect", "lower", "upper")
            sizes = ("points", "points_lower", "points_upper")
            return pd.DataFrame(columns=[*named, *sizes, "p", "p_adjusted"])
        return self.seasonal.copy()

    def _repr_html_(self) -> str:
        curves = dict(iter(self.curves().groupby("topic")))
        top = max((c["upper"].max() for c in curves.values()), default=0.0)
        rows: list[tuple[str, ...]] = []
        each: Iterator[Any] = self.table.itertuples()
        for row in each:
            own = curves.get(row.topic)
            drawn = (
                ""
                if own is None
                else html.curve(
                    own["fitted"].tolist(),
                    f"{row.label}: {percent(own['fitted'].iloc[0])} to "
                    f"{percent(own['fitted'].iloc[-1])} of documents",
                    own["lower"].tolist(),
                    own["upper"].tolist(),
                    top,
                )
            )
            change, a_year = (
                html.interval(*(signed(getattr(row, name), 1) for name in names))
                for names in (
                    ("change", "change_lower", "change_upper"),
                    ("slope", "lower", "upper"),
                )
            )
            p, power = probability(row.p_adjusted), signed(row.power, 1).lstrip("+")
            note = html.text(row.note) if row.note else ""
            rows.append(
                (html.text(row.label), drawn, row.finding, change, a_year, escape(p), power, note)
            )
        header = (
            *("topic", "fitted share", "finding", "change in points (interval)", "points a year"),
            *("adjusted p", "found with 80 % from", "note"),
        )
        spans = " and ".join(str(s) for s in self.settings.get("spans", []))
        about = f" between {html.text(spans)}" if spans else ""
        return f"<b>Trend</b>: change of shares{about}{html.table(header, rows)}"
