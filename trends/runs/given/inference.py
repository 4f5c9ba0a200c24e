"""All that a run says of trends, for shares of topics that were made elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from trends import __version__, files
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.quality.labels import label
from trends.analysis.robustness.placebo import placebo
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.spans import Span
from trends.core import Corpus, Topics
from trends.core.given.keys import of_topics
from trends.plots.output.saving import save
from trends.plots.plotting import plot
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.report import single


def infer(
    corpus: Corpus,
    topics: Topics,
    out: Path,
    *,
    period: str,
    theta: Literal["hard", "mean"],
    spans: tuple[Span, Span] | None,
    cluster: str,
    imprecise: Literal["error", "drop", "spread"],
    shuffles: int,
    rng: int,
    formats: tuple[str, ...] = ("pdf", "svg", "png"),
) -> dict[str, Any]:
    """Test the trends of given topics and write tables, figures and a report.

    Parameters
    ----------
    corpus, topics : Corpus, Topics
        From :func:`trends.runs.given.shares.from_theta`.
    out : Path
        Folder: ``coverage.csv``, ``topics.csv``, ``prevalence.csv``, ``trends.csv``,
        ``placebo.csv``, ``figures/``, ``report.html``, ``manifest.json`` (the last).
    period, theta, spans, cluster, imprecise
        As in :func:`trends.prevalence` and :func:`trends.fit_trends`.
    shuffles : int
        Of the dates, in blocks as long as the typical period; 0 for none.
    rng : int
        Seed of the shuffles.
    formats : tuple of str
        Of the figures.

    Returns
    -------
    dict
        What is in ``manifest.json``.

    Raises
    ------
    DataError, UsageError
        If dates do not suit the period, or the spans cannot be read.
    """
    periods = periods_of(corpus, period=period, imprecise=imprecise)
    clusters = clusters_of(corpus, cluster, "cluster")
    names = topics.provenance.get("labels") or label(topics)
    shares = estimate(
        topics, periods, labels=of_topics(names, topics.n_topics), theta=theta, clusters=clusters
    )
    found = fit_trends(shares, spans=spans)
    tables = {
        "coverage": pd.DataFrame(
            {
                "period": shares.periods.astype("datetime64[s]"),
                "n_docs": shares.n_docs,
                "complete": shares.complete,
            }
        ),
        "topics": pd.DataFrame(
            {
                "topic": range(topics.n_topics),
                "label": list(shares.labels),
                "n_docs": [int((topics.hard == k).sum()) for k in range(topics.n_topics)],
                "share": topics.share,
                "top_terms": ["; ".join(terms) for terms in topics.top_terms(10)],
            }
        ),
        "prevalence": shares.frame(),
        "trends": found.frame(),
    }
    shuffled: dict[str, Any] = {}
    if shuffles:
        block = max(1, round(float(np.median(periods.n_docs[periods.n_docs > 0]))))
        null = placebo(
            topics,
            periods,
            theta=theta,
            shuffles=shuffles,
            block=block,
            spans=spans,
            clusters=clusters,
            rng=rng,
        )
        tables["placebo"] = null.frame()
        shuffled = null.record()
    with files.replacing_files(out, last="manifest.json") as staged:
        for name, table in tables.items():
            files.write_csv(staged / f"{name}.csv", table)
        save(plot("prevalence", shares, trends=found.frame()), staged / "figures", formats)
        for name, noun in (("changes", found), ("heatmap", shares)):
            save(plot(name, noun), staged / "figures", formats)
        single(staged / "report.html", corpus, topics, shares, found)
        manifest = files.plain(
            {
                "kind": "given shares",
                "version": __version__,
                "rng": rng,
                "settings": {
                    "period": period,
                    "theta": theta,
                    "spans": found.settings.get("spans"),
                    "cluster": cluster,
                    "imprecise": imprecise,
                    "shuffles": shuffles,
                },
                "made_by": topics.provenance["backend"],
                "inputs": {
                    **corpus.notes.get("inputs", {}),
                    **topics.provenance.get("inputs", {}),
                },
                "corpus": corpus.fingerprint,
                "topics": topics.fingerprint,
                "dropped": periods.dropped,
                "placebo": shuffled,
                "warnings": [
                    *corpus.notes.get("warnings", []),
                    *topics.provenance.get("warnings", []),
                    *found.settings.get("notes", []),
                ],
                "files": sorted(
                    p.relative_to(staged).as_posix() for p in staged.rglob("*") if p.is_file()
                ),
            }
        )
        files.write_json(staged / "manifest.json", manifest)
    return manifest
