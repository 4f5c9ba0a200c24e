"""Links to documents: made of identifiers, and never anything but ``http(s)``."""

from __future__ import annotations

import pytest

from trends.reports.links import checked, link_of


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({"arxiv_id": "arXiv:2305.13169v2"}, "https://arxiv.org/abs/2305.13169"),
        ({"arxiv_id": "cs.CL/0701001", "doi": None}, "https://arxiv.org/abs/cs.CL/0701001"),
        (
            {"doi": "https://doi.org/10.1126/sciadv.abg2652"},
            "https://doi.org/10.1126/sciadv.abg2652",
        ),
        ({"doi": '10.1000/a"b<c'}, "https://doi.org/10.1000/a%22b%3Cc"),
        ({"doi": "none", "url": "https://example.org/a?b=1#c"}, "https://example.org/a?b=1#c"),
        ({"url": "none", "url_in_source": "http://example.org/"}, "http://example.org/"),
        ({"url": float("nan")}, ""),
        ({}, ""),
    ],
)
def test_a_link_is_made_of_what_is_known(row, wanted):
    assert link_of(row) == wanted


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " https://example.org",
        "https://exa mple.org",
        "//example.org",
        "https://",
        "https://user@example.org",
        "https://[::1",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://example.org/\\x",
        "https://example.org/" + 3000 * "a",
        "https://example.org/\ud800",
    ],
)
def test_other_addresses_are_no_links(address):
    assert checked(address) == ""


def test_letters_that_end_an_attribute_are_quoted():
    assert checked("https://example.org/ü\"'><") == "https://example.org/%C3%BC%22%27%3E%3C"
