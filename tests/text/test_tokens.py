"""Texts looked up in a table of tokens give the words of the plain way, to the last border."""

from __future__ import annotations

import gzip
import html
import itertools
import json
import re
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.text.counting import encode as encode_module
from trends.text.counting.count import count_terms
from trends.text.counting.encode import Encoder, decoded, encode, encoded
from trends.text.tokens import table as tokens
from trends.text.tokens import tokenize
from trends.text.tokens.table import Tokens

# The rules in their plainest form, each applied to the whole text.
CITATION = re.compile(r"\bet\.?\s+al\b\.?", re.IGNORECASE)
LINE_BREAK = re.compile(
    r"(?<=[^\W\d_]{2})-[ \n]+(?=(?!and\b|or\b|to\b|but\b|nor\b|as\b)[^\W\d_]{2})"
)
CLITIC = re.compile(r"'(?:s|re|ve|ll|d|m)?$")


def plain_clean(text: str) -> str:
    out = unicodedata.normalize("NFKC", tokenize._TAG.sub(" | ", html.unescape(text)))
    out = tokenize._PDF_GLYPH.sub(" ", tokenize._PDF_HYPHEN.sub("", out))
    out = tokenize._APOSTROPHES.sub(
        "'", tokenize._DASHES.sub("-", tokenize._INVISIBLE.sub("", out))
    )
    out = tokenize._ADDRESS.sub(" | ", tokenize._COMMAND_WITH_KEY.sub(" | ", out))
    out = tokenize._COMMAND.sub(" ", tokenize._ACCENT.sub(r"\1", tokenize._MATH.sub(" | ", out)))
    out = LINE_BREAK.sub("-", CITATION.sub(" | ", out.replace("{", "").replace("}", "")))
    return unicodedata.normalize("NFKC", out.lower())


def plain_runs(text: str) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for match in tokenize._word_pattern().finditer(plain_clean(text)):
        word = CLITIC.sub("", match["word"] or "")
        if word and not match["word"].endswith("n't") and not word.replace("-", "").isnumeric():
            runs[-1].append(word)
        else:
            runs.append([])
    return [run for run in runs if run]


PIECES = [
    *("et", "Et", "et.", "(et", "x-et", "et,", "al", "al.", "AL.", "alpha", "et al.", "aux"),
    *(
        "doi",
        "DOI",
        "arXiv",
        "arxıv",
        "http",
        "https:",
        "www",
        "www.",
        "www.,",
        "x.ıo",
        "lab.github.İo",
        "github.com",
        "a.b/c",
    ),
    *(
        ":",
        "/",
        "//",
        "://",
        "http:/",
        "//x",
        "@",
        "me@x.y",
        "e.g.",
        "i.e.,",
        "com",
        "a.com,",
        "N.Y.",
        "12:30",
        "x:y",
    ),
    *(
        "-",
        "--",
        "pre-",
        "trans-",
        "a-",
        "é-",
        "a--b",
        "and",
        "or",
        "form",
        "to",
        "pre-training",
        "état-major",
        "x-ray",
        "-x",
    ),
    *(
        "1",
        "1,000",
        "2019).",
        "3d",
        "1.5b",
        "10,000-word",
        "GPT-4",
        "F1",
        "3-4",
        "3'4",
        "+3",
        "100%",
        "½",
        "x²",
        "三",
        "Ⅷ",
    ),
    *(
        "'",
        "s'",
        "don't",
        "we're",
        "authors’",
        "d‘un",
        "\u02bcs",
        "modelʼs",
        '"word"',
        "[word]",
        "(word)",
        "word.)",
        "word!?",
        "#",
    ),
    *(
        "$",
        "$x$",
        "$5",
        "\\cite{a b}",
        "\\textbf{",
        "}",
        "{",
        "\\(",
        "\\)",
        "\\[",
        "\\alpha",
        "\\'e",
        "_",
        "snake_case",
        "|",
        "~",
    ),
    *(
        "&amp;",
        "&",
        "&lt;b&gt;",
        "<b>",
        "<",
        "<\u0338",
        "(cid:173)",
        "(cid:12)",
        "(cid:",
        "\u00ad",
        "soft\u00adware",
    ),
    *(
        "\u200b",
        "\u200bal",
        "et\u200b",
        "\u2060",
        "\ufeff",
        "\u2010",
        "pre\u2010",
        "\uff0d",
        "\uff07",
        "http\uff1a",
        "\uff0f",
        "\uff20",
    ),
    *(
        "\uff45\uff54",
        "\uff41\uff4c",
        "ﷺ",
        "\u00a8",
        "\u037a",
        "\u0301",
        "\u0345",
        "ΑΣ",
        "ΑΣ'Β",
        "İ",
        "ı",
        "ß",
        "ſ",
        "\u212a",
        "ﬁ",
        "𝐞𝐭",
    ),
    *(
        "हिन्दी",
        "क्",
        "ไทย",
        "가",
        "ᄀ",
        "\udc80",
        "😀",
        "\x00",
        "\x7f",
        "The",
        "MODEL",
        "models",
        "a",
        "b",
        "été",
        "Москва",
    ),
]
BLANKS = [
    " ",
    " ",
    " ",
    " ",
    "",
    "\n",
    "  ",
    " \n",
    "\r\n",
    "\x1c",
    "\x1f",
    "\x85",
    "\xa0",
    "\u2003",
    "\u1680",
    "\u2028",
    "\u3000",
]
nasty = st.lists(
    st.tuples(st.sampled_from(PIECES) | st.text(max_size=4), st.sampled_from(BLANKS)), max_size=8
).map(lambda parts: "".join(itertools.chain(*parts)))
#: Beside a new table, one that has seen the texts of all examples.
SEEN = Tokens()


@settings(max_examples=400, deadline=None)
@given(st.lists(nasty | st.text(max_size=40), max_size=6))
def test_any_texts_have_the_words_of_the_plain_way(texts: list[str]) -> None:
    expected = [plain_runs(text) for text in texts]
    assert [tokenize.runs_of_words(text) for text in texts] == expected
    assert list(decoded(*encode(texts))) == expected
    for table in (Tokens(), SEEN):
        names, words, lengths = table.encode(texts)
        assert list(decoded(names, words, lengths)) == expected
        assert names == list(
            dict.fromkeys(word for runs in expected for run in runs for word in run)
        )


@settings(max_examples=300, deadline=None)
@given(nasty, nasty)
def test_what_stands_beside_it_changes_no_token_that_is_read_alone(left: str, right: str) -> None:
    parts = [*left.split(" "), *right.split(" ")]
    found = [tokenize.alone(part) for part in parts]
    if None not in found:
        words = [word for pieces in found for word in pieces or ()]
        runs = [list(run) for is_word, run in itertools.groupby(words, bool) if is_word]
        assert runs == plain_runs(" ".join(parts))


@pytest.mark.parametrize(
    "text",
    [
        "Smith et al. say, et alors, et\nal",
        "the market et. al, and set al",
        "http : //a b, see doi : 10.1/x y; arXiv: 2101.1 z",
        "trans- formation, pre- and post-, a- b",
        "one $x + y$ two \\cite{a b} three &amp; four",
        "soft\u00ad ware, a\u2028b, Ortho(cid:173) normal",
    ],
)
def test_what_goes_over_blanks_is_found(text: str) -> None:
    for before in ("", "plain words "):
        assert list(decoded(*Tokens().encode([before + text, "word"]))) == [
            plain_runs(before + text),
            [["word"]],
        ]


def test_a_table_grows_and_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "BATCH", 500)
    monkeypatch.setattr(tokens, "MOST", 300)
    table = Tokens()
    rng = np.random.default_rng(4)
    for _ in range(20):
        texts = [
            " ".join(f"w{'xyz'[n % 3]}{n}{',/'[n % 2]}" for n in rng.integers(0, 900, 40))
            for _ in range(20)
        ]
        assert list(decoded(*table.encode(texts))) == [plain_runs(text) for text in texts]
    assert list(decoded(*table.encode([]))) == []
    assert list(decoded(*table.encode(["", " ", "1 2", "word"]))) == [[], [], [], [["word"]]]


def test_hostile_texts_are_encoded() -> None:
    texts = [
        piece * 20_000
        for piece in (
            "a-",
            "a.",
            "$x",
            "<a",
            "\\cite{",
            "a@",
            "http:",
            "(cid:",
            "et ",
            "et a ",
            "é- ",
            "a b",
        )
    ]
    assert list(decoded(*Tokens().encode(texts))) == [
        tokenize.runs_of_words(text) for text in texts
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_numbers_do_not_depend_on_the_way(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # The table is used from the third chunk on.
    monkeypatch.setattr(encode_module, "MANY", 25)
    chunks = [
        [f"New word-{n} et al. and model{n}s, pre- training {n % 7}." for n in range(at, at + 10)]
        for at in range(0, 60, 10)
    ]
    number: dict[str, int] = {}
    found = list(encoded(chunks, number, workers=workers))
    plain: dict[str, int] = {}
    for (words, lengths), texts in zip(found, chunks, strict=True):
        names, codes, sizes = encode(texts)
        table = np.array([0, *(plain.setdefault(name, len(plain) + 1) for name in names)])
        assert np.array_equal(words, table[codes])
        assert np.array_equal(lengths, sizes)
    assert number == plain


def test_many_texts_give_the_counts_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        f"Pre-training of {'language models' if n % 3 else 'a language model'} et al. n{n % 5}, "
        "see a.com"
        for n in range(60)
    ]
    ids = [f"d{n}" for n in range(60)]
    few = count_terms(ids, texts)
    monkeypatch.setattr(encode_module, "MANY", 1)
    many = count_terms(ids, texts)
    assert many.vocabulary == few.vocabulary
    assert (many.matrix != few.matrix).nnz == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["acl.jsonl.gz", "hf_daily.jsonl.gz", "neurips_1987_2018.jsonl.gz"]
)
def test_texts_of_corpora(shared: Path, name: str) -> None:
    with gzip.open(shared / "data" / name, "rt", encoding="utf-8") as f:
        texts = [
            " ".join(str(v) for v in json.loads(line).values())
            for line in itertools.islice(f, 0, None, 15)
        ]
    assert len(texts) > 100
    encoder = Encoder()
    encoder.encode(["a"] * encode_module.MANY)
    for text, runs in zip(texts, decoded(*encoder.encode(texts)), strict=True):
        assert runs == plain_runs(text)
