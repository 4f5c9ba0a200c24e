"""Words within a topic: which terms its documents took up or gave up, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.prevalence.periods import Periods
from trends.analysis.shapes.frames import COLUMNS as SHAPES
from trends.analysis.shapes.words.drift import Drift, drift_of, words_of
from trends.analysis.shapes.words.incidence import Incidence, incidences
from trends.analysis.shapes.words.steps import LEAST_PERIODS, StepFit, fit_steps, halfway
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.spans import Span, calendar_years, covers, span_weights
from trends.core import TermCounts, Topics
from trends.core.claim import ALPHA
from trends.core.computing.rng import Rng, generator_from
from trends.core.shown import html
from trends.core.wording import listed, percent, plural, probability, quoted
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]

#: A share of documents below which a term is nearly missing.
MISSING = 0.02

#: How many times as frequent a term that enters becomes, at least.
MANY = 4.0

#: Posterior probability from which on a change is said to have come at once.
SUDDEN = 0.5

#: Log-odds beyond which an odds ratio says only that a term was, or is, not there at all.
FAR = 25.0

#: No date.
NEVER = np.datetime64("NaT", "s")

#: Columns of the table of terms.
COLUMNS = (
    *("topic", "label", "term", "finding", "since", "since_first", "since_last", "share_first"),
    *("share_last", "odds_ratio", "lower", "upper", "p", "p_adjusted", "found", "documents"),
    *("sudden", "note"),
)


@dataclass(frozen=True)
class TermTrends:
    """Terms of topics over time.

    Parameters
    ----------
    terms : pandas.DataFrame
        One row a topic and term, those with the smallest p first: ``finding`` (entered, left, more
        frequent, less frequent, no change detected), ``since`` with ``since_first`` and
        ``since_last`` (the period of the change, and the interval for it), ``share_first`` and
        ``share_last`` (share of the topic's documents with the term in both spans, as counted),
        ``odds_ratio`` with ``lower`` and ``upper``, ``p``, ``p_adjusted``, ``found``,
        ``documents``, ``sudden`` (probability that the change came at once), ``note``.
    topics : pandas.DataFrame
        One row a topic: ``terms`` tested and ``found``, ``p`` and ``p_adjusted`` of the hypothesis
        that none of its terms changes, ``kept`` (the drift index: what the topic keeps of its words
        from the first to the last third of its documents), ``p_drift``, ``p_drift_adjusted``,
        ``note``.
    settings : dict
        What was done.
    """

    terms: pd.DataFrame
    topics: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """A copy of the table of terms."""
        return self.terms.copy()

    def shapes(self) -> pd.DataFrame:
        """All terms as rows of a table of shapes: the odds ratio, and when; a sentence if found."""
        t = self.terms
        out = t[["topic", "label", "p", "found"]].assign(
            kind="term",
            start=t["since_first"].fillna(t["since"]),
            stop=t["since_last"].fillna(t["since"]),
            estimate=t["odds_ratio"],
            low=t["lower"],
            high=t["upper"],
            adjusted_p=t["p_adjusted"],
            note=[sentence_of(r) if r.found else str(r.term) for r in rows(t)],
        )
        return out[list(SHAPES)]

    def sentences(self, most: int = 5) -> list[str]:
        """What is found, in words: at most so many terms a topic, those with the smallest p."""
        out = []
        for row in rows(self.topics):
            mine = self.terms[(self.terms["topic"] == row.topic) & self.terms["found"]]
            if mine.empty:
                said = row.note or f"none of {plural(row.terms, 'term')} changed detectably"
                out.append(f"{row.label}: {said}.")
                continue
            said = "; ".join(sentence_of(r) for r in rows(mine.head(most)))
            rest = f"; and {len(mine) - most} more" if len(mine) > most else ""
            out.append(f"{row.label}: {said}{rest}.")
        return out

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{html.text(line)}</li>" for line in self.sentences())
        spans = listed([escape(str(s)) for s in self.settings.get("spans", [])])
        return f"<b>Terms of topics</b>: {spans}<ul>{lines}</ul>"


def term_trends(
    topics: Topics,
    counts: TermCounts,
    periods: Periods,
    *,
    labels: Sequence[str],
    spans: tuple[Span, Span] | None = None,
    level: float = 0.95,
    least: int = 10,
    most: int = 200,
    draws: int = 1999,
    rng: Rng,
    progress: Callable[[int, int], None] | None = None,
) -> TermTrends:
    """Test which terms the documents of each topic took up or gave up.

    Parameters
    ----------
    topics : Topics
        One fit; a document counts for its largest topic.
    counts : TermCounts
        The same documents in the same order.
    periods : Periods
        Over the same documents.
    labels : sequence of str
        Names of the topics.
    spans : pair of pairs, optional
        As in :func:`trends.fit_trends`; the first and the last third of the topic's periods by
        default.
    level : float
        Of the intervals.
    least : int
        Documents of a topic in which a term must occur to be tested.
    most : int
        Terms a topic that are tested: those of most documents, whenever these were written.
    draws : int
        Permutations for the p of the drift index.
    rng : int or numpy.random.Generator
        Their source.
    progress : callable, optional
        Called with (topics done, topics in all).

    Returns
    -------
    TermTrends

    Raises
    ------
    UsageError
        If ``level``, ``least`` or ``most`` is none that can be.
    DataError
        If the three are about different documents.

    Notes
    -----
    *Counts.* Documents of the topic with the term out of all of them, at one length and one mix of
    topics (:func:`trends.analysis.shapes.words.incidence.incidences`).

    *Test.* The one of trends, with shocks learnt over the terms of the topic, about a mean that may
    also step once (:func:`trends.analysis.shapes.words.steps.fit_steps`).

    *Many terms.* First one p a topic, of the hypothesis that none of its terms changes (Simes),
    adjusted over topics (Benjamini and Hochberg); then the terms of the topics found, at a level
    that the number of such topics lowers, so that the expected share of false terms, averaged over
    these topics, is bounded. ``p_adjusted`` holds both steps: found is ``p_adjusted <= .05``.

    *When.* For a change that came at once the posterior of the place of one step; ``since_first``
    and ``since_last`` hold it with the probability of ``level``. For one that came gradually, the
    period at which the share of documents was half of the way, without an interval.

    References
    ----------
    Simes (1986), Biometrika 73, 751–754; Benjamini and Bogomolov (2014), Journal of the Royal
    Statistical Society B 76, 297–318.
    """
    if not 0 < level < 1:
        message = f"level must lie between 0 and 1; got {level!r}."
        raise UsageError(message)
    if least < 1 or most < 1:
        message = f"least and most are whole numbers from 1 on; got {least!r} and {most!r}."
        raise UsageError(message)
    if topics.doc_ids != counts.doc_ids or len(periods.index) != topics.n_documents:
        message = "Topics, counts and periods must be about the same documents in the same order."
        raise DataError(message)
    generator = generator_from(rng)
    held = words_of(topics, counts, periods)
    names, days = periods.names, periods.starts.astype("datetime64[s]")
    tables, words, drifts = [], [], []
    said = ("", "")
    for one in incidences(topics, counts, periods, least=least, most=most):
        table, lasting = pd.DataFrame(), None
        years = calendar_years(periods.starts[one.steps])
        if len(one.steps) >= LEAST_PERIODS and len(one.terms) and covers(years, spans):
            called = tuple(names[i] for i in one.steps)
            weights, said = span_weights(years, spans, called)
            fit = fit_steps(one.y, one.n, one.steps, weights)
            table = _table(one, fit, days[one.steps], called, weights, level)
            table["term"] = [counts.vocabulary[v] for v in one.terms]
            lasting = fit.correlation
        tables.append(table)
        words.append(len(one.terms))
        drifts.append(
            drift_of(topics, held, one.topic, lasting=lasting, draws=draws, rng=generator)
        )
        if progress:
            progress(len(tables), topics.n_topics)
    summary = _topics(labels, tables, words, drifts)
    whole = _whole(tables, summary, labels)
    summary["found"] = [int(whole.loc[whole["topic"] == k, "found"].sum()) for k in summary.topic]
    settings = {"spans": list(said), "level": level, "least": least, "most": most}
    return TermTrends(whole, summary, settings)


def sentence_of(row: Any) -> str:
    """What is said of one term that is found, such as ``attention entered in 2017``."""
    verb = row.finding if row.finding in ("entered", "left") else f"became {row.finding}"
    shares = f"{percent(row.share_first)} → {percent(row.share_last)} of the documents"
    around = ""
    if row.sudden >= SUDDEN and row.since_first != row.since_last:
        around = f", between {row.since_first_name} and {row.since_last_name}"
    when = "in" if row.sudden >= SUDDEN else "gradually, about"
    return (
        f"{quoted(row.term)} {verb} {when} {row.since_name}{around} ({shares}, adjusted p "
        f"{probability(row.p_adjusted, '').strip()})"
    )


def rows(frame: pd.DataFrame) -> Any:
    """The rows of a frame by name."""
    return frame.itertuples(index=False)


def _table(
    one: Incidence,
    fit: StepFit,
    days: NDArray[np.datetime64],
    names: tuple[str, ...],
    weights: tuple[Array, Array],
    level: float,
) -> pd.DataFrame:
    """One row a term of one topic, without what depends on the other topics."""
    p = fit.change.p
    lower, upper = fit.interval(level)
    before, after = (
        (one.occurs @ (w > 0)) / max(float(one.documents @ (w > 0)), 1e-12) for w in weights
    )
    first, best, last = fit.dates(level)
    sudden = fit.steps >= SUDDEN
    best = np.where(sudden, best, halfway(one.y, one.n))
    called = np.array(names, dtype=object)
    out = {
        "topic": one.topic,
        "since": days[best],
        "since_first": np.where(sudden, days[first], NEVER),
        "since_last": np.where(sudden, days[last], NEVER),
        "since_name": called[best],
        "since_first_name": np.where(sudden, called[first], ""),
        "since_last_name": np.where(sudden, called[last], ""),
        "share_first": before,
        "share_last": after,
        "odds_ratio": np.exp(np.clip(fit.change.mean, -FAR, FAR)),
        "lower": np.exp(np.clip(lower, -FAR, FAR)),
        "upper": np.exp(np.clip(upper, -FAR, FAR)),
        "p": p,
        "documents": one.occurs.sum(1),
        "sudden": fit.steps,
    }
    return pd.DataFrame(out)


def _topics(
    labels: Sequence[str], tables: list[pd.DataFrame], words: list[int], drifts: list[Drift]
) -> pd.DataFrame:
    """One row a topic: the test of all of its terms, and the drift index."""
    out = pd.DataFrame({"topic": range(len(tables)), "label": list(labels), "terms": words})
    out["p"] = [adjust(t["p"]).min() if len(t) else np.nan for t in tables]
    out["p_adjusted"] = adjust(out["p"])
    out["kept"], out["p_drift"] = ([d[i] for d in drifts] for i in (0, 1))
    out["p_drift_adjusted"] = adjust(out["p_drift"])
    out["note"] = [
        ""
        if len(t)
        else "no term is in enough of its documents"
        if not n
        else f"documents in fewer than {LEAST_PERIODS} periods, or in one span only"
        for t, n in zip(tables, words, strict=True)
    ]
    return out


def _whole(tables: list[pd.DataFrame], topics: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """All terms, with p adjusted within topics and for the choice of topics."""
    selected = topics["p_adjusted"] <= ALPHA
    wider = int(topics["p"].notna().sum()) / max(int(selected.sum()), 1)
    parts = []
    for k, table in enumerate(tables):
        if len(table):
            own = adjust(table["p"])
            floor = max(float(topics["p_adjusted"][k]), 0.0) if not selected[k] else 0.0
            adjusted = np.clip(own * (wider if selected[k] else 1.0), floor, 1.0)
            parts.append(table.assign(p_adjusted=np.maximum(adjusted, table["p"])))
    if not parts:
        names = ("since_name", "since_first_name", "since_last_name")
        return pd.DataFrame(columns=[*COLUMNS, *names]).astype({"found": bool})
    out = pd.concat(parts, ignore_index=True)
    out["label"] = [labels[k] for k in out["topic"]]
    out["found"] = out["p_adjusted"] <= ALPHA
    rising = out["odds_ratio"] > 1
    low, high = (out[["share_first", "share_last"]].agg(f, axis=1) for f in ("min", "max"))
    from_nothing = (low < MISSING) & (high >= MANY * low)
    findings = np.where(
        rising,
        np.where(from_nothing, "entered", "more frequent"),
        np.where(from_nothing, "left", "less frequent"),
    )
    out["finding"] = np.where(out["found"], findings, "no change detected")
    dates = ["since", "since_first", "since_last"]
    out.loc[~out["found"], dates] = pd.NaT
    out.loc[~out["found"], [f"{d}_name" for d in dates]] = ""
    out["note"] = np.where(out["found"] & (out["sudden"] < SUDDEN), "came gradually", "")
    out = out.sort_values(["topic", "p", "term"], kind="stable", ignore_index=True)
    return out[[*COLUMNS, *[f"{d}_name" for d in dates]]]
