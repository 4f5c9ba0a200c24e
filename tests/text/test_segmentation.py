"""Scripts without blanks are divided into words, or refused with the extra that would do it."""

from __future__ import annotations

import pytest

from trends.errors import MissingError
from trends.text.counting.count import count_stream, count_terms
from trends.text.tokens import segmentation
from trends.text.tokens.stopwords import stop_words
from trends.text.tokens.tokenize import runs_of_words

LIBRARY = {
    "chinese": "rjieba",
    "japanese": "sudachipy",
    "thai": "pythainlp",
    "lao": "icu4py",
    "khmer": "icu4py",
    "burmese": "icu4py",
}
TEXTS = {
    "chinese": ("屋顶太阳能电池，蜜蜂的数量减少", "太阳能", "蜜蜂"),
    "japanese": ("睡眠の質を改善する研究。太陽光と蓄電池", "睡眠", "蓄電池"),
    "thai": ("การนอนหลับที่ดีช่วยให้สุขภาพแข็งแรง", "นอนหลับ", "สุขภาพ"),
    "lao": ("ຂ້ອຍມັກຮຽນພາສາ", "ຮຽນ", "ພາສາ"),
    "khmer": ("ខ្ញុំចូលចិត្តរៀនភាសាខ្មែរ", "រៀន", "ចូលចិត្ត"),
    "burmese": ("ကျွန်တော်မြန်မာစာလေ့လာသည်", "မြန်မာ", "လေ့လာ"),
}


def absent(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = MissingError(f'install it with: pip install "topic-trends[{script}]".')
    of = segmentation._library
    monkeypatch.setattr(segmentation, "_library", lambda s: missing if s == script else of(s))


@pytest.mark.parametrize("script", TEXTS)
def test_words_of_a_script(script: str) -> None:
    pytest.importorskip(LIBRARY[script])
    text, *words = TEXTS[script]
    found = [word for run in runs_of_words(text) for word in run]
    assert set(words) <= set(found)
    settings = count_terms(["a"], [text]).settings
    assert list(settings["segmentation"]) == [script]
    assert LIBRARY[script] in settings["segmentation"][script]


def test_han_is_japanese_beside_kana_and_chinese_elsewhere() -> None:
    assert list(segmentation.scripts("研究の質")) == ["japanese"]
    assert list(segmentation.scripts("研究质量")) == ["chinese"]
    assert list(segmentation.scripts("studies of bees – Bienen, μέλισσα, 꿀벌, मधुमक्खी")) == []


def test_words_of_several_scripts_in_one_piece() -> None:
    pytest.importorskip("rjieba")
    pytest.importorskip("pythainlp")
    assert runs_of_words("GPT-4模型สุขภาพ") == [["gpt-4", "模型", "สุขภาพ"]]


def test_a_very_long_text_takes_bounded_pieces() -> None:
    pytest.importorskip("sudachipy")  # which refuses more than 49,149 bytes
    (run,) = runs_of_words("睡眠の質を" * 20_000)
    assert run.count("睡眠") > 19_900


def test_a_corpus_whose_library_is_missing_is_refused_with_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent("chinese", monkeypatch)
    with pytest.raises(MissingError, match=r"10 of 10 texts hold Chinese.*topic-trends\[chinese\]"):
        count_terms(list("abcdefghij"), [TEXTS["chinese"][0]] * 10)


def test_a_stray_text_stays_as_it_is_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    absent("chinese", monkeypatch)
    texts = ["bees and flowers"] * 30 + ["蜜蜂的数量减少"]
    counts = count_terms([str(i) for i in range(31)], texts)
    assert counts.settings["segmentation"] == {
        "chinese": "not divided in 1 of 31 texts: topic-trends[chinese] is not installed"
    }
    assert "蜜蜂的数量减少" in counts.vocabulary


def test_function_words_by_language() -> None:
    assert {"und", "nicht", "the", "of"} <= stop_words(["de"])
    assert stop_words(["en", "xx"]) == stop_words()
    texts = ["Die Bienen und die Blumen sind nicht in der Wiese"] * 3
    plain = count_terms(list("abc"), texts)
    german = count_stream([(list("abc"), texts)], languages=["de"])
    assert "und" in plain.vocabulary and plain.settings["function_words"] == ["en"]
    assert set(german.vocabulary) <= {"bienen", "blumen", "wiese"}
    assert german.settings["function_words"] == ["en", "de"]
