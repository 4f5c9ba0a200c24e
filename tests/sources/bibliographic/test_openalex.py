"""OpenAlex: dates that are known to the year, inverted abstracts, flags."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from trends.sources import read_corpus
from trends.sources.bibliographic.openalex import MAX_WORDS, invert_abstract, records

SAMPLE = Path(__file__).parents[1] / "samples" / "openalex.json"


def test_works_of_an_answer():
    ponds, year, gone, odd = records([SAMPLE])
    assert ponds.ids == {
        "openalex": "W1001",
        "doi": "10.1234/pond.1",
        "pmid": "1234567",
        "arxiv": "1912.00099",
    }
    assert (ponds.text, ponds.venue, ponds.language) == (
        "Frogs like ponds and like rain.",
        "Journal of Ponds",
        "en",
    )
    assert (ponds.date.written, year.date.written) == (
        "2020-04-17",
        "2018",
    )  # the first of January stands for a year
    assert gone.flags == ("retracted",)
    assert [rival.written for rival in odd.rivals] == ["2016"]


def test_a_year_that_contradicts_the_day_is_listed():
    (row,) = read_corpus([SAMPLE]).notes["conflicts"]
    assert (row["id"], row["kept"], row["other"]) == ("W1004", "2019-07-08", "2016")


def test_works_one_a_line_and_pages_one_a_line(tmp_path):
    answer = json.loads(SAMPLE.read_text(encoding="utf-8"))
    lines, pages = tmp_path / "works.jsonl", tmp_path / "pages.jsonl"
    lines.write_text("\n".join(map(json.dumps, answer["results"])), encoding="utf-8")
    pages.write_text(
        "\n".join(json.dumps({**answer, "results": [work]}) for work in answer["results"]),
        encoding="utf-8",
    )
    whole = read_corpus([SAMPLE]).fingerprint
    assert read_corpus([lines]).fingerprint == whole
    assert read_corpus([pages]).fingerprint == whole


@given(
    st.lists(
        st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=6),
        max_size=40,
    )
)
def test_an_inverted_text_comes_back(words):
    index: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        index.setdefault(word, []).append(at)
    assert invert_abstract(index) == " ".join(words)


def test_positions_that_cannot_be_meant_cost_no_memory():
    index = {"a": [10**12, -1, 0, True, "x", None], "b": "0", "c": [1], "d": {"e": 1}}
    assert invert_abstract(index) == "a c"
    assert len(invert_abstract({"w": list(range(5 * MAX_WORDS))}).split()) <= MAX_WORDS
    assert invert_abstract(["a"]) == invert_abstract(None) == ""
