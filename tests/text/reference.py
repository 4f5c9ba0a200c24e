"""Counting in its plainest form: lists of words, one Counter a document, gensim's phrases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from trends.core import TermCounts
from trends.text.counting.count import TOKENISER, ends_content_run
from trends.text.counting.phrases import MIN_COUNT, MIN_NPMI, PASSES
from trends.text.tokens.segmentation import LANGUAGES, Account
from trends.text.tokens.stopwords import stop_words, with_list
from trends.text.tokens.tokenize import runs_of_words
from trends.text.tokens.variants import Variants, choose_forms

Runs = list[list[str]]
#: gensim takes joined words apart again at its delimiter, so a pass must not use the blank that the
#: pass before it put in.
JOINT = "\x1f"


def count_terms(
    doc_ids: Sequence[str],
    texts: Sequence[str],
    *,
    phrases: bool = True,
    min_count: int = MIN_COUNT,
    min_npmi: float = MIN_NPMI,
) -> TermCounts:
    documents = [runs_of_words(text) for text in texts]
    seen = Account()
    seen.see(list(texts))
    divided = seen.settled()
    languages = with_list(LANGUAGES[script] for script in divided)
    stop = stop_words(languages)
    variants = learn(documents, stop)
    content = [
        [part for run in runs for part in content_runs(apply(variants, run), stop)]
        for runs in documents
    ]
    if phrases:
        content = join_phrases(content, min_count=min_count, min_npmi=min_npmi)
    counters = [Counter(word for run in runs for word in run) for runs in content]
    vocabulary = sorted(set().union(*counters)) if counters else []
    table = np.array([[c[t] for t in vocabulary] for c in counters], dtype=np.int64)
    matrix = sparse.csr_matrix(table.reshape(len(counters), len(vocabulary)))
    settings = {
        "tokeniser": TOKENISER,
        "function_words": ["en", *languages],
        "phrases": phrases,
        "min_count": min_count,
        "min_npmi": min_npmi,
        **({"segmentation": divided} if divided else {}),
    }
    return TermCounts(matrix, tuple(vocabulary), tuple(doc_ids), settings=settings)


def content_runs(run: Sequence[str], stop: frozenset[str] = stop_words()) -> Runs:
    out: Runs = [[]]
    for word in run:
        if ends_content_run(word, stop):
            out.append([])
        else:
            out[-1].append(word)
    return [part for part in out if part]


def learn(documents: Sequence[Runs], stop: frozenset[str] = stop_words()) -> Variants:
    df: Counter[str] = Counter()
    count: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for runs in documents:
        df.update({word for run in runs for word in run})
        for run in runs:
            count.update(run)
            for word, following in zip(run, [*run[1:], ""], strict=True):
                ends[word] += not following or following in stop

    def open_df(sequences: set[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
        sizes = {len(parts) for parts in sequences}
        found: Counter[tuple[str, ...]] = Counter()
        for runs in documents:
            windows = {tuple(r[i : i + n]) for r in runs for n in sizes for i in range(len(r))}
            found.update(windows & sequences)
        return found

    return choose_forms(df, count, +ends, open_df, stop)


def apply(variants: Variants, run: Sequence[str]) -> list[str]:
    longest = max(map(len, variants.closed), default=0)
    out: list[str] = []
    i = 0
    while i < len(run):
        for n in range(longest, 0, -1):
            if len(parts := tuple(run[i : i + n])) == n and parts in variants.closed:
                out.append(variants.closed[parts])
                i += n
                break
        else:
            out.extend(variants.forms.get(run[i], (run[i],)))
            i += 1
    return [variants.singular.get(word, word) for word in out]


def join_phrases(
    documents: Sequence[Runs],
    *,
    min_count: int = MIN_COUNT,
    min_npmi: float = MIN_NPMI,
    passes: int = PASSES,
) -> list[Runs]:
    from gensim.models.phrases import Phrases

    out = [[list(run) for run in runs] for runs in documents]
    for _ in range(passes):
        runs = [run for document in out for run in document]
        if not any(runs):
            break
        found = Phrases(
            runs, min_count=min_count, threshold=min_npmi, scoring="npmi", delimiter=JOINT
        ).freeze()
        out = [
            [
                [unit.replace(JOINT, " ") for unit in found[run]] if len(run) > 1 else run
                for run in document
            ]
            for document in out
        ]
    return out


def decode(names: Sequence[str], words: np.ndarray, lengths: np.ndarray) -> list[Runs]:
    """The runs of words of each text, from what ``encode`` gave."""
    out: list[Runs] = []
    ends = np.cumsum(lengths)
    for begin, end in zip(ends - lengths, ends, strict=True):
        runs: Runs = []
        run: list[str] = []
        for number in words[begin:end].tolist():
            if number:
                run.append(names[number - 1])
            else:
                runs.append(run)
                run = []
        out.append(runs)
    return out
