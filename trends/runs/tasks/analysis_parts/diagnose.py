"""Every diagnostic of a run, on by default.

What might fool a reader, in words, and the corrected trends beside the raw ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.alignment import hungarian as alignment
from trends.analysis.audit.duplicates import MANY_REPEATS
from trends.analysis.diagnostics.date_errors import date_errors
from trends.analysis.diagnostics.diagnosis import Diagnosis, findings_changed, quoted
from trends.analysis.diagnostics.document_length import length_drift, match_lengths
from trends.analysis.diagnostics.duplicates import duplicates
from trends.analysis.diagnostics.incomplete_periods import incomplete_periods
from trends.analysis.diagnostics.source_mix import source_mix
from trends.analysis.diagnostics.topics_apart import topics_apart
from trends.analysis.diagnostics.unassigned_trend import unassigned_trend
from trends.analysis.diagnostics.vocabulary_drift import vocabulary_drift
from trends.analysis.prevalence import estimate as prevalence
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.fit import fit_trends
from trends.core import Corpus, TermCounts, Trend
from trends.core.computing.rng import seeds_from
from trends.models import BACKENDS
from trends.models.inference.transfer import transfer
from trends.runs.config.settings import RunConfig
from trends.runs.tasks.analysis_parts.aligned import aligned
from trends.runs.tasks.analysis_parts.case import Case
from trends.runs.tasks.analysis_parts.diagnosis_tables import (
    NUMBERS,
    corrected_rows,
    row_of,
    warnings_of,
)
from trends.text.near_duplicates import near_duplicates

Array = NDArray[np.float64]

COLUMNS = ("diagnostic", "backend", "flagged", "sentence", "measures", "corrected")
#: Columns of ``diagnostics_corrected.csv``.
CORRECTED = (
    *("diagnostic", "backend", "topic", "label"),
    *NUMBERS,
    *(f"{n}_corrected" for n in NUMBERS),
    "note",
)
#: Documents of matched length that are fitted again. Of more, the topics are kept and the shares
#: estimated from the terms that were drawn: what length does to the assignment of documents is seen
#: either way.
MOST_REFITTED = 20_000


@dataclass(frozen=True)
class Diagnosed:
    """Result of all diagnostics.

    It consists of ``diagnostics.csv``, ``diagnostics_corrected.csv`` and the warnings of
    diagnostics that are flagged.
    """

    table: pd.DataFrame
    corrected: pd.DataFrame
    warnings: list[str]


def diagnose(
    corpus: Corpus, counts: TermCounts, periods: Periods, cases: Sequence[Case], config: RunConfig
) -> Diagnosed:
    """Call every diagnostic that is on, for every backend.

    Parameters
    ----------
    corpus : Corpus
        Documents with titles and sources.
    counts : TermCounts
        The modelling vocabulary, over the documents of the corpus in its order.
    periods : Periods
        Over the same documents.
    cases : sequence of Case
        One per backend.
    config : RunConfig
        ``[diagnostics]`` says which are on; models and prevalence as in the run.

    Returns
    -------
    Diagnosed
    """
    on, p = config.diagnostics, config.prevalence
    found: list[tuple[Case, Diagnosis]] = []
    if on.lengths:
        found += _lengths(counts, periods, cases, config)
    for case in cases if on.incomplete else ():
        found.append((case, incomplete_periods(case.shares, spans=p.spans, level=p.level)))
    if on.duplicates:
        found += _duplicates(corpus, counts, periods, cases, config)
    sources, noun = sources_of(corpus)
    for case in cases if on.sources else ():
        names = case.shares.labels
        finding = source_mix(
            case.fits,
            periods,
            sources,
            labels=names,
            theta=p.theta,
            spans=p.spans,
            level=p.level,
            noun=noun,
            clusters=case.clusters,
        )
        found.append((case, finding))
    for case in cases if on.unassigned else ():
        finding = unassigned_trend(case.shares, spans=p.spans, level=p.level)
        if len(case.fits) > 1 and finding.flagged:
            more = (
                " Counted among them are documents whose topic, in a fit with another seed, has "
                "no partner in the prototype."
            )
            finding = replace(finding, sentence=finding.sentence + more)
        found.append((case, finding))
    for case in cases if on.dates else ():
        seed = seeds_from(config.rng, f"date errors {case.backend}", 1)[0]
        found.append((case, date_errors(case.shares, spans=p.spans, rng=seed)))
    for case in cases if on.vocabulary else ():
        seed = seeds_from(config.rng, f"vocabulary drift {case.backend}", 1)[0]
        drift = vocabulary_drift(case.prototype, counts, periods, case.trend, rng=seed)
        found.append((case, drift))
    for case in cases if on.topics else ():
        found.append((case, topics_apart(case.prototype, counts, case.shares.labels)))
    rows = [row_of(case, finding) for case, finding in found]
    parts = [
        corrected_rows(case, finding) for case, finding in found if finding.corrected is not None
    ]
    corrected = pd.concat(parts or [pd.DataFrame(columns=list(CORRECTED))], ignore_index=True)
    return Diagnosed(pd.DataFrame(rows, columns=list(COLUMNS)), corrected, warnings_of(rows))


def sources_of(corpus: Corpus) -> tuple[list[str], str]:
    """Where each document comes from, and what that is called.

    Its source, or the first saved page that lists it where there is one source.
    """
    frame = corpus.documents
    names = frame["source"].fillna("").astype(str)
    if names.nunique() < 2 and "pages" in frame.columns:
        names = frame["pages"].fillna("").astype(str).str.split(";").str[0]
        return names.tolist(), "saved page"
    return names.tolist(), "source"


def _lengths(
    counts: TermCounts, periods: Periods, cases: Sequence[Case], config: RunConfig
) -> list[tuple[Case, Diagnosis]]:
    """Drift of document length; where there is one, a fit of documents drawn down to one length."""
    seen = length_drift(counts, periods)
    if not seen.flagged:
        return [(case, seen) for case in cases]
    seed = seeds_from(config.rng, "matched length", 1)[0]
    matched, kept = match_lengths(counts, seen.measures["length"], rng=seed)
    rows = np.flatnonzero(kept)
    matched = matched.take_documents(rows)
    some = only(periods, rows)
    out = []
    for case in cases:
        model: Any = BACKENDS.load(case.backend)
        if model.needs_embeddings:
            sentence = (
                f"{seen.sentence} The vectors of documents cannot be drawn down to one length, so "
                f"that {case.backend} has no corrected "
                "result: compare its trends with those of a backend that counts terms."
            )
            out.append((case, replace(seen, sentence=sentence)))
            continue
        measures = {**seen.measures, "documents": len(rows), "left_out": int((~kept).sum())}
        if len(rows) <= case.prototype.n_topics or (some.n_docs > 0).sum() < 3:
            sentence = (
                f"{seen.sentence} Too few documents have so many terms: nothing is left to fit."
            )
            out.append((case, replace(seen, sentence=sentence, measures=measures)))
            continue
        settings = asdict(model.read_settings(config.models.settings.get(case.backend, {})))
        assert case.prototype.seed is not None
        frozen = "transfer" in case.prototype.provenance
        if frozen or len(rows) > MOST_REFITTED:
            # Topics that were learnt on other documents, or on a sample, stay as they are at
            # matched length.
            fit = transfer(case.prototype, matched)
        else:
            fit = model(
                matched,
                n_topics=case.prototype.n_topics,
                seed=case.prototype.seed,
                embeddings=None,
                settings=settings,
            )
        match = alignment.align(case.prototype, fit, rng=seed)
        refitted = [aligned(fit, match, config.prevalence.theta)]
        corrected = _retest(refitted, some, rows, case, config)
        there = set(match.pairs[:, 0].tolist())
        changed = [t for t in findings_changed(case.trend, corrected) if t in there]
        measures |= {"seed": case.prototype.seed, "matched_topics": len(there), "changed": changed}
        said = seen.sentence
        if len(rows) > MOST_REFITTED and not frozen:
            measures["topics"] = "kept"
            said += (
                " Here the topics are kept as they are, and only the documents are drawn down "
                "(too many to fit again)."
            )
        out.append((case, Diagnosis(seen.diagnostic, True, said, measures, corrected)))
    return out


def _duplicates(
    corpus: Corpus, counts: TermCounts, periods: Periods, cases: Sequence[Case], config: RunConfig
) -> list[tuple[Case, Diagnosis]]:
    """Documents with nearly the title or the terms of an earlier one, counted once."""
    titles = corpus.documents["title"].fillna("").astype(str).tolist()
    place = np.arange(len(titles))
    by_title = near_duplicates(titles) != place
    by_terms = ~duplicates(counts)[1]
    repeats = by_title | by_terms
    measures: dict[str, Any] = {
        "documents": int(repeats.sum()),
        "by_title": int(by_title.sum()),
        "by_terms": int(by_terms.sum()),
        "examples": [corpus.ids[i] for i in np.flatnonzero(repeats)[:5]],
    }
    if not repeats.any():
        return [
            (case, Diagnosis("duplicates", False, "No document repeats another one.", measures))
            for case in cases
        ]
    share = float(repeats.mean())
    sentence = (
        f"{measures['documents']} of {len(titles)} documents "
        f"{'repeats' if repeats.sum() == 1 else 'repeat'} an earlier one (nearly the same title: "
        f"{measures['by_title']}, nearly the "
        f"same terms: {measures['by_terms']}; for example {measures['examples'][0]})."
    )
    rows = np.flatnonzero(~repeats)
    some = only(periods, rows)
    out = []
    for case in cases:
        if (some.n_docs > 0).sum() < 2:
            out.append(
                (
                    case,
                    Diagnosis(
                        "duplicates",
                        True,
                        f"{sentence} Without them nothing is left to test.",
                        measures,
                    ),
                )
            )
            continue
        corrected = _retest([fit[rows] for fit in case.fits], some, rows, case, config)
        changed = findings_changed(case.trend, corrected)
        said = (
            "Counted each time they make intervals too narrow and may fabricate trends. Counted "
            "once"
            if share >= MANY_REPEATS or changed
            else "Counted once"
        )
        cause = (
            f"the finding changes for {quoted(case.trend, changed)}"
            if changed
            else "no finding changes"
        )
        finding = Diagnosis(
            "duplicates",
            bool(changed) or share >= MANY_REPEATS,
            f"{sentence} {said}, {cause}.",
            {**measures, "changed": changed},
            corrected,
        )
        out.append((case, finding))
    return out


def only(periods: Periods, rows: NDArray[np.int64]) -> Periods:
    """The same periods over some of the documents."""
    return replace(periods, index=np.array(periods.index[rows]), weights=periods.weights[rows])


def _retest(
    fits: Sequence[Array],
    periods: Periods,
    rows: NDArray[np.int64],
    case: Case,
    config: RunConfig,
) -> Trend:
    """The trends of the run's procedure over some documents (rows), or of other fits of them."""
    p = config.prevalence
    each = prevalence.estimate_each(
        fits,
        periods,
        labels=case.shares.labels,
        theta=p.theta,
        level=p.level,
        clusters=None if case.clusters is None else case.clusters.iloc[rows],
    )
    return fit_trends(each, spans=p.spans, level=p.level)
