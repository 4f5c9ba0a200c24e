"""No record is lost or read twice, wherever files are cut."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.sources.io.lines import open_lines
from trends.sources.io.parquet_batches import parquet_batches
from trends.sources.io.parquet_objects import open_parquet_file
from trends.sources.io.span import spans

#: Pieces of files: records, line ends of all kinds, blanks, letters of one to four bytes.
_LINES = st.lists(
    st.tuples(
        st.text("ab é€😀\u2028\x85 \t\\", max_size=12),
        st.sampled_from(["\n", "\n", "\r\n", "\n\n", "\r\n\r\n", "\n \n"]),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cuts") / "file"


@given(
    lines=_LINES,
    mark=st.booleans(),
    ended=st.booleans(),
    parts=st.integers(1, 30),
    block=st.sampled_from([1, 3, 1 << 20]),
)
@settings(max_examples=200, deadline=None)
def test_spans_hold_every_line_once(
    place: Path, lines: list[tuple[str, str]], mark: bool, ended: bool, parts: int, block: int
) -> None:
    written = "".join(text + end for text, end in lines)
    data = (b"\xef\xbb\xbf" if mark else b"") + (written + "last" * (not ended)).encode()
    place.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("trends.sources.io.span._BLOCK", block)
        cut = spans(place, parts)
    assert [s.start for s in cut[1:]] == [s.stop for s in cut[:-1]]
    assert (cut[0].start, cut[-1].stop) == (0, len(data))
    assert len(cut) <= parts
    found = [line for span in cut for line in open_lines(place, span=span)]
    assert found == list(open_lines(place))


@given(
    sizes=st.lists(st.integers(0, 7), min_size=1, max_size=5),
    ends=st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
@settings(max_examples=60, deadline=None)
def test_rows_of_a_file_are_those_asked_for(
    place: Path, sizes: list[int], ends: tuple[int, int]
) -> None:
    with pq.ParquetWriter(place, pa.schema([("n", pa.int64())])) as writer:
        for i, size in enumerate(sizes):
            at = sum(sizes[:i])
            writer.write_table(pa.table({"n": pa.array(range(at, at + size), pa.int64())}))
    first, stop = sorted(ends)
    file = open_parquet_file(place)
    batches = parquet_batches(file, place, first=first, stop=stop)
    found = [n for batch in batches for n in batch.column(0).to_pylist()]
    assert found == list(range(sum(sizes)))[first:stop]


def test_a_line_longer_than_a_part_is_in_one(tmp_path: Path) -> None:
    file = tmp_path / "long.jsonl"
    lines = [json.dumps({"n": i, "text": "x" * (5_000 if i == 3 else 10)}) for i in range(9)]
    file.write_text("\n".join(lines))
    cut = spans(file, 40)
    assert [line for span in cut for _, line in open_lines(file, span=span)] == lines
    assert max(span.stop - span.start for span in cut) > 5_000
