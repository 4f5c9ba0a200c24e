"""Concepts over time → a folder of tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trends import __version__, files
from trends.analysis.concepts.table import ABSENT, ConceptTrends
from trends.core import Concept, Corpus
from trends.plots.output.saving import save
from trends.plots.plotting import plot
from trends.runs.cards import card_file
from trends.runs.cards.make import CARD
from trends.runs.concepts.card import OCCURRENCES, card_of
from trends.runs.concepts.report import page_of

#: The page of the results.
PAGE = "report.html"


def write(
    found: ConceptTrends,
    corpus: Corpus,
    concepts: Sequence[Concept],
    out: Path,
    *,
    rng: int,
    formats: tuple[str, ...] = ("pdf", "svg", "png"),
) -> dict[str, Any]:
    """Write what is known of concepts.

    Parameters
    ----------
    found : ConceptTrends
    corpus : Corpus
    concepts : sequence of Concept
    out : Path
        Folder: ``concepts.csv``, ``shares.csv``, ``words.csv``, ``documents.csv``,
        ``specifications.csv``, ``weights.csv``, ``occurrences.csv``, ``claims.json``,
        ``report.html``, ``figures/``, ``manifest.json`` (the last).
    rng : int
        Seed of what was drawn.
    formats : tuple of str
        Of the figures.

    Returns
    -------
    dict
        What is in ``manifest.json``.
    """
    tables = {
        "concepts": found.frame(),
        "shares": found.over_time(),
        "words": found.words,
        "documents": found.documents,
        "specifications": found.specifications,
        "weights": found.weights.rename_axis("id").reset_index(),
        Path(OCCURRENCES).stem: found.occurrences,
    }
    with files.replacing_files(out, last="manifest.json") as staged:
        for name, table in tables.items():
            files.write_csv(staged / f"{name}.csv", table)
        pictures = figures(found)
        for drawn in pictures:
            save(drawn, staged / "figures", formats)
        card = card_of(found, corpus, concepts, rng=rng, title=f"Concepts in {corpus.name}")
        card_file.write(card, staged / CARD)
        files.write_text(staged / PAGE, page_of(found, corpus, concepts, card, pictures))
        manifest = files.plain(
            {
                "kind": "concepts",
                "version": __version__,
                "rng": rng,
                "settings": found.settings,
                "concepts": [asdict(concept) for concept in concepts],
                "inputs": corpus.notes.get("inputs", {}),
                "corpus": corpus.fingerprint,
                "sentences": found.sentences(),
                "warnings": [*corpus.notes.get("warnings", []), *found.settings["notes"]],
                "files": sorted(
                    p.relative_to(staged).as_posix() for p in staged.rglob("*") if p.is_file()
                ),
            }
        )
        files.write_json(staged / "manifest.json", manifest)
    return manifest


def figures(found: ConceptTrends) -> list[Any]:
    """Shares over time, the changes, and those of each concept under other choices."""
    rows = found.frame()
    there = rows.loc[rows["verdict"] != ABSENT, "topic"].tolist()
    if not there:
        return []
    over_time = plot(
        "prevalence",
        found.over_time(),
        trends=rows,
        topics=there,
        unassigned=False,
        free_y=True,
        denominator="all documents of the period (concepts may overlap)",
        noun="concept",
        stem="concepts",
    )
    drawn = [over_time, plot("changes", found.trends, topics=there, noun="concept", stem="changes")]
    for row in rows[rows["topic"].isin(there)].itertuples():
        choices = found.choices(str(row.label))
        if len(choices):
            drawn.append(plot("changes", choices, noun="choice", stem=f"choices-{row.topic}"))
    return drawn
