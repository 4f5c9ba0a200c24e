"""XML from outside: bounded, well-formed, nothing expanded."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from trends.errors import DataError
from trends.sources.io import xml_stream
from trends.sources.io.xml_stream import content, elements, root_of


def walk(path, *wanted):
    return [content(element) for _, _, element in elements(path, wanted)]


def test_elements_come_one_by_one_with_their_text(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(
        '<r xmlns="urn:x"><p>One <i>two</i><!-- no --> three</p><q>not</q><p><p>inner</p> and '
        "outer</p></r>",
        encoding="utf-8",
    )
    assert walk(path, "p") == ["One two three", "inner and outer"]


def test_a_document_type_that_only_names_its_definition_is_passed_over(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(
        '<!DOCTYPE r PUBLIC "-//X//Y" "https://example.org/x.dtd"><r><p>A&nbsp;b</p></r>',
        encoding="utf-8",
    )
    assert walk(path, "p") == ["A&nbsp;b"]


@pytest.mark.parametrize(
    "subset", ['<!ENTITY a "b">', "<!ELEMENT r ANY>", '<!ENTITY % a SYSTEM "file:///etc/hostname">']
)
def test_declarations_of_its_own_are_refused(subset, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(f"<!DOCTYPE r [{subset}]><r><p>A</p></r>", encoding="utf-8")
    with pytest.raises(DataError, match="declares entities or elements of its own"):
        walk(path, "p")


@pytest.mark.parametrize(
    "text",
    [
        "<r><p>a</p>",
        "<r><p>a</q></r>",
        "<r>" + "<a>" * 1000,
        "<r><p>" + "x" * 11_000_000 + "</p></r>",
        "<r>\x00</r>",
        "<r>&lol;</r>",
    ],
    ids=["cut", "crossed", "deep", "long", "zero", "unknown entity"],
)
def test_what_is_not_well_formed_or_too_large_is_refused(text, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.xml is not well-formed XML"):
        walk(path, "p")


def test_one_record_of_endless_parts_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xml_stream, "MAX_PARTS", 100)
    path = tmp_path / "a.xml"
    path.write_text("<r>" + f"<p>{'<a/>' * 50}</p>" * 5 + "</r>", encoding="utf-8")
    assert len(walk(path, "p")) == 5
    path.write_text(f"<r><p>{'<a/>' * 200}</p></r>", encoding="utf-8")
    with pytest.raises(DataError, match="more than 100 elements"):
        walk(path, "p")


@pytest.mark.parametrize("wanted", ["p", "other"])
def test_memory_does_not_grow_with_the_file(wanted, tmp_path):
    path = tmp_path / "a.xml.gz"
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as f:
        f.write(
            "<r>" + "".join(f"<p><t>{i} {'word ' * 100}</t></p>" for i in range(20_000)) + "</r>"
        )
    tracemalloc.start()
    n = sum(1 for _ in elements(path, (wanted,)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n == (20_000 if wanted == "p" else 0)
    assert peak < 8 * 2**20


@pytest.mark.parametrize(
    ("start", "root"),
    [
        (b"<?xml version='1.0'?><!-- x --><a:feed xmlns:a='urn:y'>", ("feed", "urn:y")),
        (b"<r", ("", "")),
        (b"<<", ("", "")),
    ],
)
def test_the_root_is_known_from_the_start(start, root):
    assert root_of(start) == root
