"""What every update of a run starts from: its own documents, under the rule for new ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from trends import files, store
from trends.analysis.alignment import prototype
from trends.analysis.quality.transfer_bias import carried_over
from trends.core import Alignment
from trends.core.computing.cost import Cost
from trends.core.computing.rng import seeds_from
from trends.models.inference.neighbours import find
from trends.runs.engine.task import task
from trends.runs.tasks import backends, documents
from trends.runs.tasks.updating import fitting, shares
from trends.runs.tasks.updating.frozen import Frozen

#: What the rule does to the shares of the run's own documents.
DIFFERENCE = "difference.csv"


@task("update-base", cost=Cost(600, entries=60, vectors=12, all_shares=24), how=("run",),
      loads=backends.none)  # fmt: skip
def base(folder: Path, *, run: str) -> dict[str, Any]:
    """Shares of the run's documents in every fit, each document judged as though it were new.

    Trends over old and new documents would otherwise mix two measurements, the shares that a fit
    gave to the documents it was learnt on and those that a rule gives to others, just where time
    changes from one to the other. ``difference.csv`` says how far the two are apart.
    """
    frozen = Frozen(Path(run))
    years = documents.years_of(frozen.corpus)
    found: dict[str, tuple[int, list[str], dict[int, Alignment | None]]] = {}
    named = store.read_csv(frozen.out / "topics.csv")
    tables = []
    alignment = seeds_from(frozen.config.rng, "analysis", 3)[0]
    near = vectors = None
    for backend, seeds in frozen.seeds.items():
        published = [frozen.published(backend, seed) for seed in seeds]
        chosen = prototype.choose(published, rng=alignment)
        mine = named.loc[(named["backend"] == backend) & (named["topic"] >= 0)]
        found[backend] = (
            seeds[chosen.index],
            mine.sort_values("topic")["label"].astype(str).tolist(),
            dict(zip(seeds, chosen.alignments, strict=True)),
        )
        for seed, topics in zip(seeds, published, strict=True):
            learnt = frozen.learnt(topics)
            if learnt.provenance.get("family") == "embedding":
                # The documents for learning are the same in every fit.
                if vectors is None:
                    vectors = frozen.vectors(learnt.doc_ids)
                if near is None and shares.votes(learnt):
                    near = find(vectors, vectors[:0])
            if learnt is topics:
                counts = frozen.counts(topics)
                judged = shares.rule_of(learnt, near, vectors).own(counts)
                frame = carried_over(topics, judged, years, theta=frozen.config.prevalence.theta)
                frame.insert(0, "seed", seed)
                frame.insert(0, "backend", backend)
                tables.append(frame)
            else:
                # The run learnt on some documents and assigned these by the rule already.
                judged = topics
            shares.write(folder, backend, seed, judged)
            if backend == next(iter(frozen.seeds)) and seed == seeds[chosen.index]:
                counts = frozen.counts(topics)
                fitting.past(folder, frozen, learnt, judged, counts, vectors)
    shares.write_matched(folder, found)
    if vectors is not None:
        shares.write_near(folder, near, vectors)
    if tables:
        files.write_csv(folder / DIFFERENCE, pd.concat(tables, ignore_index=True))
    return {"documents": len(frozen.corpus)}
