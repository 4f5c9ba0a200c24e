"""A run on a corpus that lies in shards: topics of a sample, shares of all documents."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from trends.core import Corpus
from trends.embed.engines.choice import resolve
from trends.errors import UsageError
from trends.models import BACKENDS
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Engine, Need
from trends.runs.studies import pipeline
from trends.runs.studies.pipeline import Pipeline
from trends.runs.tasks import documents, figures, report
from trends.runs.tasks.sharded import (
    aggregating,
    checking,
    counting,
    drawing,
    reading,
    repeats,
    tables,
)
from trends.runs.tasks.sharded.vocabulary import counting as counting_words


def check(config: RunConfig) -> None:
    """Refuse settings that need all documents in one place.

    Raises
    ------
    UsageError
        With the settings, before anything is read.
    """
    refused = {
        "text.chunks": bool(config.text.chunks),
        "split.share": bool(config.split.share),
        "edits": bool(config.edits),
        "plan": bool(config.plan),
        "prevalence.standardize_by": bool(config.prevalence.standardize_by),
        "groups.by": bool(config.groups.by),
        "shapes.look": bool(config.shapes.look),
        "prevalence.imprecise = 'spread' with prevalence.cluster": bool(
            config.prevalence.cluster and config.prevalence.imprecise == "spread"
        ),
    }
    if named := [name for name, asked in refused.items() if asked]:
        message = (
            f"{' and '.join(named)} cannot be had with engine.name={config.engine.name!r}, as it "
            "needs all documents in one place; leave it out, or set engine.name='memory' where "
            "the corpus fits memory."
        )
        raise UsageError(message)


#: What a dry run says of the tasks that it cannot know without the documents drawn.
LATER = "fits, shares, tables, figures and report: known when the sample is drawn"


def plan(engine: Engine, config: RunConfig) -> Generator[Need, bool, Pipeline | None]:
    """Read the shards, draw the documents to learn on, and lay out the run.

    Nothing in a dry run for which no sample is kept: drawing one would be to read the corpus.

    The run is that of :mod:`trends.runs.studies.pipeline` on the documents drawn, whose tables
    about shares give way to those of all documents.

    Raises
    ------
    TrendsError
        If the shards cannot be read or a setting cannot mean anything.
    """
    check(config)
    how = config.engine
    read = reading.task_of(config)
    repeated = repeats.task_of(config, read)
    days = counting.count(read=read, repeats=repeated, engine=how)
    drawn = drawing.draw(
        read=read,
        repeats=repeated,
        days=days,
        engine=how,
        name=Path(config.corpus.path).stem.strip("*?[]{}.-_ ") or "corpus",
        config=config,
    )
    words = counting_words.count(
        read=read, repeats=repeated, corpus=drawn, engine=how, text=config.text
    )
    drew = yield Need([drawn], decides=True)
    if not drew:
        yield Need([words], decides=True)
        engine.later.append(LATER)
        return None
    whole = documents.load(engine.folder(drawn))
    base = yield from pipeline.plan_documents(engine, _learning(config, whole), drawn, whole, words)
    clusters = base.inputs.embedded is not None
    rule = aggregating.rule(
        repeats=repeated,
        days=days,
        fits=base.learnt,
        vectors=base.inputs.learnt if clusters else None,
        config=config,
    )
    totals = aggregating.add_up(
        read=read,
        repeats=repeated,
        days=days,
        rule=rule,
        fits=base.learnt,
        engine=how,
        config=base.config,
    )
    checked = checking.check(corpus=drawn, rule=rule, fits=base.learnt, config=config)
    made = tables.tables(
        repeats=repeated,
        corpus=drawn,
        days=days,
        totals=totals,
        check=checked,
        analysis=base.analysis,
        fits=base.learnt,
        config=config,
    )
    asked = base.config.models.model_copy(update={"sample": config.models.sample})
    # What was asked for, with the number of topics that was chosen.
    chosen = config.model_copy(update={"models": asked})
    pictures = figures.draw(analysis=made, config=chosen)
    page = report.compose(
        corpus=drawn,
        split=None,
        terms=base.inputs.terms,
        analysis=made,
        figures=pictures,
        groups=None,
        shapes=None,
        config=chosen,
    )
    return replace(base, config=chosen, drawn=drawn, analysis=made, figures=pictures, report=page)


def _learning(config: RunConfig, drawn: Corpus) -> RunConfig:
    """The settings for the documents drawn: learnt on as a whole, embedded as all will be."""
    models = config.models.model_copy(update={"sample": 0})
    n = documents.summary(drawn)["documents"]
    embed = config.embed
    clusters = any(BACKENDS.load(name).needs_embeddings for name in models.backends)
    if clusters and drawn.embeddings is None:
        engine = resolve(embed.engine, n, embed.device)
        embed = embed.model_copy(update={"engine": engine})
    return config.model_copy(update={"models": models, "embed": embed})
