"""A document that is read in a piece is the document that is read in memory."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trends.core import Corpus
from trends.core.dates import Precision
from trends.errors import DataError, MissingError, UsageError
from trends.sources import read_corpus
from trends.sources.shards import Shard, ShardOptions, pieces, read_piece

SAMPLES = Path(__file__).parent.parent / "samples"
SHARED = Path(__file__).parents[4] / "shared" / "data"
NESTED = ("abstract_inverted_index", "ids", "primary_location", "locations")


def shards(path: Path | str, options: ShardOptions, n: int) -> list[Shard]:
    return [read_piece(piece, options) for piece in pieces(path, options, n)]


def documents(found: Sequence[Shard]) -> pd.DataFrame:
    return pa.concat_tables([shard.documents for shard in found]).to_pandas(date_as_object=True)


def counts(found: Sequence[Shard], *what: str) -> Counter[tuple[str, str]]:
    out: Counter[tuple[str, str]] = Counter()
    for row in pa.concat_tables([shard.account for shard in found]).to_pylist():
        if not what or row["what"] in what:
            out[row["what"], row["reason"]] += row["n"]
    return out


def same_as_memory(found: Sequence[Shard], corpus: Corpus, columns: Sequence[str] = ()) -> None:
    """Every document of memory that has no second one of its id or content, and all counts."""
    ours, theirs = documents(found), corpus.documents
    assert ours["id"].is_unique
    ours = ours.set_index("id").loc[theirs["id"]].reset_index()
    for column in ("title", "text", "date_evidence", "source", *columns):
        assert ours[column].fillna("").tolist() == theirs[column].fillna("").tolist(), column
    assert ours["date_precision"].tolist() == theirs["date_precision"].tolist()
    days = [None if pd.isna(day) else day.date() for day in theirs["date"]]
    assert ours["date"].tolist() == days
    if "date_last" in theirs:
        ranges = theirs["date_precision"] == Precision.RANGE.value
        last = [day.date() for day in theirs.loc[ranges, "date_last"]]
        assert ours.loc[ranges, "date_last"].tolist() == last
    notes, counted = corpus.notes, counts(found)
    assert counted["read", ""] == notes["records"]
    dropped = {reason: n for (what, reason), n in counted.items() if what == "dropped"}
    assert dropped == notes["dropped_by_reason"]
    assert {r: n for (w, r), n in counted.items() if w == "language"} == notes["languages"]
    cleaned = {r: v["documents"] for r, v in notes["cleaning"].items()}
    assert {r: n for (w, r), n in counted.items() if w == "cleaned documents"} == cleaned
    undated = sum(n for (what, _), n in counted.items() if what == "undated")
    assert undated == len(corpus) - int(corpus.dated.sum())


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    ("name", "source", "columns"),
    [
        ("arxiv.jsonl", "arxiv", ("category",)),
        ("arxiv.xml", "arxiv", ("category",)),
        ("acl-anthology.xml", "acl-anthology", ("venue",)),
        ("constellate.jsonl", "constellate", ()),
        ("crossref.json", "crossref", ("venue",)),
        ("hf-daily.json", "hf-daily", ()),
        ("openalex.json", "openalex", ("venue", "type", "language")),
        ("semantic-scholar.json", "semantic-scholar", ("venue",)),
        ("bibtex.bib", "bibtex", ()),
        ("ris.ris", "ris", ()),
        ("pubmed.xml", "pubmed", ("venue",)),
    ],
)
def test_samples_of_sources(name: str, source: str, columns: tuple[str, ...], n: int) -> None:
    file = SAMPLES / name
    corpus = read_corpus([file], source=source)
    present = tuple(column for column in columns if column in corpus.documents)
    for called in ("auto", source):
        options = ShardOptions(called, columns=present)
        same_as_memory(shards(file, options, n), corpus, present)


@pytest.mark.parametrize("layout", ["text", "map", "struct", "lines", "packed"])
def test_openalex_in_every_layout(tmp_path: Path, layout: str) -> None:
    works = json.loads((SAMPLES / "openalex.json").read_text())
    works = works["results"] if isinstance(works, dict) else works
    if layout in ("lines", "packed"):
        data = "".join(json.dumps(work) + "\n" for work in works).encode()
        file = tmp_path / ("works.jsonl" if layout == "lines" else "works.jsonl.gz")
        file.write_bytes(data if layout == "lines" else gzip.compress(data))
    else:
        file = tmp_path / "works.parquet"
        rows = [
            {k: json.dumps(v) if layout == "text" and k in NESTED else v for k, v in work.items()}
            for work in works
        ]
        table = pa.Table.from_pylist(rows)
        if layout == "map":
            kind = pa.map_(pa.string(), pa.list_(pa.int64()))
            index = [list((work["abstract_inverted_index"] or {}).items()) for work in works]
            at = table.column_names.index("abstract_inverted_index")
            table = table.set_column(at, "abstract_inverted_index", pa.array(index, kind))
        pq.write_table(table, file, row_group_size=2)
    corpus = read_corpus([SAMPLES / "openalex.json"], source="openalex")
    for n in (1, 2, 4):
        found = shards(file, ShardOptions(columns=("venue", "type")), n)
        same_as_memory(found, corpus, ("venue", "type"))


def _table() -> list[dict[str, Any]]:
    return [
        {
            "key": f"k{i}",
            "headline": f"Title {i} of the paper",
            "body": f"The text of number {i} says <b>something</b> about the topic &amp; more.",
            "day": f"20{10 + i % 9}-{1 + i % 12:02d}-{1 + i % 28:02d}" if i % 7 else "",
            "desk": ["home", "world"][i % 2],
        }
        for i in range(40)
    ]


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "csv", "parquet"])
def test_tables_of_every_kind(tmp_path: Path, ending: str) -> None:
    frame = pd.DataFrame(_table())
    file = tmp_path / f"news.{ending}"
    if ending == "csv":
        frame.to_csv(file, index=False)
    elif ending == "parquet":
        frame.to_parquet(file, row_group_size=7)
    else:
        frame.to_json(file, orient="records", lines=True)
    named = {"text": "body", "date": "day", "id": "key", "title": "headline"}
    corpus = read_corpus([file], **named)
    for n in (1, 5):
        found = shards(file, ShardOptions(given=named, columns=("desk",)), n)
        same_as_memory(found, corpus, ("desk",))
        assert len(found) == (n if ending in ("jsonl", "parquet") else 1)


def test_a_column_of_the_source_that_is_called_as_one_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"
    rows = [row | {"venue": f"v{i % 3}", "language": "xx"} for i, row in enumerate(_table())]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    named = {"text": "body", "date": "day", "id": "key", "title": "headline"}
    columns = ("venue_in_source", "language_in_source", "url")
    corpus = read_corpus([file], **named)
    found = shards(file, ShardOptions(given=named, columns=columns), 2)
    same_as_memory(found, corpus, columns[:2])
    assert documents(found)["url"].isna().all()


def test_many_files_by_folder_and_pattern(tmp_path: Path) -> None:
    rows = _table()
    for part in range(4):
        inside = tmp_path / "works" / f"year={part}"
        inside.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(rows[part * 10 : part * 10 + 10]), inside / "a.parquet")
    (tmp_path / "works" / "_SUCCESS").touch()
    (tmp_path / "works" / "_temporary").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "works" / "_temporary" / "b.parquet")
    options = ShardOptions(given={"text": "body", "date": "day", "id": "key"})
    for path in (tmp_path / "works", f"{tmp_path}/works/*/*.parquet", f"{tmp_path}/works/**/a.*"):
        found = shards(path, options, 4)
        assert documents(found)["id"].tolist() == [row["key"] for row in rows]
        files = [name for shard in found for name in shard.account["file"].to_pylist()]
        assert list(dict.fromkeys(files)) == [f"year={i}/a.parquet" for i in range(4)]


def test_vectors_stay_beside_their_documents(tmp_path: Path) -> None:
    rows = _table()
    for i, row in enumerate(rows):
        row["v"] = [float(i), 0.5, 1.0]
    rows[3]["v"] = None
    rows[4]["v"] = [1.0, float("nan"), 2.0]
    file = tmp_path / "news.parquet"
    for kind in (pa.list_(pa.float32(), 3), pa.list_(pa.float64())):
        table = pa.Table.from_pylist([{k: v for k, v in r.items() if k != "v"} for r in rows])
        table = table.append_column("v", pa.array([r["v"] for r in rows], kind))
        pq.write_table(table, file, row_group_size=6)
        given = {"text": "body", "date": "day", "id": "key"}
        for n in (1, 3):
            found = shards(file, ShardOptions(given=given, vector="v"), n)
            table = pa.concat_tables([shard.documents for shard in found])
            assert table["vector"].type == pa.list_(pa.float32(), 3)
            numbers = [int(name[1:]) for name in table["id"].to_pylist()]
            assert numbers == [i for i in range(40) if i not in (3, 4)]
            assert [int(v[0]) for v in table["vector"].to_pylist()] == numbers
            assert counts(found, "dropped") == {("dropped", "no vector"): 2}


def test_a_date_in_two_ways_is_undated_and_counted(tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"
    days = ["2019-05-06", "25.12.2019", "05.12.2019", "2019", "May 2019", "never", ""]
    rows = [
        {"id": f"{i}", "t": f"The text of document {i} is here.", "d": day}
        for i, day in enumerate(days)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    given = {"text": "t", "date": "d"}
    found = shards(file, ShardOptions(given=given), 3)
    assert documents(found)["date_precision"].tolist() == [
        "day",
        "day",
        None,
        "year",
        "month",
        None,
        None,
    ]
    assert counts(found, "undated") == {
        ("undated", "can be read in two ways"): 1,
        ("undated", "cannot be read"): 1,
        ("undated", "no date stated"): 1,
    }
    found = shards(file, ShardOptions(given={**given, "date_order": "dmy"}), 3)
    assert documents(found)["date"].tolist()[2].isoformat() == "2019-12-05"


def test_what_cannot_be_read_in_pieces_is_said(tmp_path: Path) -> None:
    a, b = tmp_path / "a.parquet", tmp_path / "b.parquet"
    pq.write_table(pa.table({"id": ["1"], "t": ["A text."], "d": ["2019"]}), a)
    pq.write_table(pa.table({"t": ["A text."], "d": ["2019"]}), b)
    given = {"text": "t", "date": "d"}
    with pytest.raises(DataError, match=r"b\.parquet has other columns than a\.parquet"):
        pieces(tmp_path, ShardOptions(given=given))
    with pytest.raises(DataError, match="no column 'body'"):
        pieces(a, ShardOptions(given={"text": "body", "date": "d"}))
    with pytest.raises(UsageError, match="read as a whole"):
        pieces("pretraining", ShardOptions())
    with pytest.raises(MissingError, match="No file fits"):
        pieces(f"{tmp_path}/*.csv", ShardOptions())
    with pytest.raises(UsageError, match="vectors are read from a column of Parquet"):
        pieces(SAMPLES / "arxiv.jsonl", ShardOptions("arxiv", vector="v"))


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data")
def test_real_abstracts(tmp_path: Path) -> None:
    with gzip.open(SHARED / "acl.jsonl.gz", "rt", encoding="utf-8") as packed:
        lines = [next(packed) for _ in range(1_000)]
    file = tmp_path / "acl.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    corpus = read_corpus([file])
    same_as_memory(shards(file, ShardOptions(columns=("venue",)), 4), corpus, ("venue",))
