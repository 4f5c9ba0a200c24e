"""Shares and trends of a run, corrected by what people coded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends import files, store
from trends.analysis.annotation.accuracy import accuracy_by_period
from trends.analysis.annotation.agreement import agreement
from trends.analysis.annotation.correction import METHODS, Method, correct_share
from trends.analysis.annotation.prevalence import corrected_prevalence
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.intervals import wilson
from trends.analysis.trend.fit import fit_trends
from trends.core import Prevalence, Trend
from trends.core.given.keys import match
from trends.core.statements import sentence
from trends.core.wording import percent
from trends.errors import DataError, UsageError
from trends.plots.output.saving import save
from trends.plots.plotting import plot
from trends.runs.people.draw import design_of
from trends.runs.people.measured import Measured, measured
from trends.runs.people.sheet_file import Codes, read_codes


@dataclass(frozen=True)
class Corrected:
    """What labels by people say of the shares of a run.

    Parameters
    ----------
    shares : Prevalence
        Corrected shares; :func:`trends.plot` and :func:`trends.fit_trends` take them.
    trend : Trend
        The one test, of the corrected shares.
    predicted : pandas.DataFrame
        The same rows of the same test for the shares as the fit (or prediction) has them.
    table : pandas.DataFrame
        One row a topic and period: ``predicted``, ``share``, ``lower``, ``upper``, ``labels``,
        ``n_eff`` (documents of a simple random sample as precise as that).
    accuracy : pandas.DataFrame
        Precision and recall of the fit by topic and period, and over all.
    agreement : dict
        Krippendorff's alpha, where several people coded.
    codes : Codes
        What was read, and what was left out.
    method : str
    predictor : str
        Whose accuracy it is: that of the fit, or of predictions from outside.
    """

    shares: Prevalence
    trend: Trend
    predicted: pd.DataFrame
    table: pd.DataFrame
    accuracy: pd.DataFrame
    agreement: dict[str, Any]
    codes: Codes
    method: str
    predictor: str = "the fit"

    @property
    def sentences(self) -> list[str]:
        """What was found, corrected and not, in words."""
        out, spans = self.codes.sentences(), self.trend.settings.get("spans", ())
        if self.agreement:
            a = self.agreement
            out.append(
                f"{a['documents']:,} documents were coded by several people, who agree on "
                f"{percent(a['same'], 0)} of them; Krippendorff's alpha is "
                + ("not defined." if np.isnan(a["alpha"]) else f"{a['alpha']:.2f}.")
            )
        rows: Any = self.accuracy[self.accuracy["period"] == "all"].to_dict("records")
        whole = {row["label"]: row for row in rows}
        pairs = zip(self.trend.table.itertuples(), self.predicted.itertuples(), strict=True)
        for row, before in pairs:
            right = whole[str(row.label)]
            out.append(
                f"{row.label}: {self.predictor} finds {percent(right['recall'], 0)} of the "
                f"documents that people put there, and {percent(right['precision'], 0)} of those "
                f"that it finds are right. Corrected by labels: {sentence(row, spans)} Without "
                f"correction: {sentence(before, spans)}"
            )
        return out

    def write(self, folder: str | Path, formats: Sequence[str] = ("pdf", "svg", "png")) -> Path:
        """Write ``shares.csv``, ``trends.csv``, ``trends_predicted.csv``, ``accuracy.csv``.

        Also ``figures/prevalence.*`` of the corrected shares, and ``summary.json`` with sentences,
        agreement and what was left out; all or nothing.
        """
        folder = Path(folder)
        tables = {
            "shares": self.table,
            "trends": self.trend.frame(),
            "trends_predicted": self.predicted,
            "accuracy": self.accuracy,
        }
        n = len(self.trend.table)
        with files.replacing_files(folder, last="summary.json") as staged:
            for name, table in tables.items():
                files.write_csv(staged / f"{name}.csv", table)
            drawn = self.shares.frame().query("topic >= 0")
            figure = plot(
                "prevalence",
                drawn,
                trends=self.trend.table.assign(topic=range(n)),
                message="Shares corrected by what people coded",
            )
            save(figure, staged / "figures", formats)
            files.write_json(staged / "summary.json", self.summary)
        return folder

    @property
    def summary(self) -> dict[str, Any]:
        """Sentences, agreement, counts and settings, as ``summary.json`` has them."""
        return {
            "sentences": self.sentences,
            "agreement": self.agreement,
            "codes": self.codes.counts,
            "left_out": self.codes.examples,
            "method": self.method,
            "spans": self.trend.settings.get("spans", []),
            "notes": self.trend.settings.get("notes", []),
        }


def corrected(
    run: store.Run | Path,
    sheets: Sequence[Any],
    key: dict[str, Any],
    *,
    method: Method = "dsl",
    predictions: Any = None,
) -> Corrected:
    """See :func:`trends.corrected`."""
    if method not in METHODS:
        message = f"method is one of {', '.join(METHODS)}; got {method!r}."
        raise UsageError(message)
    if key["kind"] != "labels":
        message = "This is the key of an intrusion test; read it with tr.intrusion_scores."
        raise UsageError(message)
    found = measured(run, str(key["about"].get("backend", "")))
    stratum = _redrawn(found, key)
    codes = read_codes(sheets, key)
    period, settings = found.periods.index, found.settings
    topic = key["draw"]["topic"]
    wanted = list(range(found.topics.n_topics)) if topic is None else [topic]
    place = {name: row for row, name in enumerate(found.corpus.ids)}
    rows = np.array([place[name] for name in codes.codes.index])
    given = None if predictions is None else _predictions(predictions, found, topic)
    shares, accuracy = {}, []
    for k in wanted:
        gold = np.full(len(period), np.nan)
        gold[rows] = _means(codes.codes, "1" if topic is not None else str(k))
        said = (np.asarray(found.topics.hard) == k).astype(float) if given is None else given
        one = correct_share(gold, said, period, stratum, method=method, level=settings.level)
        shares[found.labels[k]] = one
        right = accuracy_by_period(gold, said, period, stratum, level=settings.level)
        names = [found.periods.names[p] if p >= 0 else "all" for p in right["period"]]
        right["period"] = names
        right.insert(0, "label", found.labels[k])
        accuracy.append(right)
    corrected_shares = corrected_prevalence(shares, found.periods, level=settings.level)
    all_topics = estimate(found.topics, found.periods, labels=found.labels, level=settings.level)
    trend = fit_trends(
        corrected_shares,
        spans=settings.spans,
        level=settings.level,
        beside=_others(all_topics, wanted),
    )
    table = trend.table.assign(topic=wanted)
    if given is None:
        before = fit_trends(all_topics, spans=settings.spans, level=settings.level).frame()
        before = before[before["topic"].isin(wanted)].reset_index(drop=True)
    else:
        (name,), said_share = shares, next(iter(shares.values())).predicted[:, None]
        whole = _whole(all_topics, (name,), said_share)
        before = fit_trends(
            whole,
            spans=settings.spans,
            level=settings.level,
            beside=_others(all_topics, wanted),
        ).frame()
        before["topic"] = wanted
    return Corrected(
        corrected_shares,
        replace(trend, table=table),
        before,
        _table(found, wanted, shares),
        pd.concat(accuracy, ignore_index=True),
        agreement(codes.codes) if codes.codes.shape[1] > 1 else {},
        codes,
        method,
        "the fit" if given is None else "the prediction",
    )


def _predictions(given: Any, found: Measured, topic: int | None) -> NDArray[np.float64]:
    """Predictions of one topic from outside, in the order of the documents."""
    if topic is None:
        message = "Predictions from outside are of one topic; draw the sample with topic=."
        raise UsageError(message)
    values = np.asarray(match(given, found.corpus.ids, called="predictions").values, dtype=float)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        message = "Predictions are one number from 0 to 1 for each document of the run."
        raise DataError(message)
    return values


def _redrawn(found: Measured, key: dict[str, Any]) -> NDArray[np.int64]:
    """Strata of the draw, made again from the run: a key or a run that changed is noticed."""
    draw = key["draw"]
    whole = all(type(draw.get(name)) is int for name in ("n", "floor", "rng"))
    topic = draw.get("topic")
    if not whole or not (topic is None or (type(topic) is int and topic < found.topics.n_topics)):
        message = "The key does not say how the sample was drawn; draw it again."
        raise DataError(message)
    design = design_of(found, draw)
    ids = [found.corpus.ids[row] for row in design.rows]
    changed = key["about"] != found.about
    if changed or [item["id"] for item in key["items"]] != ids:
        message = (
            "The sample was drawn from another fit than that which the run holds now, so its "
            "probabilities are not known; give the run that it was drawn from."
        )
        raise DataError(message)
    return design.stratum


def _means(codes: pd.DataFrame, code: str) -> NDArray[np.float64]:
    """Share of the coders who gave a code; NaN where nobody coded."""
    given = (codes == code).astype(float).where(codes.notna())
    return given.mean(axis=1).to_numpy(dtype=float)


def _others(shares: Prevalence, tested: Sequence[int]) -> Prevalence | None:
    """The topics that nobody coded, from which shocks are learnt; None where there are none."""
    rest = [k for k in range(shares.n_topics) if k not in tested]
    labels = tuple(shares.labels[k] for k in rest)
    return _whole(shares, labels, shares.share[:, rest]) if rest else None


def _whole(like: Prevalence, labels: tuple[str, ...], share: NDArray[np.float64]) -> Prevalence:
    """Shares that all documents of the same periods have."""
    n = np.repeat(like.n_docs[:, None], len(labels), axis=1).astype(float)
    lower, upper = wilson(share, n, float(like.settings.get("level", 0.95)))
    return Prevalence(
        periods=like.periods,
        ends=like.ends,
        labels=labels,
        share=share,
        lower=lower,
        upper=upper,
        unassigned=1 - share.sum(axis=1),
        n_docs=like.n_docs,
        complete=like.complete,
        n_eff=n,
        settings={"period": like.settings.get("period")},
    )


def _table(found: Measured, topics: Sequence[int], shares: dict[str, Any]) -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {
                "topic": k,
                "label": label,
                "period": found.periods.starts.astype("datetime64[s]"),
                "n_docs": found.periods.n_docs,
                "labels": one.labels,
                "predicted": one.predicted,
                "share": one.share,
                "lower": one.lower,
                "upper": one.upper,
                "n_eff": one.n_eff,
                "complete": found.periods.complete,
            }
        )
        for k, (label, one) in zip(topics, shares.items(), strict=True)
    ]
    return pd.concat(frames, ignore_index=True)
