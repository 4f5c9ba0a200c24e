"""Several texts in one cell come back as they were, whatever letters they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.core import multivalue as cells

texts = st.text(st.sampled_from("ab \\|;\n$")).map(str.strip) | st.text().map(str.strip)


@given(
    st.lists(texts, min_size=1, max_size=5).filter(lambda t: t != [""]),
    st.sampled_from("|;"),
    st.sampled_from(["", " "]),
)
def test_texts_come_back(items, mark, around):
    cell = cells.join(items, mark, around)
    assert cells.split(cell, mark) == ([] if not cell.strip() else items)


@given(
    st.lists(
        st.text(st.characters(exclude_characters="|\\")).map(str.strip), min_size=1, max_size=3
    )
)
def test_plain_texts_are_joined_plainly(items):
    assert cells.join(items, "|", " ") == " | ".join(items)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("", []),
        ("  ", []),
        ("a", ["a"]),
        ("a | b", ["a", "b"]),
        (r"a \| b | c", ["a | b", "c"]),
        ("a |  | c", ["a", "", "c"]),
        ("end\\", ["end\\"]),
    ],
)
def test_cells_as_they_stand_in_tables(cell, wanted):
    assert cells.split(cell, "|") == wanted
