"""Words and phrases of concepts in texts, against a slow plain search."""

import re

import numpy as np
import pytest
from scipy import sparse

from trends.core import TermCounts
from trends.core.given.concept import parts_of
from trends.text.concept_words import find_in_counts, find_words
from trends.text.counting.count import count_terms
from trends.text.tokens.tokenize import runs_of_words
from trends.text.tokens.variants import s_stem


def plainly(text, word):
    """Occurrences by going through every place of every run."""
    wanted = parts_of(word)

    def takes(part, seen):
        if "*" in part or "?" in part:
            pattern = re.escape(part).replace(r"\*", ".*").replace(r"\?", ".")
            return re.fullmatch(pattern, seen) is not None
        return part in (seen, *s_stem(seen))

    n = 0
    for run in runs_of_words(text):
        parts = [p for w in run for p in w.split("-") if p]
        for at in range(len(parts) - len(wanted) + 1):
            n += all(takes(p, s) for p, s in zip(wanted, parts[at:], strict=False))
    return n


TEXTS = [
    "Deep learning, and deep neural networks. Self-supervised learning is deep-learning too.",
    "Self supervised models of the sea. The deep. Learning of kernels and a kernel machine.",
    "",
    "State of the art in GPT-4 and gpt4; kernelization of word2vec, wav2vec and word 2 vec.",
    "Auto-encoders, autoencoder, auto encoder: three spellings of one thing",
]
WORDS = [
    *("deep learning", "self-supervised", "kernel", "kernel*", "state of the art", "gpt*"),
    *("wor?2vec", "*encoder*", "auto encoder", "learning of", "unknown", "neural network"),
]


def test_as_a_plain_search_finds():
    found = find_words([(["a", "b"], TEXTS[:2]), (["c", "d", "e"], TEXTS[2:])], WORDS)
    expected = [[plainly(text, word) for word in WORDS] for text in TEXTS]
    np.testing.assert_array_equal(found.matrix.toarray(), expected)
    assert found.matrix.toarray().sum(0)[WORDS.index("kernel")] == 2
    assert found.forms[WORDS.index("deep learning")] == {"deep learning": 2}
    assert found.forms[WORDS.index("kernel")] == {"kernel": 1, "kernels": 1}


@pytest.mark.parametrize("seed", range(5))
def test_random_texts_as_a_plain_search(seed):
    rng = np.random.default_rng(seed)
    letters = ["ab", "abs", "ba-ab", "ba", "cab", "the", ".", ",", "12", "c-c-c"]
    texts = [" ".join(rng.choice(letters, 30)) for _ in range(40)]
    words = ["ab", "ba ab", "ab*", "?ab", "c c", "ba ba", "the ab", "ab*ab"]
    found = find_words([([str(i) for i in range(40)], texts)], words)
    expected = [[plainly(text, word) for word in words] for text in texts]
    np.testing.assert_array_equal(found.matrix.toarray(), expected)


@pytest.mark.slow
def test_several_processes_find_the_same():
    texts = TEXTS * 500
    batches = [([str(i) for i in range(len(texts))], texts)]
    one, two = (find_words(batches, WORDS, workers=n) for n in (1, 2))
    assert (one.matrix != two.matrix).nnz == 0 and one.forms == two.forms


def test_in_counts_words_are_found_within_terms():
    counts = TermCounts(
        sparse.csr_matrix([[2, 1, 0], [0, 3, 1]]),
        ("deep learning", "deep learning model", "kernel machines"),
        ("a", "b"),
    )
    found = find_in_counts(counts, ["deep learning", "kernel machine", "learning", "sea"])
    np.testing.assert_array_equal(found.matrix.toarray(), [[3, 0, 3, 0], [3, 1, 3, 0]])
    assert found.forms[0] == {"deep learning": 2, "deep learning model": 4}


def test_words_in_counts_are_those_in_texts():
    texts = [t for t in TEXTS if t] * 3
    ids = [str(i) for i in range(len(texts))]
    counts = count_terms(ids, texts, phrases=False)
    for word in ("kernel", "unknown"):
        np.testing.assert_array_equal(
            find_in_counts(counts, [word]).matrix.toarray(),
            find_words([(ids, texts)], [word]).matrix.toarray(),
        )
