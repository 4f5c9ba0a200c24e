"""The audit of a corpus: inputs, tables and figures of its parts, and what deserves a look."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from trends import files, store
from trends.analysis.prevalence.periods import Periods
from trends.core import Corpus
from trends.core.given.columns import name_of
from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.tasks.analysis_parts.periods import periods_of
from trends.runs.tasks.analysis_parts.reading import with_words
from trends.text.tokens import segmentation

if TYPE_CHECKING:
    from trends.analysis.audit.run import Material, Part

#: Folder of the tables within that of the results.
FOLDER = "audit"
#: Columns of venues: of sources that know them, and of tables, whose own column of that name is
#: kept under another.
VENUES = ("venue", "venue_in_source")


def examine(
    corpus: Corpus,
    *,
    period: str,
    mixes: Sequence[str] = (),
    imprecise: Literal["drop", "spread"] = "spread",
) -> tuple[Periods, list[Part]]:
    """Audit a corpus.

    Parameters
    ----------
    corpus : Corpus
        With or without texts.
    period : str
        Calendar period.
    mixes : sequence of str
        Further columns whose mix is audited beside source and venue.
    imprecise : {"drop", "spread"}
        Whether a date that is coarser than the period is left out or counts by the share of its
        days; either is stated.

    Returns
    -------
    periods : Periods
    parts : list of Part

    Raises
    ------
    DataError
        If no document is dated.
    UsageError
        If there is no such period or column.
    """
    from trends.analysis.audit import run as parts_of

    periods = periods_of(corpus, period=period, imprecise=imprecise)
    return periods, parts_of.audit(corpus, periods, material(corpus, mixes))


def material(corpus: Corpus, mixes: Sequence[str] = ()) -> Material:
    """What the audit needs beyond the table of documents."""
    from trends.analysis.audit.run import Material
    from trends.analysis.diagnostics.duplicates import duplicates as term_duplicates
    from trends.runs.tasks.analysis_parts.diagnose import sources_of
    from trends.sources.linkage.match import groups, matches

    frame = corpus.documents
    lengths, unit = None, "words"
    if corpus.has_text:
        lengths = np.array([len(text.split()) for text in corpus.texts], dtype=np.int64)
        without_blanks = sum(any(segmentation.scripts(text)) for text in corpus.texts)
        if without_blanks > segmentation.NEEDED * len(lengths):
            lengths = np.array([len("".join(t.split())) for t in corpus.texts], dtype=np.int64)
            unit = "characters"
    elif corpus.counts is not None:
        lengths, unit = corpus.counts.tokens, "counted terms"
    values, noun = sources_of(corpus)
    of: dict[str, tuple[str, str, Sequence[str]]] = {
        "mix-source": (noun, "source" if noun == "source" else "", values)
    }
    for column in mixes:
        if column not in frame.columns:
            message = (
                f"There is no column {column!r} whose mix could be audited; the corpus has "
                f"{', '.join(map(str, frame.columns))}."
            )
            raise UsageError(message)
    for column in dict.fromkeys([*(c for c in VENUES if c in frame.columns), *mixes]):
        called = "venue" if column in VENUES else f"value of {column}"
        of[f"mix-{slug(column)}"] = (called, column, frame[column].fillna("").astype(str).tolist())
    joined, apart = matches(frame)
    group = groups(len(frame), joined)
    kind = [""] * len(frame)
    # A document is known by its first match with an earlier one; in a chain, by one with a later
    # one.
    for match in [*joined, *joined]:
        place = match.right if not kind[match.right] else match.left
        kind[place] = kind[place] or match.rule
    if not corpus.has_text and corpus.counts is not None:
        by_terms = term_duplicates(corpus.counts)[0]
        alone = group == np.arange(len(group))
        again = alone & (by_terms != np.arange(len(group)))
        group = np.where(again, by_terms, group)
        kind = [k if not a else "terms" for k, a in zip(kind, again, strict=True)]
    return Material(with_words(corpus), lengths, unit, of, group, kind, len(apart))


def write(
    folder: Path,
    corpus: Corpus,
    *,
    period: str,
    mixes: Sequence[str] = (),
    imprecise: Literal["drop", "spread"] = "spread",
) -> list[Part]:
    """Write the tables and the measures of all parts into a folder.

    The files are ``<part>.csv`` for every part, ``summary.csv`` (part, flag, sentence, rule) and
    ``audit.json`` (with the measures).
    """
    from trends.analysis.audit import run as parts_of

    _, parts = examine(corpus, period=period, mixes=mixes, imprecise=imprecise)
    for part in parts:
        if len(part.table):
            files.write_csv(folder / f"{part.name}.csv", part.table)
    files.write_csv(folder / "summary.csv", parts_of.table(parts))
    files.write_json(folder / "audit.json", account(corpus, parts, period))
    return parts


def write_of_run(folder: Path, corpus: Corpus, config: RunConfig) -> None:
    """The audit of a run's documents, beside its other tables.

    The mix of a column that trends are standardized by is audited.
    """
    p = config.prevalence
    held = p.standardize_by and name_of(corpus.documents, p.standardize_by, "standardize_by")
    mixes = [held] if held not in ("", "source", "language", *VENUES) else []
    write(
        folder / FOLDER,
        corpus,
        period=p.period,
        mixes=mixes,
        imprecise="drop" if p.imprecise == "drop" else "spread",
    )


def account(corpus: Corpus, parts: Sequence[Part], period: str) -> dict[str, Any]:
    """The audit without its tables: what ``audit.json`` holds."""
    from trends.analysis.audit import run as parts_of
    from trends.runs.tasks.analysis_parts.diagnosis_tables import rounded

    return {
        "corpus": corpus.name,
        "fingerprint": corpus.fingerprint,
        "period": period,
        "conclusion": parts_of.conclusion(parts),
        "parts": [rounded(files.plain(part.row())) for part in parts],
    }


def drawings(folder: Path, period: str, *, card: bool = True) -> list[Any]:
    """Figures of an audit whose tables lie in a folder, in the order of the report.

    Parameters
    ----------
    folder : Path
        Where :func:`write` put the tables.
    period : str
        Calendar period.
    card : bool
        Whether the coverage card is among them; the report of a run has one already.

    Returns
    -------
    list of trends.plots.Drawn
        Stems begin with ``audit-``; a part that could not be audited, and a mix of one value, has
        none.
    """
    from trends import plots

    if not (folder / "audit.json").is_file():
        return []
    table = {
        path.stem: store.read_csv(path)
        for path in sorted(folder.glob("*.csv"))
        if path.stem != "summary"
    }
    measures = {
        row["part"]: row["measures"]
        for row in json.loads((folder / "audit.json").read_text(encoding="utf-8"))["parts"]
    }
    out: list[Any] = []
    if card and "coverage" in table:
        dates = (
            table["dates"]
            .fillna({"date_precision": ""})
            .groupby(["date_evidence", "date_precision"])["n_docs"]
            .sum()
            .reset_index()
        )
        out.append(
            plots.coverage(table["coverage"], dates=dates, period=period, stem="audit-coverage")
        )
    if "dates" in table and _varied(table["dates"], ["date_evidence", "date_precision"]):
        out.append(
            plots.evidence(
                table["dates"].fillna({"date_precision": ""}), period=period, stem="audit-dates"
            )
        )
    for name in [*sorted(n for n in table if n.startswith("mix-")), "language"]:
        if name in table and _varied(table[name], ["label"]):
            out.append(
                plots.mix(
                    table[name],
                    noun=str(measures[name]["noun"]),
                    period=period,
                    stem=f"audit-{name}",
                )
            )
    if "lag" in table:
        out.append(plots.lag(table["lag"], period=period, stem="audit-lag"))
    if "length" in table:
        words = str(measures["length"]["unit"])
        out.append(plots.lengths(table["length"], unit=words, period=period, stem="audit-length"))
    if "duplicates" in table and table["duplicates"]["n_repeats"].sum():
        out.append(plots.repeats(table["duplicates"], period=period, stem="audit-duplicates"))
    return out


def run(
    corpus: Corpus,
    out: Path,
    *,
    period: str,
    mixes: Sequence[str] = (),
    formats: Sequence[str] = ("pdf", "svg", "png"),
) -> dict[str, Any]:
    """Audit a corpus into a folder.

    Parameters
    ----------
    corpus : Corpus
        As it was read.
    out : Path
        Gets ``audit/`` with the tables and ``audit.json``, and ``figures/`` with the figures, their
        data and words.
    period : str
        Calendar period.
    mixes : sequence of str
        Further columns whose mix is audited.
    formats : sequence of str
        Of the figures.

    Returns
    -------
    dict
        What is in ``audit.json``, and ``files``: all files written, relative to ``out``.

    Raises
    ------
    TrendsError
        If the corpus is not dated, or a period or column is unknown.
    """
    from trends import plots

    parts = write(out / FOLDER, corpus, period=period, mixes=mixes)
    made = [
        out / FOLDER / f"{name}.csv"
        for name in ("summary", *(p.name for p in parts if len(p.table)))
    ] + [out / FOLDER / "audit.json"]
    with plots.style("report"):
        for drawn in drawings(out / FOLDER, period):
            made += plots.save(drawn, out / "figures", formats)
    return {
        **account(corpus, parts, period),
        "files": [path.relative_to(out).as_posix() for path in made],
    }


def slug(name: str) -> str:
    """A column as part of a file name: lower-case letters and digits, the rest hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "column"


def _varied(frame: pd.DataFrame, columns: Sequence[str]) -> bool:
    """Whether there is more than one kind among the documents in time."""
    inside = frame[frame["period"].notna() & (frame["n_docs"] > 0)]
    return len(inside[list(columns)].drop_duplicates()) > 1
