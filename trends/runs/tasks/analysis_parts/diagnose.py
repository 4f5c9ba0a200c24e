"""Every diagnostic of a run, on by default.

What might fool a reader, in words, and the corrected trends beside the raw ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends import files
from trends.analysis.alignment import hungarian as alignment
from trends.analysis.audit.duplicates import MANY_REPEATS
from trends.analysis.diagnostics.date_errors import date_errors
from trends.analysis.diagnostics.document_length import length_drift, match_lengths
from trends.analysis.diagnostics.duplicates import duplicates
from trends.analysis.diagnostics.finding import Finding, quoted, verdicts_changed
from trends.analysis.diagnostics.incomplete_periods import incomplete_periods
from trends.analysis.diagnostics.source_mix import source_mix
from trends.analysis.diagnostics.unassigned_trend import unassigned_trend
from trends.analysis.prevalence import estimate as prevalence
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.fit import fit_trends
from trends.core import Corpus, Prevalence, TermCounts, Topics, Trend
from trends.core.rng import seeds_from
from trends.errors import DataError
from trends.models import BACKENDS
from trends.models.inference.transfer import transfer
from trends.runs.config.settings import RunConfig
from trends.runs.tasks.analysis_parts.aligned import aligned
from trends.text.near_duplicates import near_duplicates

Array = NDArray[np.float64]

COLUMNS = ("diagnostic", "backend", "flagged", "sentence", "measures", "corrected")
NUMBERS = ("slope", "lower", "upper", "p", "p_adjusted")
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
class Case:
    """What a diagnostic may look at: one backend of a run.

    Parameters
    ----------
    backend : str
        Its name.
    prototype : Topics
        The fit that stands for all.
    fits : sequence of ndarray
        All fits in the prototype's order, as in
        :func:`trends.analysis.prevalence.estimate.estimate`.
    shares : Prevalence
        Pooled over the fits.
    trend : Trend
        The trends that the run reports.
    """

    backend: str
    prototype: Topics
    fits: Sequence[Array]
    shares: Prevalence
    trend: Trend


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
    found: list[tuple[Case, Finding]] = []
    if on.lengths:
        found += _lengths(counts, periods, cases, config)
    for case in cases if on.incomplete else ():
        found.append((case, incomplete_periods(case.shares, level=p.level)))
    if on.duplicates:
        found += _duplicates(corpus, counts, periods, cases, config)
    sources, noun = sources_of(corpus)
    for case in cases if on.sources else ():
        names = case.shares.labels
        finding = source_mix(
            case.fits, periods, sources, labels=names, theta=p.theta, level=p.level, noun=noun
        )
        found.append((case, finding))
    for case in cases if on.unassigned else ():
        finding = unassigned_trend(case.shares, level=p.level)
        if len(case.fits) > 1 and finding.flagged:
            more = (
                " Counted among them are documents whose topic, in a fit with another seed, has "
                "no partner in the prototype."
            )
            finding = replace(finding, sentence=finding.sentence + more)
        found.append((case, finding))
    for case in cases if on.dates else ():
        seed = seeds_from(config.rng, f"date errors {case.backend}", 1)[0]
        found.append((case, date_errors(case.shares, rng=seed)))
    rows = [_row(case, finding) for case, finding in found]
    parts = [_beside(case, finding) for case, finding in found if finding.corrected is not None]
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


def warnings_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """One warning for each thing that a flagged diagnostic saw.

    Backends for which it is the same share one.
    """
    said: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["flagged"]:
            said.setdefault(str(row["sentence"]), []).append(row)
    every = len({row["backend"] for row in rows})
    out = []
    for sentence, alike in said.items():
        about = (
            ""
            if len(alike) == every and every > 1
            else f"{', '.join(str(r['backend']) for r in alike)}: "
        )
        # The sentences of the other diagnostics say themselves what becomes of the verdicts.
        fixed = [
            f"{r['backend']}: {r['corrected']}"
            for r in alike
            if r["diagnostic"] == "length-drift" and r["corrected"]
        ]
        out.append(f"{about}{sentence}" + (f" Corrected: {'; '.join(fixed)}." if fixed else ""))
    return out


def _lengths(
    counts: TermCounts, periods: Periods, cases: Sequence[Case], config: RunConfig
) -> list[tuple[Case, Finding]]:
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
        corrected = _retest([aligned(fit, match, config.prevalence.theta)], some, case, config)
        measures |= {"seed": case.prototype.seed, "matched_topics": len(match.pairs)}
        said = seen.sentence
        if len(rows) > MOST_REFITTED and not frozen:
            measures["topics"] = "kept"
            said += (
                " Here the topics are kept as they are, and only the documents are drawn down "
                "(too many to fit again)."
            )
        out.append((case, Finding(seen.diagnostic, True, said, measures, corrected)))
    return out


def _duplicates(
    corpus: Corpus, counts: TermCounts, periods: Periods, cases: Sequence[Case], config: RunConfig
) -> list[tuple[Case, Finding]]:
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
            (case, Finding("duplicates", False, "No document repeats another one.", measures))
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
                    Finding(
                        "duplicates",
                        True,
                        f"{sentence} Without them nothing is left to test.",
                        measures,
                    ),
                )
            )
            continue
        corrected = _retest([fit[rows] for fit in case.fits], some, case, config)
        changed = verdicts_changed(case.trend, corrected)
        said = (
            "Counted each time they make intervals too narrow and may fabricate trends. Counted "
            "once"
            if share >= MANY_REPEATS or changed
            else "Counted once"
        )
        cause = (
            f"the verdict changes for {quoted(case.trend, changed)}"
            if changed
            else "no verdict changes"
        )
        finding = Finding(
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


def _retest(fits: Sequence[Array], periods: Periods, case: Case, config: RunConfig) -> Trend:
    """The trends of the run's procedure over other documents or other fits."""
    p, names = config.prevalence, case.shares.labels
    theta: Literal["hard", "mean"] = p.theta
    if len(fits) == 1:
        # A single fit may lack topics; they are absent, not empty.
        one = prevalence.estimate_each(fits, periods, labels=names, theta=theta, level=p.level)[0]
        return fit_trends(one, level=p.level)
    return fit_trends(
        prevalence.estimate(fits, periods, labels=names, theta=theta, level=p.level), level=p.level
    )


def _row(case: Case, finding: Finding) -> dict[str, Any]:
    return {
        "diagnostic": finding.diagnostic,
        "backend": case.backend,
        "flagged": finding.flagged,
        "sentence": finding.sentence,
        "measures": json.dumps(
            rounded(files.plain(finding.measures)), sort_keys=True, ensure_ascii=False
        ),
        "corrected": _short(case, finding),
    }


def rounded(value: Any) -> Any:
    """Six digits: what lies beyond them differs between machines."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _short(case: Case, finding: Finding) -> str:
    """The corrected result in a few words.

    What is lost is shown with both slopes, since fewer documents alone can lose a verdict.
    """
    if finding.diagnostic == "date-errors":
        kept = finding.measures.get("kept", {})
        if not kept:
            return ""
        label = case.trend.table.set_index("topic")["label"]
        least = min(kept, key=lambda t: (kept[t], t))
        return (
            f"{len(kept)} detected; the least sure, “{label[least]}”, stays in {kept[least]:.0%} "
            "of draws"
        )
    if finding.corrected is None:
        return ""
    raw, new = (
        case.trend.table.set_index("topic"),
        finding.corrected.table.set_index("topic").reindex(case.trend.table["topic"]),
    )
    before, after = raw["p_adjusted"] <= 0.05, new["p_adjusted"] <= 0.05
    turned = before & after & (raw["slope"] * new["slope"] < 0)
    if not before.any() and not after.any():
        return "nothing is detected, before or after"
    text = f"{int((before & after & ~turned).sum())} of {int(before.sum())} detected trends remain"
    if finding.diagnostic == "incomplete-period":
        # A verdict may be lost with the documents alone; the reader must see how many are left.
        n = case.shares.n_docs
        text += f", with {int(n[case.shares.complete].sum())} of {int(n.sum())} documents"
    for word, rows in (
        ("lost", before & ~after),
        ("new", ~before & after),
        ("turned round", turned),
    ):
        topics = rows.index[rows].tolist()
        shown = [
            f"“{raw['label'][t]}” {_points(raw['slope'][t])} → {_points(new['slope'][t])}"
            for t in topics[:4]
        ]
        if shown:
            text += f"; {word}: {', '.join(shown)}" + (
                f" and {len(topics) - 4} more" if len(topics) > 4 else ""
            )
    return text


def _points(slope: float) -> str:
    return f"{slope:+.2f}".replace("-", "−") if np.isfinite(slope) else "no slope"


def _beside(case: Case, finding: Finding) -> pd.DataFrame:
    """Raw and corrected trends of one diagnostic and backend, topic by topic."""
    if finding.corrected is None:
        message = f"The diagnostic {finding.diagnostic!r} has no corrected result."
        raise DataError(message)
    raw = case.trend.table
    new = finding.corrected.table.set_index("topic").reindex(raw["topic"]).reset_index()
    frame = raw[["topic", "label", *NUMBERS]].reset_index(drop=True)
    for name in NUMBERS:
        frame[f"{name}_corrected"] = new[name].to_numpy()
    frame["note"] = new["note"].fillna("").to_numpy()
    frame.insert(0, "diagnostic", finding.diagnostic)
    frame.insert(1, "backend", case.backend)
    return frame
