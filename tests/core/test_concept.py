"""Concepts from outside: what they may be, and the sentence where they may not."""

import pytest

import trends as tr
from trends.core.given.concept import concepts_of, parts_of
from trends.errors import MissingError, UsageError


def written(tmp_path, text):
    path = tmp_path / "concepts.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_concepts_is_read(tmp_path):
    path = written(
        tmp_path,
        '[[concept]]\nname = "deep learning"\nwords = ["deep learning", "deep net*"]\n'
        'exclude = ["deep sea"]\nat_least = 2\n\n[[concept]]\nname = "examples"\nexamples = ["a1"]',
    )
    first, second = tr.read_concepts(path)
    assert first == tr.Concept("deep learning", ("deep learning", "deep net*"), ("deep sea",), (),
                               (), 2)  # fmt: skip
    assert second.examples == ("a1",) and not second.words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"tables \[\[concept\]\] with the keys name, words"),
        ("concept = 3", r"tables \[\[concept\]\]"),
        ('title = "x"\n[[concept]]\nname = "a"\nwords = ["b"]', "'title' is not allowed there"),
        ("[[concept]]\nname = 'a'\nword = ['b']", "unknown key 'word' in concept 1"),
        ("[[concept]]\nwords = ['b']", "concept 1: A concept needs a name"),
        ("[[concept]]\nname = 3\nwords = ['b']", "A concept needs a name"),
        ("[[concept]]\nname = 'a'", "neither words nor examples"),
        ("[[concept]]\nname = 'a'\nwords = 'b'", "words of the concept 'a' is a list of texts"),
        ("[[concept]]\nname = 'a'\nwords = [3]", "holds 3; each is a text"),
        ("[[concept]]\nname = 'a'\nwords = ['C++']", r"'C\+\+' cannot be looked for"),
        ("[[concept]]\nname = 'a'\nwords = ['*']", "two letters beside its wildcards"),
        ("[[concept]]\nname = 'a'\nwords = ['a*b*c*d*e']", "more than 3 wildcards"),
        ("[[concept]]\nname = 'a'\nwords = ['b-c', 'B C']", "name 'b c' twice"),
        ("[[concept]]\nname = 'a'\nwords = ['b']\nat_least = true", "at_least .* whole number"),
        ("[[concept]]\nname = 'a'\nwords = ['b']\nat_least = 0", "between 1 and"),
        ("[[concept]]\nname='a'\nwords=['b']\n[[concept]]\nname='a'\nwords=['c']", "unique"),
        ("[[concept]\n", "is not TOML"),
        ("[[concept]]\nname='a'\nwords=[" + "'b'," * 201 + "]", "201 words; 200 are allowed"),
    ],
)
def test_what_is_not_allowed_is_said(tmp_path, text, said):
    with pytest.raises(UsageError, match=said):
        tr.read_concepts(written(tmp_path, text))


def test_a_file_that_is_not_there_or_too_large(tmp_path, monkeypatch):
    with pytest.raises(MissingError, match="no file of concepts"):
        tr.read_concepts(tmp_path / "none.toml")
    monkeypatch.setattr("trends.runs.concepts.concept_file.MOST_BYTES", 10)
    with pytest.raises(UsageError, match="at most"):
        tr.read_concepts(written(tmp_path, "[[concept]]\nname='a'\nwords=['b']"))


def test_too_many_concepts_are_refused():
    with pytest.raises(UsageError, match="101 concepts"):
        concepts_of({"concept": [{"name": str(i), "words": ["b"]} for i in range(101)]}, "x")


def test_words_are_spelt_alike():
    assert parts_of("Self-Supervised  LEARNING*") == ("self", "supervised", "learning*")
    assert parts_of("हिन्दी") == ("हिन्दी",)


def test_words_are_taken_away_and_added():
    concept = tr.Concept("a", ("b", "c d"), at_least=2)
    assert concept.without("b").words == ("c d",)
    assert concept.with_words(["c-d", "e"]).words == ("b", "c d", "e")
    assert concept.without("b").at_least == 2
