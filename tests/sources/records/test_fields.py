"""Values whose types are not to be trusted."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.sources.records import fields

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.slow
@given(ANY)
def test_any_value_has_a_text_and_an_identifier_or_none(value):
    for found in (
        fields.text(value),
        fields.doi(value),
        fields.arxiv_id(value),
        fields.digits(value),
        *fields.texts(value),
    ):
        assert isinstance(found, str)
        found.encode()
        assert "\0" not in found
    date, problem = fields.dating(value)
    assert date is None or date.precision.value in ("year", "month", "day") or not problem
    for kept in fields.known(x=value).values():
        assert isinstance(kept, str | int | float | bool)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("http://arxiv.org/abs/2001.00011v3", "2001.00011"),
        ("arXiv:2001.00011", "2001.00011"),
        ("oai:arXiv.org:hep-th/9901001", "hep-th/9901001"),
        ("https://arxiv.org/pdf/math.CO/0703001v2", "math.CO/0703001"),
        ("2001.00011", "2001.00011"),
        ("W2001", ""),
        ("1.2001.00011", ""),
    ],
)
def test_arxiv_identifiers(written, name):
    assert fields.arxiv_id(written) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("https://doi.org/10.1234/AbC.", "10.1234/abc"),
        ("doi: 10.1234/x(1)", "10.1234/x(1)"),
        ("10.1/x", ""),
        (None, ""),
    ],
)
def test_dois(written, name):
    assert fields.doi(written) == name


def test_only_days_are_days():
    assert fields.days(a="2019-05-03T23:00:00-05:00", b="2019-05", c="x", d=None) == (
        ("a", dt.date(2019, 5, 4)),
    )


def test_metadata_is_short_and_flat():
    kept = fields.known(
        a=True,
        b=3,
        c=2.5,
        d=["x", "", "y"],
        e={"f": 1},
        g=None,
        h=float("nan"),
        i="z" * 5000,
        j=10**30,
    )
    assert kept == {"a": True, "b": 3, "c": 2.5, "d": "x; y", "i": "z" * fields.MAX_VALUE}
