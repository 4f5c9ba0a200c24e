"""Values from outside in every order that they may come in: matched by key, or refused.

None may come out beside other documents than its own without a word.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import trends as tr
from trends.errors import TrendsError
from trends.runs.config.settings import EmbedConfig
from trends.runs.tasks import documents
from trends.runs.tasks.vectors import vectors
from trends.sources.stored import corpus_file

WORDS = {
    "bees": "bee hive pollen queen colony nectar swarm honey",
    "sleep": "sleep night insomnia melatonin dream pillow nap rest",
    "solar": "panel roof inverter grid battery sunlight tariff cell",
}
N, BROKEN = 240, (17, 18, 90, 200)


class Case:
    """A table whose rows are in no order, what was planted in it, and a vector for each row."""

    def __init__(self, folder: Path) -> None:
        rng = np.random.default_rng(5)
        self.topic = rng.integers(3, size=N)
        own = [w.split() for w in WORDS.values()]
        every = [w for words in own for w in words]
        texts = [" ".join([*rng.choice(own[k], 12), *rng.choice(every, 4)]) for k in self.topic]
        for row in BROKEN:
            texts[row] = ""
        days = pd.to_datetime("2015-01-01") + pd.to_timedelta(rng.permutation(N) * 12, unit="D")
        self.frame = pd.DataFrame(
            {
                "id": [f"d{i}" for i in rng.permutation(N)],
                "day": days.strftime("%Y-%m-%d"),
                "text": texts,
                "n": rng.permutation(N),
            }
        )
        self.frame.to_csv(folder / "table.csv", index=False)
        self.folder = folder
        self.rows = 3 * np.eye(3, 8)[self.topic] + 0.4 * rng.normal(size=(N, 8))
        self.kept = np.setdiff1d(np.arange(N), BROKEN)
        self.ids = self.frame["id"].to_numpy()
        self.of = dict(zip(self.ids, self.topic, strict=True))
        self.corpus = self.read()
        self.place = {name: i for i, name in enumerate(self.ids)}
        #: The rows of the table in the order of the corpus.
        self.order = np.array([self.place[i] for i in self.corpus.ids])
        self.theta = np.eye(3)[self.topic[self.order]]
        self.counts = tr.fit(self.corpus, "nmf", n_topics=3, rng=1)

    def read(self, **options: Any) -> tr.Corpus:
        path = self.folder / "table.csv"
        return tr.read_corpus(path, **{"text": "text", "date": "day", **options})

    def topics(self, theta: Any = None, **other: Any) -> tr.Topics:
        n = len(self.corpus)
        parts = {
            "theta": self.theta if theta is None else theta,
            "unassigned": np.zeros(n),
            "phi": np.full((3, 2), 0.5),
            "vocabulary": ("a", "b"),
            "doc_ids": self.corpus.ids,
        }
        return tr.Topics(**{**parts, **other})


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("misaligned"))


def agreement(case: Case, topics: tr.Topics) -> float:
    """Share of documents whose topic is the one that most of its documents were planted in."""
    planted = np.array([case.of[i] for i in topics.doc_ids])
    table = np.zeros((topics.n_topics, 3))
    np.add.at(table, (topics.hard, planted), 1)
    return float(table.max(axis=1).sum() / len(planted))


def fitted(case: Case, given: Any, corpus: tr.Corpus | None = None) -> float:
    return agreement(
        case, tr.fit(corpus or case.corpus, "kmeans", n_topics=3, rng=1, embeddings=given)
    )


def by_config(case: Case, name: str, write: Callable[[Path], Any]) -> float:
    """Through the files of a run: the corpus as its tasks load it, the vectors as a task does."""
    folder = case.folder / name.replace(".", "-")
    folder.mkdir()
    corpus_file.write(case.corpus, folder / "corpus.parquet")
    write(folder / name)
    corpus = documents.load(folder)
    counted: dict[str, Any] = {}
    settings = EmbedConfig(model="precomputed", path=str(folder / name))
    array, about = vectors(corpus, settings, counted=counted)
    assert not counted["warnings"]
    assert about["matched_by"] == ("row" if name.endswith(".npy") else "id")
    return fitted(case, pd.DataFrame(array, index=corpus.ids))


def lists(ids: Any, rows: Any) -> pd.DataFrame:
    return pd.DataFrame({"id": ids, "vector": list(rows)})


def numbered(case: Case) -> tr.Corpus:
    """The corpus with the ids 0, 1, 2, …, not in the order of the rows."""
    return case.read(id="n")


def drawn(case: Case, labels: Any) -> bool:
    shares = tr.prevalence(case.topics(), case.corpus, period="year", labels=labels)
    return shares.labels == ("bees", "sleep", "solar")


def yearly(case: Case, topics: tr.Topics) -> bool:
    """Whether the shares over time are those that were planted."""
    right = tr.prevalence(case.topics(), case.corpus, period="year")
    return np.allclose(tr.prevalence(topics, case.corpus, period="year").share, right.share)


def tampered(case: Case) -> float:
    """Features whose vectors lie in the order of the table, hashes and all."""
    folder = case.folder / "features"
    tr.export_features(replace(case.corpus, embeddings=case.rows[case.kept]), folder)
    return fitted(case, None, tr.read_corpus(folder))


MATCHED: dict[str, Callable[[Case], Any]] = {
    "rows of the file": lambda c: fitted(c, c.rows),
    "rows that became documents": lambda c: fitted(c, c.rows[c.kept]),
    "a list of lists": lambda c: fitted(c, c.rows.tolist()),
    "a frame that nobody gave an index": lambda c: fitted(c, pd.DataFrame(c.rows)),
    "ids as index": lambda c: fitted(c, pd.DataFrame(c.rows, index=c.ids)),
    "ids as index, shuffled": lambda c: fitted(
        c, pd.DataFrame(c.rows, index=c.ids).sample(frac=1, random_state=1)
    ),
    "ids in corpus order": lambda c: fitted(c, pd.DataFrame(c.rows[c.order], index=c.corpus.ids)),
    "ids in a column": lambda c: fitted(c, pd.DataFrame(c.rows).assign(id=c.ids)[::-1]),
    "a mapping": lambda c: fitted(c, dict(zip(c.ids[::-1], c.rows[::-1], strict=True))),
    "a Series of vectors": lambda c: fitted(c, pd.Series(list(c.rows), index=c.ids)[::-1]),
    "an Arrow table": lambda c: fitted(
        c, pa.Table.from_pandas(pd.DataFrame(c.rows).rename(columns=str).assign(id=c.ids)[::-1])
    ),
    "numbers as ids": lambda c: fitted(
        replace_ids(c), pd.DataFrame(c.rows, index=c.frame["n"])[::-1], numbered(c)
    ),
    "a corpus made of a frame and vectors with ids": lambda c: fitted(
        c,
        None,
        tr.Corpus(
            c.corpus.documents.sample(frac=1, random_state=2),
            embeddings=pd.DataFrame(c.rows, index=c.ids),
        ),
    ),
    "npy of the rows": lambda c: by_config(c, "rows.npy", lambda p: np.save(p, c.rows)),
    "npz with ids": lambda c: by_config(
        c, "ids.npz", lambda p: np.savez(p, ids=c.ids[::-1].astype(str), vectors=c.rows[::-1])
    ),
    "Parquet with a column of lists": lambda c: by_config(
        c, "lists.parquet", lambda p: lists(c.ids, c.rows)[::-1].to_parquet(p)
    ),
    "Parquet with a column a dimension": lambda c: by_config(
        c,
        "wide.parquet",
        lambda p: pd.DataFrame(c.rows).rename(columns=str).assign(id=c.ids)[::-1].to_parquet(p),
    ),
    "theta with ids": lambda c: yearly(
        c, c.topics(pd.DataFrame(c.theta, index=c.corpus.ids).sample(frac=1, random_state=3))
    ),
    "a fit in another order": lambda c: yearly(
        c, c.topics(c.theta[::-1], doc_ids=c.corpus.ids[::-1])
    ),
    "unassigned with ids": lambda c: (
        c.topics(
            c.theta * 0.5,
            unassigned=pd.Series(0.5, index=c.corpus.ids[::-1]),
        ).unassigned
        == 0.5
    ).all(),
    "topics by number": lambda c: yearly(
        c, c.topics(pd.DataFrame(c.theta[:, [2, 0, 1]], columns=[2, 0, 1])[[0, 1, 2]])
    ),
    "terms of phi by name": lambda c: np.allclose(
        c.topics(phi=pd.DataFrame([[0.1, 0.9]] * 3, columns=["b", "a"])).phi, [0.9, 0.1]
    ),
    "topics of phi by name": lambda c: np.allclose(
        c.topics(
            pd.DataFrame(c.theta, columns=["x", "y", "z"]),
            phi=pd.DataFrame([[0, 1.0], [0.5, 0.5], [1.0, 0]], index=["z", "y", "x"]),
        ).phi[0],
        [1.0, 0],
    ),
    "counts by name": lambda c: (
        tr.TermCounts(
            pd.DataFrame([[1, 2], [3, 4]], index=["q", "p"], columns=["b", "a"]),
            ("a", "b"),
            ("p", "q"),
        )
        .matrix.toarray()
        .tolist()
        == [[4, 3], [2, 1]]
    ),
    "labels in order": lambda c: drawn(c, ["bees", "sleep", "solar"]),
    "labels by number": lambda c: drawn(c, {2: "solar", 0: "bees", 1: "sleep"}),
    "labels in a Series": lambda c: drawn(
        c, pd.Series(["solar", "bees", "sleep"], index=[2, 0, 1])
    ),
    "vectors of two fits": lambda c: (
        len(
            tr.align(
                c.topics(),
                c.topics(c.theta[::-1], doc_ids=c.corpus.ids[::-1]),
                similarity="embeddings",
                embeddings=pd.DataFrame(c.rows, index=c.ids),
                rng=1,
            ).pairs
        )
        == 3
    ),
}


def replace_ids(case: Case) -> Case:
    """The case with the planted topics by number."""
    other = object.__new__(Case)
    other.of = dict(zip(case.frame["n"].astype(str), case.topic, strict=True))
    return other


REFUSED: dict[str, Callable[[Case], Any]] = {
    "corpus order": lambda c: fitted(c, c.rows[c.order]),
    "order of the ids": lambda c: fitted(c, c.rows[np.argsort(c.ids)]),
    "from the end": lambda c: fitted(c, c.rows[::-1]),
    "the header taken for a document": lambda c: fitted(c, np.roll(c.rows, 1, axis=0)),
    "the first row taken for a header": lambda c: fitted(c, np.roll(c.rows, -1, axis=0)),
    "shuffled": lambda c: fitted(c, np.random.default_rng(1).permutation(c.rows)),
    "halves swapped": lambda c: fitted(c, np.roll(c.rows, N // 2, axis=0)),
    "a row lost in the middle, one added at the end": lambda c: fitted(
        c, np.concatenate([c.rows[:100], c.rows[101:], c.rows[:1]])
    ),
    "a part of the rows turned round": lambda c: fitted(
        c, np.concatenate([c.rows[:80], c.rows[80:140][::-1], c.rows[140:]])
    ),
    "one row too few": lambda c: fitted(c, c.rows[c.kept][:-1]),
    "one row too many": lambda c: fitted(c, np.vstack([c.rows, c.rows[:1]])),
    "rows of other lengths": lambda c: fitted(c, [[1.0], [1.0, 2.0]] * (N // 2)),
    "turned by 90 degrees": lambda c: fitted(c, c.rows.T),
    "one vector for all": lambda c: fitted(c, c.rows[0]),
    "masked vectors": lambda c: fitted(
        c, np.ma.masked_array(c.rows, mask=np.eye(N, c.rows.shape[1], dtype=bool))
    ),
    "complex numbers": lambda c: fitted(c, c.rows.astype(complex)),
    "a set": lambda c: fitted(c, {1.0, 2.0}),
    "an id twice": lambda c: fitted(c, pd.DataFrame(c.rows, index=[*c.ids[:-1], c.ids[0]])),
    "an id missing": lambda c: fitted(c, pd.DataFrame(c.rows, index=c.ids).drop(c.corpus.ids[0])),
    "ids of other documents": lambda c: fitted(
        c, pd.DataFrame(c.rows, index=[f"x{i}" for i in range(N)])
    ),
    "ids in capitals": lambda c: fitted(c, pd.DataFrame(c.rows, index=[i.upper() for i in c.ids])),
    "places as index": lambda c: fitted(c, pd.DataFrame(c.rows).sample(frac=1, random_state=1)),
    "places as keys": lambda c: fitted(c, dict(enumerate(c.rows))),
    "an index that may be ids or places": lambda c: fitted(c, pd.DataFrame(c.rows), numbered(c)),
    "numbers with a point as ids": lambda c: fitted(
        c, pd.DataFrame(c.rows, index=c.frame["n"].astype(float)), numbered(c)
    ),
    "ids of the corpus on rows of the file": lambda c: fitted(
        c, pd.DataFrame(c.rows[c.kept], index=c.corpus.ids)
    ),
    "ids of the file on rows of the corpus": lambda c: fitted(
        c, pd.DataFrame(c.rows[c.order], index=c.ids[c.kept])
    ),
    "vectors put into a corpus in the order of the file": lambda c: fitted(
        c, None, replace(c.corpus, embeddings=c.rows[c.kept])
    ),
    "a joined corpus, which has no rows": lambda c: fitted(
        c, c.rows[c.kept], tr.join([c.corpus], rules=["ids"])
    ),
    "a number of topics from vectors in corpus order": lambda c: tr.choose_topics(
        c.corpus, ["kmeans"], candidates=[3], seeds=2, rng=1, embeddings=c.rows[c.order]
    ),
    "new documents in corpus order": lambda c: tr.transform(
        kmeans(c), c.corpus, embeddings=c.rows[c.order]
    ),
    "documents of the fit in the order of the file": lambda c: tr.transform(
        kmeans(c), c.corpus, embeddings=c.rows, train_embeddings=c.rows[c.kept]
    ),
    "vectors of two fits in one order": lambda c: tr.align(
        c.topics(),
        c.topics(c.theta[::-1], doc_ids=c.corpus.ids[::-1]),
        similarity="embeddings",
        embeddings=c.rows[c.order],
        rng=1,
    ),
    "npy in corpus order": lambda c: by_config(
        c, "corpus.npy", lambda p: np.save(p, c.rows[c.order])
    ),
    "npy of other rows": lambda c: by_config(c, "short.npy", lambda p: np.save(p, c.rows[:-3])),
    "npz with ids of the corpus on rows of the file": lambda c: by_config(
        c,
        "claimed.npz",
        lambda p: np.savez(p, ids=np.array(c.corpus.ids), vectors=c.rows[c.kept]),
    ),
    "npz with an id missing": lambda c: by_config(
        c, "lacking.npz", lambda p: np.savez(p, ids=c.ids[1:].astype(str), vectors=c.rows[1:])
    ),
    "Parquet with other ids": lambda c: by_config(
        c, "other.parquet", lambda p: lists(c.frame["n"].astype(str), c.rows).to_parquet(p)
    ),
    "export of vectors in corpus order": lambda c: (
        np.save(c.folder / "export.npy", c.rows[c.order]),
        tr.export_features(
            c.corpus,
            c.folder / "exported",
            embedding="precomputed",
            embedding_path=str(c.folder / "export.npy"),
        ),
    ),
    "features with vectors in the order of the file": tampered,
    "theta in the order of the file": lambda c: yearly(c, c.topics(np.eye(3)[c.topic[c.kept]])),
    "theta with an id missing": lambda c: c.topics(
        pd.DataFrame(c.theta[1:], index=c.corpus.ids[1:])
    ),
    "theta of other documents": lambda c: yearly(
        c, c.topics(doc_ids=tuple(f"x{i}" for i in range(len(c.corpus))))
    ),
    "a label too few": lambda c: drawn(c, ["bees", "sleep"]),
    "labels by other numbers": lambda c: drawn(c, {1: "bees", 2: "sleep", 3: "solar"}),
    "labels by name": lambda c: drawn(c, {"bees": 0, "sleep": 1, "solar": 2}),
    "labels without order": lambda c: drawn(c, {"bees", "sleep", "solar"}),
}


def kmeans(case: Case) -> tr.Topics:
    return tr.fit(case.corpus, "kmeans", n_topics=3, rng=1, embeddings=case.rows)


@pytest.mark.parametrize("way", MATCHED)
def test_values_with_a_key_are_matched(case: Case, way: str) -> None:
    with warnings.catch_warnings():
        # A frame has rows for the four records without a text, too, which is said.
        warnings.filterwarnings("ignore", message=".*4 are of no document")
        assert MATCHED[way](case) > 0.95


@pytest.mark.parametrize("way", REFUSED)
def test_values_without_one_are_refused_with_a_sentence(case: Case, way: str) -> None:
    with pytest.raises(TrendsError) as told:
        REFUSED[way](case)
    assert str(told.value).endswith(".") and len(str(told.value)) > 60


def test_wrong_ids_are_warned_of(case: Case) -> None:
    wrong = pd.DataFrame(
        np.random.default_rng(3).permutation(case.rows[case.order]), index=case.corpus.ids
    )
    with pytest.warns(UserWarning, match="share no more terms than shuffled ones"):
        fitted(case, wrong)


def test_rows_survive_a_file_and_a_selection(case: Case, tmp_path: Path) -> None:
    assert case.corpus.rows.tolist() == (case.order + 1).tolist()
    for ending in ("csv", "parquet", "jsonl"):
        path = tr.write_corpus(case.corpus, tmp_path / f"corpus.{ending}")
        assert tr.read_corpus(path).rows.tolist() == case.corpus.rows.tolist()
    late = replace(case.corpus, documents=case.corpus.documents.iloc[100:])
    assert late.rows.tolist() == case.corpus.rows[100:].tolist()
