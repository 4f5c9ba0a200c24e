"""JSON from outside: every layout gives the same values, damage is placed, memory stays bounded."""

from __future__ import annotations

import gzip
import json
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trends.errors import DataError
from trends.sources.io import json_stream
from trends.sources.io.json_stream import items, loads

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)
OBJECTS = st.lists(
    st.dictionaries(st.text(max_size=8), VALUES, min_size=1, max_size=3), min_size=1, max_size=8
)


def values(path, *ways):
    return [item.value for item in items(path, ways)]


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=OBJECTS, block=st.sampled_from([1, 2, 3, 7, 64, 1 << 18]), ascii=st.booleans())
def test_every_layout_gives_the_same_values(records, block, ascii, tmp_path, monkeypatch):
    """Arrays, compact or indented, are read through windows of any size."""
    path = tmp_path / "x.json"
    with monkeypatch.context() as patched:
        patched.setattr(json_stream, "_BLOCK", block)
        for text in (
            json.dumps(records, ensure_ascii=ascii),
            json.dumps(records, ensure_ascii=ascii, indent=2),
        ):
            path.write_text(text, encoding="utf-8", errors="surrogatepass" if ascii else "replace")
            assert values(path) == json.loads(path.read_text(encoding="utf-8"))
    lines = [json.dumps(record) for record in records]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert values(path) == records
    for indent in (None, 1):
        path.write_text(
            json.dumps({"meta": 1, "data": {"rows": records}}, indent=indent), encoding="utf-8"
        )
        assert values(path, ("data", "rows")) == records


@pytest.mark.parametrize("numbers", [[1, 23, 456], [10**15, -5, 0.25]])
def test_numbers_are_not_cut_at_the_edge_of_a_window(numbers, tmp_path, monkeypatch):
    monkeypatch.setattr(json_stream, "_BLOCK", 1)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(numbers), encoding="utf-8")
    assert values(path) == numbers


def test_a_damaged_line_is_one_item_with_its_place(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(
        '{"a": 1}\n\n{"a": \n{"a": NaN}\n{"a": ' + "9" * 5000 + '}\n{"a": 2}', encoding="utf-8"
    )
    found = list(items(path))
    assert [(i.number, i.line, i.value) for i in found] == [
        (1, 1, {"a": 1}),
        (2, 3, None),
        (3, 4, {"a": None}),
        (4, 5, None),
        (5, 6, {"a": 2}),
    ]
    assert "this line is not JSON" in found[1].problem
    assert "number that is too long" in found[3].problem


@pytest.mark.parametrize("cut", [2, 14, 20, 29])
def test_an_array_that_breaks_off_is_an_error(cut, tmp_path):
    path = tmp_path / "x.json"
    path.write_text('[{"a": "bcd"}, {"a": "efg"}]'[:-1][:cut], encoding="utf-8")
    with pytest.raises(DataError, match=r"x\.json, (after )?record"):
        values(path)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[1] [2]", "follows the end"),
        ("[1 2]", "a comma was expected"),
        ("[1,]", "record 2"),
        ("[,1]", "record 1"),
        ("word", "is not JSON"),
        ('{"a":\n 1', "cut off"),
    ],
)
def test_what_is_not_json_is_named(text, what, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=what):
        values(path)


def test_wrong_bytes_are_placed(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b'[{"a": "\xe9t\xe9"}]')
    with pytest.raises(DataError, match="byte 8"):
        values(path)


def test_one_endless_line_is_refused(tmp_path):
    path = tmp_path / "x.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as f:
        f.write(b'{"a": "')
        for _ in range(40):
            f.write(b"x" * 2**20)
    with pytest.raises(DataError, match=r"longer than|bomb"):
        values(path)


def test_an_element_of_an_array_is_bounded_in_length_and_depth(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    path.write_text('[{"a": NaN, "b": -Infinity}]', encoding="utf-8")
    assert values(path) == [{"a": None, "b": None}]
    path.write_text("[1, " + "[" * 200_000 + "]" * 200_000 + "]", encoding="utf-8")
    with pytest.raises(DataError, match="record 2: it is nested too deeply"):
        values(path)
    monkeypatch.setattr(json_stream, "MAX_RECORD", 1 << 20)
    path.write_text('["' + "x" * (3 << 20) + '"]', encoding="utf-8")
    with pytest.raises(DataError, match="record 1: it is longer than 1 MiB"):
        values(path)


def test_memory_does_not_grow_with_the_array(tmp_path):
    path = tmp_path / "x.json"
    record = json.dumps({"id": "x", "text": "word " * 400})
    path.write_text("[" + ",".join([record] * 10_000) + "]", encoding="utf-8")  # 20 MB
    tracemalloc.start()
    n = sum(1 for _ in items(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n == 10_000
    assert peak < 8 * 2**20


def test_a_value_of_millions_of_parts_is_refused_before_it_is_built():
    with pytest.raises(ValueError, match="more than 4,000,000 parts"):
        loads("[" + "[]," * 2_100_000 + "1]")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"\n" * 500_000, "begins with 262,144 or more blank characters")],
)
def test_an_empty_file_and_one_of_blank_lines_are_told_apart(tmp_path, content, said):
    for name, data in (("a.jsonl", content), ("a.jsonl.gz", gzip.compress(content))):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(DataError, match=said):
            json_stream.layout(path)
