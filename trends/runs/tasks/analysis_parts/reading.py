"""Account of a corpus: where every record went, how documents are dated, what periods hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from trends.analysis.prevalence.completeness import holes
from trends.core import Corpus
from trends.runs.tasks.analysis_parts.periods import periods_of
from trends.sources.records import truncated as rest

#: Lists of single records that reading leaves in the notes.
LISTS = (
    "dropped",
    "dropped_dates",
    "future_dates",
    "conflicts",
    "short_texts",
    "empty_texts",
    "warnings",
)
#: What else of the notes is handed on as it is, where a source has it.
_AS_IT_IS = (
    "per_input_kept",
    "cleaning",
    "languages",
    "language_known",
    "flags",
    "date_rules",
    "date_forms",
    "future_checked_against",
    "snapshots",
)


def account(corpus: Corpus, *, period: str = "year") -> dict[str, Any]:
    """What reading did.

    Parameters
    ----------
    corpus : Corpus
        As it was read.
    period : str
        Calendar period of the table by period. A date that is coarser counts in every period by the
        share of its days.

    Returns
    -------
    dict
        ``records`` = ``documents`` + ``joined`` + the sum of ``dropped_by_reason``; ``dated``,
        ``by_precision``, ``by_evidence``; ``with_text``; ``periods``, a list of rows (``period``,
        ``n_docs``, ``share_with_text``, ``complete``, ``hole``); ``counts`` of the lists, which
        themselves are ``dropped``, ``dropped_dates``, ``future_dates``, ``conflicts``,
        ``short_texts``, ``empty_texts`` and ``warnings``; ``languages``, ``cleaning`` and ``flags``
        where the source knows them; ``fingerprint``.

    Raises
    ------
    UsageError
        If there is no such period.
    """
    notes, worded = corpus.notes, with_words(corpus)
    records = notes.get("records", len(corpus))
    reasons = notes.get("dropped_by_reason") or dict(rest.reasons(notes.get("dropped", [])))
    lists = {name: notes.get(name, []) for name in LISTS}
    return {
        "records": records,
        **corpus.summary(),
        # Sources with a way of their own to join records do not drop what they join.
        "joined": max(0, records - len(corpus) - sum(reasons.values())),
        "dropped_by_reason": reasons,
        "per_input": notes.get("per_input", {}),
        **corpus.observed,
        "with_text": int(worded.sum()),
        "period": period,
        "periods": _periods(corpus, worded, period),
        **{name: notes.get(name, {}) for name in _AS_IT_IS if name in notes or name == "snapshots"},
        "counts": {
            **{name: rest.count(rows) for name, rows in lists.items()},
            **notes.get("counts", {}),
            "dropped": sum(reasons.values()),
        },
        **lists,
        "fingerprint": corpus.fingerprint,
    }


def with_words(corpus: Corpus) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which documents have a text, or terms where the corpus consists of features.

    Shape (documents,).
    """
    if corpus.has_text:
        return np.array([bool(text and not text.isspace()) for text in corpus.texts], dtype=bool)
    if corpus.counts is None:
        return np.zeros(len(corpus), dtype=bool)
    rows = {doc: i for i, doc in enumerate(corpus.counts.doc_ids)}
    return np.array([corpus.counts.tokens[rows[i]] > 0 for i in corpus.ids], dtype=bool)


def _periods(
    corpus: Corpus, worded: np.ndarray[Any, np.dtype[np.bool_]], period: str
) -> list[dict[str, Any]]:
    if not corpus.dated.any():
        return []
    periods = periods_of(corpus, period=period, imprecise="spread")
    total = periods.n_docs
    texts = np.asarray(periods.weights.T @ worded.astype(float)).ravel()
    return [
        {
            "period": name,
            "n_docs": round(float(n), 2),
            "share_with_text": round(float(t / n), 4) if n else None,
            "complete": bool(whole),
            "hole": bool(gap),
        }
        for name, n, t, whole, gap in zip(
            periods.names, total, texts, periods.complete, holes(total), strict=True
        )
    ]
