"""What becomes a word and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.text.tokens.tokenize import clean, runs_of_words


def words(text: str) -> list[str]:
    return [word for run in runs_of_words(text) for word in run]


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/lab/repo_name.git",
        "http://example.org/a/b?c=d#e",
        "https : //github.com/lab/repo",
        "www.example.net/page",
        "github.com/lab/repo",
        "lab.github.io",
        "huggingface.co/datasets/lab/name",
        "someone.else@university.edu",
        "arXiv:2101.00001v2",
        "doi:10.1000/xyz.123",
        "https://doi.org/10.1000/xyz123",
    ],
)
def test_an_address_leaves_no_word(address: str) -> None:
    assert words(f"Models here ({address}), data there.") == ["models", "here", "data", "there"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GPT-4, wav2vec and 3D", ["gpt-4", "wav2vec", "and", "3d"]),
        ("In 2019, 12,000 of 1.5B or 30%", ["in", "of", "or"]),
        ("2-dimensional pages 3-4", ["2-dimensional", "pages"]),
        (
            "the author’s and the authors’ words",
            ["the", "author", "and", "the", "authors", "words"],
        ),
        ("we don't, we're", ["we", "we"]),
        ("pre\u2010training", ["pre-training"]),
        ("soft\u00adware and Ortho(cid:173) normal", ["software", "and", "orthonormal"]),
        (
            "trans- formation of pre- and post-training",
            ["trans-formation", "of", "pre", "and", "post-training"],
        ),
        ("Smith et al. (2020)", ["smith"]),
        ("ﬁnd caf\u0065\u0301", ["find", "café"]),
        ("snake_case", ["snake", "case"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("Größe naïve Москва", ["größe", "naïve", "москва"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b>bold</b> &lt;i&gt;slanted&lt;/i&gt; a &amp; b", ["bold", "slanted", "a", "b"]),
        (r"\textbf{strong} \emph{words}", ["strong", "words"]),
        (r"as shown~\cite{smith2020} in \url{x/y}", ["as", "shown", "in"]),
        (r"the rate $\mathcal{O}(n^2)$ is $n$ here", ["the", "rate", "is", "here"]),
        ("from $5 million to $6 million", ["from", "million", "to", "million"]),
        (r"\begin{itemize}one\end{itemize}", ["one"]),
    ],
)
def test_markup_and_mathematics_are_no_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_runs_end_at_punctuation_numbers_and_removed_things() -> None:
    text = "One two. Three, four (five) six https://a.org/b seven 12 eight\nnine"
    assert runs_of_words(text) == [
        ["one", "two"],
        ["three"],
        ["four"],
        ["five"],
        ["six"],
        ["seven"],
        ["eight", "nine"],
    ]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    runs = runs_of_words(text)
    assert all(runs)
    found = [w for run in runs for w in run]
    assert all(
        w == w.lower() and not any(c.isspace() for c in w) and any(c.isalnum() for c in w)
        for w in found
    )
    assert sum(map(len, found)) <= len(clean(text))


@pytest.mark.slow
def test_hostile_text_does_not_take_long() -> None:
    for piece in ("a-", "a.", "$x", "<a", "\\cite{", "a@", "http:", "(cid:"):
        assert isinstance(runs_of_words(piece * 20_000), list)
