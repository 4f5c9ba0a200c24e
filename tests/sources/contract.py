"""The contract of a source that is parsed record by record, in the package or outside.

Each function takes the name of a registered source, a file that it reads and an empty folder;
:data:`CONTRACT` holds them all.
"""

from __future__ import annotations

import gzip
import importlib
import json
import shutil
from pathlib import Path

import pytest

from trends.core.dates import DocDate
from trends.errors import DataError, TrendsError
from trends.sources import SOURCES, read_corpus
from trends.sources.records.record import Dropped, Record

#: What no source reads.
FOREIGN = {
    "empty": b"",
    "blank": b" \n\t\n",
    "zeros": b"\0" * 64,
    "half a mark": b"\xff\xfe",
    "zip": b"PK\x03\x04rest",
    "bad gzip": b"\x1f\x8bnot gzip",
    "pdf": b"%PDF-1.7\n\xe2\xe3",
    "web page": b"<html><body>404</body></html>",
    "empty object": b"{}",
    "empty list": b"[]",
    "null": b"null",
    "cut list": b"[1, 2",
}


def records(source: str, *paths: Path) -> list[Record | Dropped]:
    return list(importlib.import_module(SOURCES[source].partition(":")[0]).records(list(paths)))


def kept_and_dropped_are_what_was_read(source: str, sample: Path, folder: Path) -> None:
    corpus = read_corpus([sample], source=source)
    notes, found = corpus.notes, records(source, sample)
    assert notes["records"] == len(found) == notes["per_input"][sample.name]
    assert notes["kept"] == len(corpus)
    assert notes["kept"] + sum(notes["dropped_by_reason"].values()) == notes["records"]
    assert len(notes["dropped"]) == notes["records"] - len(corpus)
    assert all(row["reason"] and row["record"].startswith(sample.name) for row in notes["dropped"])
    assert len(set(corpus.ids)) == len(corpus)
    assert list(notes["inputs"]) == [sample.name]
    assert json.loads(json.dumps(notes)) == notes


def records_are_numbered_and_say_where_they_stand(source: str, sample: Path, folder: Path) -> None:
    found = records(source, sample)
    assert sorted(r.place.record for r in found) == list(range(1, len(found) + 1))
    last = sample.read_bytes().count(b"\n") + 1
    for item in found:
        assert item.place.file == sample.name
        assert item.place.line is None or 1 <= item.place.line <= last
        if isinstance(item, Record):
            assert item.source == source
            assert item.id or item.title
            assert item.date is None or isinstance(item.date, DocDate)
        else:
            assert item.reason and item.detail.endswith(".")


def packed_or_marked_the_corpus_is_the_same(source: str, sample: Path, folder: Path) -> None:
    expected = read_corpus([sample], source=source).fingerprint
    for name, data in (
        (f"{sample.name}.gz", gzip.compress(sample.read_bytes())),
        (sample.name, b"\xef\xbb\xbf" + sample.read_bytes()),
    ):
        (folder / name).write_bytes(data)
        for _ in range(2):
            assert read_corpus([folder / name], source=source).fingerprint == expected


def files_of_a_folder_are_read_in_the_order_of_their_names(
    source: str, sample: Path, folder: Path
) -> None:
    for name in ("b", "a"):
        shutil.copy(sample, folder / f"{name}{sample.suffix}")
    (folder / "notes.pdf").write_bytes(b"%PDF")
    corpus = read_corpus([folder], source=source)
    n = corpus.notes["records"] // 2
    assert corpus.notes["per_input"] == {f"a{sample.suffix}": n, f"b{sample.suffix}": n}
    # Each record of the second file repeats one of the first.
    assert len(corpus) == len(read_corpus([sample], source=source))


def files_of_another_kind_are_refused_in_a_sentence(
    source: str, sample: Path, folder: Path
) -> None:
    path = folder / f"file{sample.suffix}"
    for content in FOREIGN.values():
        path.write_bytes(content)
        with pytest.raises(TrendsError) as caught:
            read_corpus([path], source=source)
        assert len(str(caught.value)) > 30, content


def a_file_that_breaks_off_is_refused_or_its_last_record_counted(
    source: str, sample: Path, folder: Path
) -> None:
    data = sample.read_bytes().rstrip()
    whole = {r.id for r in records(source, sample) if isinstance(r, Record)}
    other = folder / sample.name
    for share in (0.35, 0.8, 0.97):
        other.write_bytes(data[: int(len(data) * share)])
        try:
            found = records(source, other)
        except DataError as error:
            assert other.name in str(error)
            continue
        # Whatever is kept stood there in whole; the rest is counted, unless the cut fell between
        # two records.
        assert {r.id for r in found if isinstance(r, Record)} <= whole
        between = other.read_bytes().rstrip().endswith((b"ER  -", b"}"))
        assert between or any(isinstance(r, Dropped) for r in found)
    packed = folder / "cut.gz"
    packed.write_bytes(gzip.compress(data)[:-20])
    with pytest.raises(DataError, match="truncated"):
        records(source, packed)


CONTRACT = (
    kept_and_dropped_are_what_was_read,
    records_are_numbered_and_say_where_they_stand,
    packed_or_marked_the_corpus_is_the_same,
    files_of_a_folder_are_read_in_the_order_of_their_names,
    files_of_another_kind_are_refused_in_a_sentence,
    a_file_that_breaks_off_is_refused_or_its_last_record_counted,
)
