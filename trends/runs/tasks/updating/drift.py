"""What an update says of the topics: whether they still fit, and what may be new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends import files, store
from trends.analysis.updates import alarm
from trends.analysis.updates.misfits import limits, some
from trends.analysis.updates.new_topics import NewTopics, new_topics
from trends.core.computing.cost import Cost
from trends.core.computing.rng import seeds_from
from trends.core.wording import plural
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import Task, task
from trends.runs.tasks import backends
from trends.runs.tasks.analysis_parts.periods import periods_of
from trends.runs.tasks.updating.fitting import FIT, MISFITS
from trends.runs.tasks.updating.frozen import Frozen
from trends.runs.tasks.updating.incoming import content

DRIFT, NEW, SAID = "drift.csv", "new_topics.csv", "drift.json"


@task("update-drift", cost=Cost(500), how=("run", "start", "earlier"),
      reads=("prevalence.calendar", "rng"), loads=backends.none)  # fmt: skip
def drift(
    folder: Path,
    part: Path,
    *,
    run: str,
    start: str,
    earlier: tuple[str, ...],
    config: RunConfig,
) -> dict[str, Any]:
    """``drift.csv`` (a row for each measure), ``new_topics.csv`` (a row for each group)."""
    frozen, places = Frozen(Path(run)), [*map(Path, earlier), part]
    past = store.read_csv(Path(start) / FIT)
    period = dict(
        zip(
            frozen.corpus.ids,
            periods_of(frozen.corpus, **config.prevalence.calendar).index.tolist(),
            strict=True,
        )
    )
    limit = limits(past)
    parts = [store.read_csv(place / FIT) for place in places]
    sets = {"update": limit.beyond(parts[-1])}
    if earlier:
        sets["since the run"] = limit.beyond(pd.concat(parts, ignore_index=True))
    when = np.array([period[doc] for doc in past["id"]], dtype=np.int64)
    groups, sentence, search = _groups(Path(start), places, past, parts, seeds_from(
        config.rng, "updates", len(places))[-1])  # fmt: skip
    files.write_csv(folder / NEW, groups)
    table = alarm.alarm(limit.beyond(past), when, sets, search=search)
    files.write_csv(folder / DRIFT, table)
    said = {
        "alarm": bool(table["alarm"].any()),
        "new_topics": len(groups),
        "sentences": [alarm.sentence(table), sentence],
    }
    files.write_json(folder / SAID, said)
    return {"alarm": said["alarm"]}


def _groups(
    start: Path, places: list[Path], past: pd.DataFrame, parts: list[pd.DataFrame], seed: int
) -> tuple[pd.DataFrame, str, NewTopics | None]:
    """New topics among all documents since the run, a sentence about them, and the search."""
    there = [p / MISFITS for p in (start, *places) if (p / MISFITS).is_dir()]
    if not (start / MISFITS).is_dir():
        sentence = (
            "New topics were not looked for: the words of the run's documents were not in its "
            "cache when it was first updated."
        )
        return pd.DataFrame(columns=["group", "n_docs", "n_new"]), sentence, None
    matrix, words, ids = _joined(there)
    every = pd.concat([past, *parts], ignore_index=True).set_index("id")
    rows = some(len(ids))
    chosen = [ids[row] for row in rows]
    old = set(past["id"])
    fresh = np.array([doc not in old for doc in chosen], dtype=bool)
    topic = every.loc[chosen, "topic"].to_numpy(np.int64)
    found = new_topics(matrix[rows], fresh, topic, words, rng=seed)
    groups = found.groups.copy()
    members = groups.pop("rows")
    groups["ids"] = ["; ".join(chosen[i] for i in rows_ if fresh[i]) for rows_ in members]
    if groups.empty:
        sentence = (
            f"No new topic: among {plural(found.documents, 'document')} that fit badly, "
            f"{found.new:,} of them new, no group of like ones is new beyond chance."
        )
        return groups, sentence, found
    said = "; ".join(
        f"{row.n_docs:,} documents ({', '.join(str(row.top_terms).split('; ')[:5])}), "
        f"{row.n_new:,} of them new where {row.expected:.1f} are expected, p = {row.p:.3f}"
        for row in groups.head(5).itertuples()
    )
    sentence = (
        f"New among the documents that fit badly: {said}. Where nothing is new, a group is named "
        "in at most 5% of updates."
    )
    return groups, sentence, found


def _joined(folders: list[Path]) -> tuple[sparse.csr_matrix, list[str], list[str]]:
    """Counts of several folders over all their words."""
    read = [store.read_counts(folder) for folder in folders]
    words = sorted({word for counts in read for word in counts.vocabulary})
    column = {word: j for j, word in enumerate(words)}
    parts = []
    for counts in read:
        m = counts.matrix.tocoo()
        place: NDArray[np.int64] = np.array([column[w] for w in counts.vocabulary], dtype=np.int64)
        shape = (counts.n_documents, len(words))
        parts.append(sparse.csr_matrix((m.data, (m.row, place[m.col])), shape=shape))
    return sparse.csr_matrix(sparse.vstack(parts)), words, [d for c in read for d in c.doc_ids]


def task_of(
    frozen: Frozen, part: Task, start: Path, earlier: list[Path], config: RunConfig
) -> Task:
    """The task of one update; its key holds what came before."""
    return drift(
        part=part,
        run=str(frozen.out),
        start=str(start),
        earlier=tuple(map(str, earlier)),
        config=config,
        depends=[content(start), *map(content, earlier), frozen.fingerprint],
    )
