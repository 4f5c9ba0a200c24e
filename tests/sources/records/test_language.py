from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.errors import UsageError
from trends.sources.records.language import SURE, UNKNOWN, code, codes, guess, model


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("eng", "en"),
        ("English", "en"),
        ("de_DE", "de"),
        ("ger", "de"),
        ("zho", "zh"),
        ("und", ""),
        ("", ""),
        ("?", ""),
    ],
)
def test_declared_languages(declared, expected):
    assert code(declared) == expected


def test_languages_to_keep_must_be_languages():
    assert codes(["en", "German"]) == ("en", "de")
    with pytest.raises(UsageError, match="not a language"):
        codes(["en", "12"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            (
                "We show that the number of topics has little influence on the slopes of the "
                "shares "
                "and of their intervals."
            ),
            "en",
        ),
        (
            (
                "Wir zeigen, dass die Anzahl der Themen nur wenig Einfluss auf die Steigung der "
                "Anteile und deren Intervalle hat."
            ),
            "de",
        ),
        (
            (
                "Nous montrons que le nombre de thèmes a peu d'influence sur les pentes des "
                "parts et "
                "sur leurs intervalles."
            ),
            "fr",
        ),
        (
            (
                "Mostramos que el número de temas tiene poca influencia en las pendientes de las "
                "proporciones y de sus intervalos."
            ),
            "es",
        ),
    ],
)
def test_languages_are_told_apart(text, language):
    found, probability = guess(text)
    assert found == language and probability > 0.9


def test_short_texts_and_numbers_are_not_guessed():
    assert guess("BERT") == (UNKNOWN, 0.0)
    assert guess("84 104 105 115 32 112 97 112 101 114 32 112 114 101")[0] == UNKNOWN


@given(st.text(max_size=500))
def test_any_text_can_be_guessed(text):
    found, probability = guess(text)
    assert 0 <= probability <= 1.0001
    assert found == UNKNOWN or probability >= SURE


@pytest.mark.slow
def test_function_words_and_the_model_agree_on_real_abstracts(shared):
    with gzip.open(shared / "data" / "acl.jsonl.gz", "rt", encoding="utf-8") as f:
        texts = [
            " ".join((json.loads(line)["abstract"] or "").split())
            for i, line in enumerate(f)
            if i % 40 == 0
        ]
    fast = [t for t in texts if guess(t) == ("en", 0.999)]
    assert len(fast) > 0.7 * len(texts)
    assert sum(model().classify(t[:400])[0] != "en" for t in fast) == 0
