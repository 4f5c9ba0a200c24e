"""Prevalence: the share of each topic in each calendar period."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core.calendar_days import calendar_days
from trends.core.checks import SUM_TOLERANCE, read_only, unique
from trends.core.shown import html
from trends.core.wording import (
    PERIODS,
    guess_period,
    next_start,
    percent,
    period_name,
    plural,
    span,
)
from trends.errors import DataError

#: Columns of a frame of prevalence.
COLUMNS = ("topic", "label", "period", "n_docs", "share", "lower", "upper", "complete")
#: Settings that a frame keeps in its ``attrs``.
ATTRIBUTES = ("period", "dispersion", "absent", "season")


@dataclass(frozen=True)
class Prevalence:
    """Shares of topics over gap-free calendar periods, with intervals and denominators.

    Parameters
    ----------
    periods : ndarray of datetime64[D], shape (periods,)
        First day of each calendar period, consecutive.
    ends : ndarray of datetime64[D], shape (periods,)
        Last day of each period.
    labels : tuple of str, length topics
        One name a topic, unique.
    share, lower, upper : ndarray of float, shape (periods, topics)
        Fractions of the documents of the period. NaN, never 0, where there are no documents.
    unassigned : ndarray of float, shape (periods,)
        Fraction that belongs to no topic; ``share.sum(1) + unassigned == 1`` where there are
        documents.
    n_docs : ndarray of int, shape (periods,)
        Documents of the period, the denominator.
    complete : ndarray of bool, shape (periods,)
        False where the corpus does not cover the whole period.
    n_eff : ndarray of float, shape (periods, topics)
        Effective number of documents behind each share (equal to ``n_docs`` for hard labels without
        clustering).
    settings : dict
        ``period``, ``theta``, ``interval``, ``level``, ``denominator``, and what was excluded.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> shares = tr.prevalence(topics, corpus, period="year")
    >>> shares.share.shape == (len(shares.periods), len(shares.labels))
    True
    """

    periods: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]
    labels: tuple[str, ...]
    share: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    unassigned: NDArray[np.float64]
    n_docs: NDArray[np.int64]
    complete: NDArray[np.bool_]
    n_eff: NDArray[np.float64]
    settings: dict[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        periods = np.asarray(self.periods, dtype="datetime64[D]")
        ends = np.asarray(self.ends, dtype="datetime64[D]")
        labels = tuple(self.labels)
        unique(labels, "Topic labels")
        shape = (len(periods), len(labels))
        arrays = {
            n: np.asarray(getattr(self, n), dtype=float)
            for n in ("share", "lower", "upper", "n_eff")
        }
        unassigned, n_docs = (
            np.asarray(self.unassigned, dtype=float),
            np.asarray(self.n_docs, dtype=np.int64),
        )
        complete = np.asarray(self.complete, dtype=bool)
        wrong = [n for n, a in arrays.items() if a.shape != shape]
        wrong += [
            n
            for n, a in (("unassigned", unassigned), ("n_docs", n_docs), ("complete", complete))
            if a.shape != shape[:1]
        ]
        if wrong:
            message = (
                f"{', '.join(wrong)}: shape does not match {shape[0]} periods × {shape[1]} topics."
            )
            raise DataError(message)
        if len(periods) > 1 and (periods[1:] != ends[:-1] + np.timedelta64(1, "D")).any():
            message = "Periods must follow one another without a gap."
            raise DataError(message)
        full = n_docs > 0
        if np.isnan(arrays["share"][full]).any() or not np.isnan(arrays["share"][~full]).all():
            message = "A share is NaN exactly where its period has no documents."
            raise DataError(message)
        if (
            np.abs(arrays["share"][full].sum(1) + unassigned[full] - 1).max(initial=0)
            > SUM_TOLERANCE
        ):
            message = "Shares and unassigned must sum to one in every period with documents."
            raise DataError(message)
        s, lo, up = (arrays[n][full] for n in ("share", "lower", "upper"))
        if ((lo > s + 1e-9) | (up < s - 1e-9)).any():
            message = "Intervals must contain their share."
            raise DataError(message)
        for name, value in {
            **arrays,
            "unassigned": unassigned,
            "n_docs": n_docs,
            "complete": complete,
        }.items():
            object.__setattr__(self, name, read_only(value))
        object.__setattr__(self, "periods", read_only(periods))
        object.__setattr__(self, "ends", read_only(ends))
        object.__setattr__(self, "labels", labels)

    @property
    def n_topics(self) -> int:
        """Number of topics."""
        return len(self.labels)

    @property
    def years(self) -> NDArray[np.float64]:
        """Mid-time of each period in years since 1970, shape (periods,)."""
        start = self.periods.astype(float)
        middle: NDArray[np.float64] = (start + self.ends.astype(float) + 1) / 2
        return middle / 365.2425

    @property
    def counts(self) -> NDArray[np.float64]:
        """Documents a topic and period, shape (periods, topics); 0 where there are none."""
        return np.nan_to_num(self.share) * self.n_docs[:, None]

    def frame(self) -> pd.DataFrame:
        """One row per topic and period, the unassigned as topic -1 (without interval).

        ``attrs`` keeps the kind of period, so that nobody need ask for it, and what a test of the
        frame needs (:meth:`from_frame`).
        """
        topics = np.arange(self.n_topics)
        rows = pd.DataFrame(
            {
                "topic": np.repeat(topics, len(self.periods)),
                "label": np.repeat(np.array(self.labels, dtype=object), len(self.periods)),
                "period": np.tile(self.periods, self.n_topics).astype("datetime64[s]"),
                "n_docs": np.tile(self.n_docs, self.n_topics),
                "share": self.share.T.ravel(),
                "lower": self.lower.T.ravel(),
                "upper": self.upper.T.ravel(),
                "complete": np.tile(self.complete, self.n_topics),
            }
        )
        none = pd.DataFrame(
            {
                "topic": -1,
                "label": "unassigned",
                "period": self.periods.astype("datetime64[s]"),
                "n_docs": self.n_docs,
                "share": self.unassigned,
                "lower": np.nan,
                "upper": np.nan,
                "complete": self.complete,
            }
        )
        out = pd.concat([rows, none], ignore_index=True)
        out.attrs |= {k: self.settings[k] for k in ATTRIBUTES if k in self.settings}
        return out

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Prevalence:
        """The shares whose :meth:`frame` this is, or a table ``prevalence.csv`` of one backend.

        Parameters
        ----------
        frame : pandas.DataFrame
            Its ``attrs`` say what period it has; without them it is guessed from the distance of
            first days.

        Raises
        ------
        DataError
            If columns are missing, or a topic and period stand there twice.
        """
        missing = [c for c in COLUMNS if c not in frame.columns]
        if missing or frame.duplicated(["topic", "period"]).any():
            message = (
                f"A frame of prevalence has the columns {', '.join(COLUMNS)} and each topic and "
                f"period once{': ' + ', '.join(missing) + ' missing' if missing else ''}."
            )
            raise DataError(message)
        attrs: dict[str, Any] = {str(k): v for k, v in frame.attrs.items()}
        wide: Any = frame.assign(period=calendar_days(frame["period"]).to_numpy()).pivot(
            index="period",
            columns="topic",
            values=["share", "lower", "upper", "n_docs", "complete"],
        )
        topics = [t for t in wide["share"].columns if t != -1]
        starts = list(wide.index)
        period = attrs.get("period") or guess_period(starts)
        first = wide["n_docs"].iloc[:, 0].to_numpy(dtype=np.int64)
        ends: Any = (
            np.array([*starts[1:], next_start(starts[-1], period)], dtype="datetime64[D]") - 1
        )
        return cls(
            periods=np.array(starts, dtype="datetime64[D]"),
            ends=ends,
            labels=tuple(frame.drop_duplicates("topic").set_index("topic")["label"].loc[topics]),
            unassigned=wide["share"][-1].to_numpy(dtype=float),
            n_docs=first,
            complete=wide["complete"].iloc[:, 0].to_numpy(dtype=bool),
            n_eff=np.repeat(first[:, None], len(topics), axis=1),
            settings={**attrs, "period": period},
            **{n: wide[n][topics].to_numpy(dtype=float) for n in ("share", "lower", "upper")},
        )

    def _repr_html_(self) -> str:
        kind = str(self.settings.get("period", ""))
        if kind not in PERIODS and not kind.endswith("-years"):
            kind = guess_period([pd.Timestamp(p) for p in self.periods])
        ends = [period_name(p, kind) for p in self.periods[[0, -1]]] if len(self.periods) else []
        numbers = (self.share, self.lower, self.upper)
        rows = [
            (
                html.text(label),
                html.curve(
                    self.share[:, k].tolist(),
                    f"{label}: share by period",
                    self.lower[:, k].tolist(),
                    self.upper[:, k].tolist(),
                    float(np.nanmax(self.share, initial=0.0)),
                ),
                *(html.interval(*(percent(of[at, k]) for of in numbers)) for at in (0, -1) if ends),
            )
            for k, label in enumerate(self.labels)
        ]
        said = html.text(span([pd.Timestamp(p) for p in self.periods], kind)) if ends else ""
        n = int(np.nansum(self.n_docs))
        return (
            f"<b>Prevalence</b>: {said}, {plural(n, 'document')}, "
            f"{percent(float(np.nanmean(self.unassigned)) if n else np.nan)} without a topic"
            + html.table(("topic", "share of documents", *ends), rows)
        )
