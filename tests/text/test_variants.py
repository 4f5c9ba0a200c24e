"""One form for each word, by evidence in the corpus only."""

from __future__ import annotations

from trends.text.tokens.tokenize import runs_of_words
from trends.text.tokens.variants import s_stem

from . import reference


def apply(texts: list[str], text: str) -> list[str]:
    variants = reference.learn([runs_of_words(t) for t in texts])
    return [word for run in runs_of_words(text) for word in reference.apply(variants, run)]


def test_an_attested_closed_form_replaces_the_hyphenated_and_the_open_form() -> None:
    corpus = [
        "pretraining helps.",
        "pretraining hurts.",
        "pre-training helps.",
        "pre training helps.",
    ]
    assert apply(corpus, "pre-training, pretraining, pre training") == ["pretraining"] * 3


def test_a_single_closed_form_is_a_slip() -> None:
    corpus = [
        "visionlanguage data.",
        *["vision-language data."] * 4,
        "vision data.",
        "vision.",
        "language data.",
        "language.",
    ]
    assert apply(corpus, "vision-language") == ["vision", "language"]


def test_a_common_open_form_is_no_slip_of_a_rare_closed_one() -> None:
    corpus = [
        *["machine translation helps."] * 41,
        *["machinetranslation."] * 2,
        *["machine-translation systems."] * 4,
    ]
    assert (
        apply(corpus, "machine translation, machine-translation, machinetranslation")
        == ["machine", "translation"] * 3
    )
    # Where a tenth is written together, it is one word.
    assert apply(corpus[1:], "machine translation") == ["machinetranslation"]


def test_a_compound_with_parts_that_are_no_words_stays_whole() -> None:
    corpus = ["self-supervised learning."] * 3
    assert apply(corpus, "self-supervised or self supervised") == [
        "self-supervised",
        "or",
        "self-supervised",
    ]


def test_compounds_with_digits_or_function_words_are_not_split() -> None:
    corpus = ["gpt-4 is end-to-end, gpt is at an end.", "gpt-4 is end-to-end, gpt is at an end."]
    assert apply(corpus, "gpt-4 end-to-end") == ["gpt-4", "end-to-end"]


def test_a_common_open_sequence_is_no_compound() -> None:
    corpus = ["in-domain data.", "in-domain data.", *["errors in domain names."] * 5]
    assert apply(corpus, "in domain and in-domain") == ["in", "domain", "and", "in-domain"]


def test_plurals_are_folded_onto_attested_singulars_only() -> None:
    corpus = [
        "a model. an approach. one box. a study.",
        "models, approaches, boxes, studies, analyses, glasses, bias.",
    ]
    assert apply(corpus, "models approaches boxes studies") == ["model", "approach", "box", "study"]
    assert apply(corpus, "analyses glasses bias") == ["analyses", "glasses", "bias"]


def test_an_adjective_is_no_singular() -> None:
    corpus = ["a new thing for the news.", *["some new things."] * 30, "the model and models."]
    assert apply(corpus, "news models") == ["news", "model"]


def test_without_borders_between_words_there_is_no_evidence() -> None:
    assert apply(["model models " * 200], "models") == ["models"]


def test_s_stemmer_rules() -> None:
    assert s_stem("queries") == ("query",)
    assert s_stem("approaches") == ("approache", "approach")
    assert s_stem("corpus") == s_stem("class") == s_stem("gas") == ()
