"""Corpora in seven languages with a planted trend: words for topics, and the trend."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import trends as tr

#: Language → what stands between words, function words, and the words of three topics.
LANGUAGES = {
    "zh": (
        "",
        "的 在 和 是 了",
        "蜜蜂 花粉 果园 农药",
        "睡眠 失眠 夜班 疲劳",
        "屋顶 电网 电池 阳光",
    ),
    "ja": (
        "",
        "の は を に が",
        "蜜蜂 花粉 果樹園 農薬",
        "睡眠 夜勤 疲労 寝室",
        "屋根 電池 電力 日光",
    ),
    "th": (
        "",
        "และ ที่ ใน ของ ให้",
        "ผึ้ง ดอกไม้ แมลง เกสร",
        "หมอน เตียง กลางคืน ห้องนอน",
        "หลังคา แบตเตอรี่ ไฟฟ้า พลังงาน",
    ),
    "ar": (
        " ",
        "في من على إلى عن",
        "النحل العسل الزهور الحديقة",
        "النوم الأرق الليل الحلم",
        "الشمس السطح الشبكة البطارية",
    ),
    "hi": (" ", "और में की है से", "मधुमक्खी छत्ता शहद फूल", "नींद अनिद्रा थकान सपना", "सौर बिजली बैटरी ऊर्जा"),
    "el": (
        " ",
        "και το να του της",
        "μέλισσα κυψέλη γύρη μέλι",
        "ύπνος αϋπνία νύχτα όνειρο",
        "ήλιος στέγη δίκτυο μπαταρία",
    ),
    "de": (
        " ",
        "und die der das nicht",
        "biene pollen honig blüte",
        "schlaf nacht müdigkeit traum",
        "sonne dach batterie stromnetz",
    ),
}
LIBRARY = {"zh": "rjieba", "ja": "sudachipy", "th": "pythainlp"}
#: Percentage points a year that the first topic gains.
SLOPE = 8.0


def made(language: str) -> pd.DataFrame:
    between, glue, *topics = LANGUAGES[language]
    rng = np.random.default_rng(4)
    own = [t.split() for t in topics]
    every = [word for words in own for word in words]
    rows = []
    for i in range(320):
        year = 2015 + i % 8
        p = 0.12 + SLOPE / 100 * (year - 2015)
        k = rng.choice(3, p=[p, (1 - p) / 2, (1 - p) / 2])
        words = [
            w
            for _ in range(14)
            for w in (
                rng.choice(own[k] if rng.random() < 0.85 else every),
                rng.choice(glue.split()),
            )
        ]
        rows.append((f"d{i}", f"{year}-{1 + i % 12:02d}-10", between.join(words) + "."))
    return pd.DataFrame(rows, columns=["id", "date", "text"])


@pytest.mark.parametrize(
    "language",
    # German stands for those with blanks and inflected words.
    [
        pytest.param(n, marks=pytest.mark.slow if n in ("el", "hi", "ja", "th") else ())
        for n in LANGUAGES
    ],
)
def test_topics_of_words_and_the_planted_slope(language: str) -> None:
    if language in LIBRARY:
        pytest.importorskip(LIBRARY[language])
    corpus = tr.read_corpus(made(language), text="text", date="date")
    assert set(corpus.documents["language"]) == {language}
    topics = tr.fit(corpus, "nmf", n_topics=3, rng=1)
    planted = [set(t.split()) for t in LANGUAGES[language][2:]]
    found = [{w for term in terms for w in term.split()} for terms in topics.top_terms(3)]
    order = [max(range(3), key=lambda k: len(found[k] & words)) for words in planted]
    assert sorted(order) == [0, 1, 2]
    for k, words in zip(order, planted, strict=True):
        assert found[k] <= words
    slopes = tr.fit_trends(tr.prevalence(topics, corpus, period="year")).frame()
    grown = slopes.set_index("topic").loc[order[0]]
    assert grown["lower"] < SLOPE < grown["upper"] and grown["p_adjusted"] < 0.01


@pytest.mark.parametrize(("language", "unit"), [("ja", "characters"), ("el", "words")])
def test_the_length_of_a_text_without_blanks_is_not_one_word(language: str, unit: str) -> None:
    from trends.runs.tasks.audit import material

    found = material(tr.read_corpus(made(language), text="text", date="date"))
    assert found.unit == unit and found.lengths.min() > 20


def test_a_corpus_in_two_languages_says_so() -> None:
    from trends.runs.config.settings import TextConfig
    from trends.runs.tasks.terms import all_counts, notes

    both = pd.concat([made("de").assign(id=lambda f: "a" + f["id"]), made("el")])
    corpus = tr.read_corpus(both, text="text", date="date")
    counts = all_counts(corpus, TextConfig())
    assert counts.settings["function_words"] == ["en", "de", "el"]
    assert not {"und", "και"} & set(counts.vocabulary)
    (said,) = notes(corpus, counts)
    assert "several languages" in said and "de 50%" in said and "corpus.languages" in said


def test_an_encoder_of_one_language_is_said_and_another_is_one_setting() -> None:
    from trends.runs.config.settings import EmbedConfig
    from trends.runs.tasks.vectors import foreign

    corpus = tr.read_corpus(made("el"), text="text", date="date")
    (said,) = foreign(corpus, EmbedConfig())
    assert "most documents are in el" in said and "embed.model" in said
    own = EmbedConfig(model="org/multilingual")
    assert (own.model, own.path) == ("sentence-transformers", "org/multilingual")
    assert EmbedConfig(model="made/vectors.npz").model == "precomputed"
    assert foreign(corpus, own) == []
