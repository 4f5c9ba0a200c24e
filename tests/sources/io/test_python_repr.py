"""Python's written form: what ``repr`` writes comes back, and nothing is evaluated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.sources.io.python_repr import MAX_DEPTH, parse

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_what_is_written_comes_back(value):
    assert parse(repr(value)) == value
    assert parse(ascii(value)) == value


@given(st.text(max_size=60))
def test_any_text_is_a_value_or_a_clause(text):
    try:
        parse(text)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "f(1)",
        "1 + 1",
        "[1",
        "{1: 2}",
        "{'a' 1}",
        "{'a': 1} 2",
        "b'a'",
        "f'{1}'",
        "__import__('os')",
        "[1 2]",
        "lambda: 0",
        "'open",
        "9" * 5000,
        "{'a'}",
        "'\\U00110000'",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"[a-z]"):
        parse(text)


def test_depth_is_bounded():
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None
    for sign in ("[", "(", "{'a':", "-", "not ", "[1,"):
        for n in (MAX_DEPTH + 2, 10_000):
            with pytest.raises(ValueError, match=r"[a-z]"):
                parse(
                    sign * n
                    + "1"
                    + {"[": "]", "(": ",)", "{'a':": "}", "[1,": "]"}.get(sign, "") * n
                )
    with pytest.raises(ValueError, match="longer than"):
        parse("[]," * 100_000)


def test_tuples_are_lists():
    assert parse("(1, ['a'], ())") == [1, ["a"], []]
