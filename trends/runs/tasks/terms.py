"""From a corpus to term counts: the text that is modelled, and its vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from trends import files, store
from trends.core import Corpus, TermCounts
from trends.core.computing.cost import Cost
from trends.core.computing.limits import PLAIN
from trends.core.computing.threads import threads
from trends.runs.config.settings import TextConfig
from trends.runs.engine.task import task
from trends.runs.tasks import backends, documents
from trends.runs.tasks.dividing import chunks
from trends.runs.tasks.parts import LEARN, part, read_split

if TYPE_CHECKING:
    from trends.text.vocabulary.select import Whole

#: With more documents than this, texts are divided into words in as many processes as there are
#: cores. Texts are read in batches of ``BATCH``.
LARGE, BATCH = PLAIN, 5_000
#: Share of the documents from which on a language counts.
LEAST = 0.05


@task("terms", cost=Cost(450, characters=2.5, entries=60), loads=backends.none)
def count(
    folder: Path, corpus: Path, split: Path | None, whole: Path | None, *, text: TextConfig
) -> dict[str, Any]:
    """Counts over the modelling vocabulary.

    Where the documents are a sample of shards, ``whole`` has counted their terms in all documents,
    and these frequencies decide.

    With a split, of both parts over the vocabulary that the documents for learning choose.

    Spellings and phrases are recognised in the whole corpus, as they are in extracted features;
    neither looks at a date.
    """
    loaded = documents.load(corpus)
    if whole is None:
        counts, frequencies, everywhere = all_counts(loaded, text), None, {}
    else:
        from trends.runs.tasks.sharded.vocabulary.kept import beyond, read

        counts, frequencies = read(whole)
        everywhere = {"not_in_sample": beyond(whole)}
    said = [*notes(loaded, counts), *joined_otherwise(counts, text)]
    learning, at = loaded, folder
    if split is None:
        counts, table = choose_terms(counts, text, frequencies)
        vocabulary = counts.vocabulary
    else:
        parts = read_split(split)
        learn, table = choose_terms(counts.take_documents(parts.learn), text)
        kept = set(learn.vocabulary)
        chosen = np.array([t in kept for t in counts.vocabulary], dtype=bool)
        counts = counts.take_documents(parts.estimate).keep_terms(chosen)
        (folder / LEARN).mkdir()
        store.write_counts(folder / LEARN, learn)
        learning, at, vocabulary = part(loaded, parts.learn), folder / LEARN, learn.vocabulary
    store.write_counts(folder, counts)
    files.write_csv(folder / "terms.csv", table)
    divided = {}
    if text.chunks:
        n = chunks.write(at, learning, model_text(learning), vocabulary, text.chunks)
        divided = {"pieces": n}
    return {
        **how(counts),
        **divided,
        **everywhere,
        "terms": counts.n_terms,
        "tokens": int(counts.tokens.sum()),
        "empty_documents": int((counts.tokens == 0).sum()),
        **({"warnings": said} if said else {}),
    }


def how(counts: TermCounts) -> dict[str, Any]:
    """Languages whose function words were left out, and what divided scripts without blanks."""
    return {k: v for k, v in counts.settings.items() if k in ("function_words", "segmentation")}


def languages(corpus: Corpus) -> dict[str, float]:
    """Share of the documents in each language that is known of one in twenty."""
    if "language" not in corpus.documents.columns:
        return {}
    known = corpus.documents["language"].replace({"und": None, "": None}).dropna()
    shares = known.value_counts(normalize=True)
    return {str(code): float(n) for code, n in shares.items() if n >= LEAST}


def notes(corpus: Corpus, counts: TermCounts) -> list[str]:
    """What the user should know of the languages of a corpus."""
    found = languages(corpus)
    said = []
    if len(found) > 1:
        shares = ", ".join(f"{code} {share:.0%}" for code, share in found.items())
        said.append(
            f"The documents are in several languages ({shares}). The function words of all of them "
            "are left out everywhere, and topics may tell languages apart rather than subjects; "
            "corpus.languages keeps the documents in those that it names."
        )
    left_out = counts.settings.get("function_words", list(found))
    if lacking := [code for code in found if code not in left_out]:
        said.append(
            f"No list of function words is known for {', '.join(lacking)}; they are left in."
        )
    said += [
        f"{script.capitalize()} is {what}."
        for script, what in counts.settings.get("segmentation", {}).items()
        if what.startswith("not divided")
    ]
    return said


def joined_otherwise(counts: TermCounts, settings: TextConfig) -> list[str]:
    """That counts which came with the corpus have phrases, or have none, against the setting."""
    if bool(counts.settings.get("phrases", settings.phrases)) == settings.phrases:
        return []
    have, how = ("no phrases", "") if settings.phrases else ("phrases", " --no-phrases")
    said = (
        f"text.phrases is {str(settings.phrases).lower()}, but the counts that came with the "
        f"corpus have {have}: they are used as they are. Made otherwise: trends export-features "
        f"CORPUS{how}."
    )
    return [said]


def model_text(corpus: Corpus) -> list[str]:
    """Title and text of each document: titles carry topic words that abstracts presuppose."""
    return titled(corpus.documents["title"], corpus.texts)


def titled(titles: pd.Series, texts: Iterable[str]) -> list[str]:
    """As :func:`model_text`, of titles and texts."""
    return [
        f"{title}. {text}" if title else text
        for title, text in zip(titles.fillna("").astype(str), texts, strict=True)
    ]


def all_counts(corpus: Corpus, settings: TextConfig, *, workers: int | None = None) -> TermCounts:
    """Counts over the whole vocabulary: those that came with the corpus, else from its text.

    A large corpus is divided into words by ``workers`` processes, by default one a core.
    """
    if corpus.counts is not None:
        return corpus.counts
    from trends.text.counting.count import count_stream

    n_processes = (workers or threads()) if len(corpus) > LARGE else 1
    return count_stream(
        batches(corpus),
        phrases=settings.phrases,
        workers=n_processes,
        languages=list(languages(corpus)),
    )


def batches(corpus: Corpus) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Ids and what :func:`model_text` makes of them."""
    for at in range(0, len(corpus), BATCH):
        part = corpus.documents.iloc[at : at + BATCH]
        yield part["id"].tolist(), titled(part["title"], part["text"].fillna("").astype(str))


def choose_terms(
    counts: TermCounts, settings: TextConfig, whole: Whole | None = None
) -> tuple[TermCounts, pd.DataFrame]:
    """The modelling vocabulary, and one row per term that says why it was kept or left out."""
    from trends.text.vocabulary.select import select_terms

    options: dict[str, Any] = {"max_df": settings.max_df, "whole": whole}
    if settings.min_df:
        options["min_df"] = settings.min_df
    return select_terms(counts, **options)


def known_counts(corpus: Corpus, vocabulary: tuple[str, ...]) -> TermCounts:
    """Counts over a vocabulary that is given.

    Columns of those that came with the corpus, else from its text.
    """
    from trends.text.counting.fixed_vocabulary import count_vocabulary

    if corpus.counts is None:
        return count_vocabulary(corpus.ids, model_text(corpus), vocabulary)
    column = {term: j for j, term in enumerate(vocabulary)}
    place = np.array([column.get(term, -1) for term in corpus.counts.vocabulary], dtype=np.int64)
    table = corpus.counts.matrix.tocoo()
    kept = place[table.col] >= 0
    where = (table.row[kept], place[table.col[kept]])
    matrix = sparse.csr_matrix((table.data[kept], where), shape=(len(corpus), len(vocabulary)))
    return TermCounts(matrix, vocabulary, corpus.counts.doc_ids, settings=corpus.counts.settings)


def modelled(corpus: Corpus) -> TermCounts:
    """Counts over the modelling vocabulary of the default settings; of the same texts made once."""
    text = TextConfig()
    return _once(corpus, ("modelled",), lambda: choose_terms(all_counts(corpus, text), text)[0])


def known(corpus: Corpus, vocabulary: tuple[str, ...]) -> TermCounts:
    """As :func:`known_counts`; of the same texts and vocabulary made once."""
    return _once(corpus, ("known", *vocabulary), lambda: known_counts(corpus, vocabulary))


def _once(corpus: Corpus, what: tuple[str, ...], make: Callable[[], TermCounts]) -> TermCounts:
    from trends.text.counting.kept import once

    spoken = [f"{code} {share!r}" for code, share in languages(corpus).items()]
    if corpus.counts is not None:
        return once([what, spoken, [corpus.counts.fingerprint]], make)
    return once([what, spoken, corpus.ids, model_text(corpus)], make)
