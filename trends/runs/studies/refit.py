"""A run fitted again on its own documents and those of its updates, and what carried over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import files, store
from trends.analysis.alignment.hungarian import align
from trends.core import Corpus
from trends.core.computing.rng import seeds_from
from trends.core.wording import plural
from trends.errors import MissingError, UsageError
from trends.runs.engine.engine import Report
from trends.runs.studies import run as running
from trends.runs.studies.update import parts_of
from trends.runs.tasks import publish
from trends.runs.tasks.updating.frozen import Frozen
from trends.runs.tasks.updating.incoming import CORPUS
from trends.sources.stored import corpus_file

#: What became of each topic, and the same in words.
TABLE, SAID = "carried_over.csv", "carried_over.json"
#: The documents that are fitted, with their words: beside what is kept, not what is published.
DOCUMENTS = ".cache/refit-documents.parquet"
#: The names of the old run, each of which counts as chosen.
NAMES = ".cache/refit-labels.csv"


def refit(frozen: Frozen, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run again on all documents, and match its topics to those that there were.

    Parameters
    ----------
    frozen : Frozen
        The run with its updates, which stay as they are.
    out : Path
        Folder of the new run. ``carried_over.csv`` has a row for each topic of the old one.
    report : callable, optional
        Called with (task, state, done, total).

    Returns
    -------
    dict
        ``sentences`` and the counts of ``carried_over.json``.

    Raises
    ------
    UsageError
        If ``out`` is the folder of the run.
    MissingError
        If the words of a document are no longer in the cache of the run.
    """
    if out.resolve() == frozen.out.resolve():
        message = (
            f"A new fit needs a folder of its own, as the topics of {frozen.out} stay as they are: "
            f"trends update {frozen.out} --refit -o NEW."
        )
        raise UsageError(message)
    path = out / DOCUMENTS
    files.make_folder(path.parent)
    corpus_file.write(whole(frozen), path)
    config = frozen.config
    given = {"path": str(path)} | {
        name: value
        for name, value in config.corpus.model_dump(exclude_defaults=True).items()
        if name.startswith("observed")
    }
    named = pd.read_csv(frozen.out / "labels.csv", dtype=str, keep_default_na=False)
    files.write_csv(out / NAMES, named.drop(columns="automatic"))
    settings = config.model_copy(
        update={
            "corpus": type(config.corpus)(**given),
            "labels": config.labels.model_copy(update={"path": str(out / NAMES)}),
        }
    )
    running.run(settings, out, report=report)
    table = carried_over(frozen, out)
    said = {
        "sentences": sentences(table),
        "topics": len(table),
        "carried": int(table.carried.sum()),
    }
    with files.replacing_files(out / ".cache" / "carried", last=SAID) as staged:
        files.write_csv(staged / TABLE, table)
        files.write_json(staged / SAID, said)
    return publish.add(out / ".cache" / "carried", (TABLE, SAID), out)


def whole(frozen: Frozen) -> Corpus:
    """All documents of the run and its updates with their words.

    Raises
    ------
    MissingError
        If the words of an update are no longer in the cache of the run.
    """
    parts = [frozen.whole]
    for place in parts_of(frozen):
        wanted = set(corpus_file.read([place / CORPUS]).ids)
        found = _read_with(frozen, wanted)
        if found is None:
            message = (
                f"The words of {plural(len(wanted), 'document')} of update {place.name} are no "
                f"longer in {frozen.out / '.cache'}; join all documents (trends join) and run on "
                "them, with labels= naming the labels.csv of the run."
            )
            raise MissingError(message)
        rows = np.flatnonzero([doc in wanted for doc in found.ids])
        parts.append(Corpus(found.documents.iloc[rows]))
    frame = pd.concat([part.documents for part in parts], ignore_index=True)
    frame["source_row"] = pd.NA
    return Corpus(frame, name=frozen.corpus.name)


def _read_with(frozen: Frozen, wanted: set[str]) -> Corpus | None:
    for folder in sorted((frozen.out / ".cache").glob("update-read-*")):
        if (folder / CORPUS).is_file():
            found = corpus_file.read([folder / CORPUS])
            if wanted <= set(found.ids):
                return found
    return None


def carried_over(frozen: Frozen, out: Path) -> pd.DataFrame:
    """What became of each topic of a run in another one: partner, name and claim."""
    old, new = store.Run(frozen.out), store.Run(out)
    rng = seeds_from(frozen.config.rng, "carried over", 1)[0]
    frames = []
    for backend in frozen.seeds:
        left, right = (
            run.topics(backend, int(run.manifest["prototypes"][backend]["seed"]))
            for run in (old, new)
        )
        match = align(left, right, rng=rng)
        before, after = (_claims(run, backend) for run in (old, new))
        rows = []
        for topic in range(left.n_topics):
            partner = match.partner(topic)
            at = np.flatnonzero(match.pairs[:, 0] == topic)
            row: dict[str, Any] = {
                "backend": backend,
                "topic": topic,
                "label": before.loc[topic, "label"],
                "new_topic": -1 if partner is None else partner,
                "similarity": float(match.similarity[at[0]]) if len(at) else np.nan,
                "carried": partner is not None,
                "finding": before.loc[topic, "finding"],
            }
            now = None if partner is None else after.loc[partner]
            row |= {
                "new_label": "" if now is None else now["label"],
                "new_finding": "" if now is None else now["finding"],
            }
            row["same_name"] = row["label"] == row["new_label"]
            row["same_finding"] = row["finding"] == row["new_finding"]
            rows.append(row)
        frames.append(pd.DataFrame(rows))
    return pd.concat(frames, ignore_index=True)


def _claims(run: store.Run, backend: str) -> pd.DataFrame:
    table = run.table("trends")
    return table[table["backend"] == backend].set_index("topic")[["label", "finding"]]


def sentences(table: pd.DataFrame) -> list[str]:
    """What carried over and what did not, for each backend."""
    said = []
    for backend, rows in table.groupby("backend", sort=False):
        kept = rows[rows["carried"]]
        text = (
            f"{backend}: {len(kept)} of {plural(len(rows), 'topic')} carried over, "
            f"{int(kept['same_name'].sum())} with their name and "
            f"{int(kept['same_finding'].sum())} with their finding."
        )
        if len(lost := rows[~rows["carried"]]):
            text += f" Not found again: {'; '.join(lost['label'].astype(str))}."
        changed = kept[~kept["same_finding"]]
        text += "".join(
            f" {row.label}: was {row.finding}, is {row.new_finding}."
            for row in changed.itertuples()
        )
        said.append(text)
    return said
