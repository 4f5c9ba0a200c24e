"""Words are those of the rules in their plainest form, to the last border."""

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

from trends.text.counting.encode import encode, encode_chunks
from trends.text.tokens import segmentation, tokenize

from .reference import decode

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
    out = unicodedata.normalize("NFKC", out.lower())
    return out.replace("\u0e4d\u0e32", "\u0e33").replace("\u0ecd\u0eb2", "\u0eb3")


def plain_runs(text: str) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    divide = segmentation.divider(plain_clean(text)) or (lambda word: [word])
    for match in tokenize._word_pattern().finditer(plain_clean(text)):
        word = CLITIC.sub("", match["word"] or "")
        if word and not match["word"].endswith("n't") and not word.replace("-", "").isnumeric():
            runs[-1].extend(divide(word))
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


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.lists(nasty | st.text(max_size=40), max_size=6))
def test_any_texts_have_the_words_of_the_plain_rules(texts: list[str]) -> None:
    expected = [plain_runs(text) for text in texts]
    assert [tokenize.runs_of_words(text) for text in texts] == expected
    names, words, lengths = encode(texts)
    assert decode(names, words, lengths) == expected
    assert names == list(dict.fromkeys(word for runs in expected for run in runs for word in run))


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
        assert tokenize.runs_of_words(before + text) == plain_runs(before + text)


@pytest.mark.slow
def test_hostile_texts_are_encoded() -> None:
    pieces = ("a-", "a.", "$x", "<a", "\\cite{", "a@", "http:", "(cid:", "et ", "é- ", "a b")
    texts = [piece * 20_000 for piece in pieces]
    assert len(encode(texts)[2]) == len(texts)


@pytest.mark.parametrize("workers", [1, 2])
def test_numbers_do_not_depend_on_processes(workers: int) -> None:
    chunks = [
        [f"New word-{n} et al. and model{n}s, pre- training {n % 7}." for n in range(at, at + 10)]
        for at in range(0, 60, 10)
    ]
    number: dict[str, int] = {}
    found = list(encode_chunks(chunks, number, workers=workers))
    plain: dict[str, int] = {}
    for (words, lengths), texts in zip(found, chunks, strict=True):
        names, codes, sizes = encode(texts)
        table = np.array([0, *(plain.setdefault(name, len(plain) + 1) for name in names)])
        assert np.array_equal(words, table[codes])
        assert np.array_equal(lengths, sizes)
    assert number == plain


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
    for text in texts:
        assert tokenize.runs_of_words(text) == plain_runs(text)
