from __future__ import annotations

import gzip
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.errors import DataError, MissingError, UsageError
from trends.sources.io.bounded import Limits, open_stream
from trends.sources.io.lines import open_lines

WESTERN = "Grüße aus Köln: naïve Café-Besucher überlegen.\n"


@pytest.fixture
def file(tmp_path):
    def write(data):
        path = tmp_path / "file"
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (WESTERN, "utf-8", "utf-8"),
        (WESTERN, "utf-8-sig", "utf-8-sig"),
        (WESTERN, "utf-16", "utf-16"),
        (WESTERN, "utf-16-le", "utf-16-le"),
        (WESTERN, "utf-16-be", "utf-16-be"),
        (WESTERN, "latin-1", "latin-1"),
        ("“Grüße” – ein Café\n", "cp1252", "cp1252"),
        ("plain ASCII\n", "ascii", "utf-8"),
        ("日本語のテキスト\n", "utf-8", "utf-8"),
    ],
)
def test_encodings_are_found_by_evidence(file, text, encoding, found):
    path = file(text.encode(encoding))
    lines = open_lines(path)
    assert list(lines) == [(1, text.rstrip("\n"))]
    assert lines.encoding == found
    assert lines.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("Привет мир, как дела\n".encode("cp1251"), "neither UTF-8 nor UTF-16"),
        ("日本語のテキストです 図書館\n".encode("euc-jp"), "not UTF-8"),
        ("Ελληνικά κείμενα\n".encode("cp1253"), "neither UTF-8 nor UTF-16"),
        ("é\nü\n".encode() + "Café\n".encode("latin-1"), "line 3"),
        (b"\x00\x01\x02\x03", "binary"),
        ("text".encode("utf-32"), "UTF-32"),
        ("Grüße".encode("utf-16")[:-1], "UTF-16"),
    ],
)
def test_other_encodings_are_refused_with_the_place(file, data, why):
    path = file(data)
    with pytest.raises(DataError, match=why if why != "line 3" else "line 3 .*mixes encodings"):
        list(open_lines(path))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data)
    try:
        list(open_lines(path))
    except DataError as error:
        assert str(path) in str(error)


@given(
    st.lists(
        st.text(
            alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x00\ufeff"), max_size=30
        ),
        max_size=8,
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_lines_are_numbered_and_blank_ones_left_out(tmp_path_factory, lines, end):
    path = tmp_path_factory.getbasetemp() / "lines"
    path.write_bytes(gzip.compress(end.join(lines).encode()))
    assert list(open_lines(path)) == [
        (i, line) for i, line in enumerate(lines, 1) if line and not line.isspace()
    ]


def test_gzip_is_known_by_its_bytes_not_its_name(file):
    path = file(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert list(open_lines(path)) == [(1, "one"), (2, "two")]


def test_a_truncated_gzip_file_is_refused_not_half_read(file):
    path = file(gzip.compress(b"".join(b"%d\n" % i for i in range(10_000)))[:-20])
    with pytest.raises(DataError, match="truncated"):
        list(open_lines(path))


def test_a_gzip_bomb_is_refused_with_bounded_memory(file):
    path = file(gzip.compress(b"0" * (80 << 20)))
    with pytest.raises(DataError, match="gzip bomb"), open_stream(path) as stream:
        while stream.read(1 << 16):
            pass
    with pytest.raises(DataError, match="longer than 1 MiB"):
        list(open_lines(path, Limits(line=1 << 20)))


def test_limits_of_lines_and_files(file):
    path = file(b"x" * 100 + b"\n")
    with pytest.raises(DataError, match="line 1 is longer"):
        list(open_lines(path, Limits(line=50)))
    with pytest.raises(DataError, match="unpacks to more"):
        list(open_lines(path, Limits(unpacked=50)))
    wide = file(("x" * 100).encode("utf-16"))
    with pytest.raises(DataError, match="line 1 is longer"):
        list(open_lines(wide, Limits(line=50)))


def test_a_file_that_is_not_one(tmp_path):
    with pytest.raises(MissingError, match="no file"):
        open_lines(tmp_path / "nothing")
    with pytest.raises(DataError, match="not a regular file"):
        open_lines(tmp_path)
    (tmp_path / "empty").write_bytes(b"")
    assert list(open_lines(tmp_path / "empty")) == []


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("t.ris", "TY  - JOUR\nTI  - 蜜蜂研究\nPY  - 2014\nER  - \n"),
        ("t.bib", "@misc{k,\n title = {蜜蜂研究},\n year = 2014\n}\n"),
        ("t.ciw", "PT J\nTI 蜜蜂研究\nPY 2014\nER\n"),
        ("t.txt", "PT\tTI\tPY\nJ\t蜜蜂研究\t2014\n"),
        ("t.nbib", "PMID- 1\nTI  - 蜜蜂研究\nDP  - 2014\n"),
        ("t.enw", "%0 Book\n%T 蜜蜂研究\n%D 2014\n"),
    ],
)
def test_the_encoding_of_any_text_may_be_named(name, record, tmp_path):
    from trends.sources import read_corpus

    path = tmp_path / name
    path.write_bytes(record.encode("gbk"))
    assert read_corpus([path], encoding="gbk").documents["title"][0] == "蜜蜂研究"
    with pytest.raises(DataError, match="--encoding"):
        read_corpus([path])
    with pytest.raises(UsageError, match="one that Python knows"):
        read_corpus([path], encoding="gbkk")


@pytest.mark.parametrize(
    ("name", "record", "options"),
    [
        ("t.csv", "{n},A title of number {n} é,2014\n", {"text": "text", "date": "y"}),
        ("t.tsv", "{n}\tA title of number {n} é\t2014\n", {"text": "text", "date": "y"}),
        (
            "t.jsonl",
            '{{"id": "{n}", "text": "number {n} é", "y": 2014}}\n',
            {"text": "text", "date": "y"},
        ),
        ("t.ris", "TY  - JOUR\nID  - {n}\nTI  - Number {n} é\nPY  - 2014\nER  - \n", {}),
        ("t.bib", "@misc{{k{n},\n title = {{Number {n} é}},\n year = 2014\n}}\n", {}),
        ("t.ciw", "PT J\nTI Number {n} é\nPY 2014\nUT WOS:{n}\nER\n", {}),
        ("t.txt", "J\tNumber {n} é\t2014\t{n}\n", {}),
        ("t.nbib", "PMID- {n}\nTI  - Number {n} é\nDP  - 2014\nSO  - J.\n\n", {}),
        ("t.enw", "%0 Book\n%T Number {n} é\n%D 2014\n%M {n}\n\n", {}),
    ],
)
def test_one_damaged_line_costs_one_record(name, record, options, tmp_path):
    from trends.sources import read_corpus

    head = {"t.csv": "id,text,y\n", "t.tsv": "id\ttext\ty\n", "t.txt": "PT\tTI\tPY\tUT\n"}.get(
        name, ""
    )
    texts = [record.format(n=n).encode() for n in range(40)]
    texts[20] = record.format(n=20).replace("é", "é caf\udce9").encode("utf-8", "surrogateescape")
    path = tmp_path / name
    path.write_bytes(head.encode() + b"".join(texts))
    notes = read_corpus([path], **options).notes
    assert (notes["records"], notes["kept"]) == (40, 39)
    assert "UTF-8" in notes["dropped"][0]["detail"]
