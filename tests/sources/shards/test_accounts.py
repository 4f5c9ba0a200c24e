"""Read = kept + dropped, in each piece and in all, with a reason for every broken record."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from broken_works import CHANGED, LINES, made, write_lines, write_parquet

from trends.errors import DataError
from trends.sources import read_corpus
from trends.sources.shards import PieceReader, Shard, ShardOptions, pieces, read_piece
from trends.sources.shards.read import CHARACTERS

OPTIONS = ShardOptions("openalex", {"collected_on": "2024-12-31"}, ("venue", "type"))


def counted(shards: list[Shard], what: str) -> Counter[str]:
    rows = pa.concat_tables([shard.account for shard in shards]).to_pylist()
    out: Counter[str] = Counter()
    for row in rows:
        if row["what"] == what:
            out[row["reason"]] += row["n"]
    return out


@pytest.mark.parametrize("ending", ["jsonl", pytest.param("parquet", marks=pytest.mark.slow)])
def test_every_broken_record_is_counted_with_its_reason(tmp_path: Path, ending: str) -> None:
    found = made(1_200, share=0.05, lines=ending == "jsonl")
    file = tmp_path / f"works.{ending}"
    if ending == "jsonl":
        write_lines(found, file, b"\r\n")
    else:
        write_parquet(found, file, 100)
    whole = None
    for n in (1, 2, 7):
        shards = [read_piece(piece, OPTIONS) for piece in pieces(file, OPTIONS, n)]
        assert len(shards) == n
        for shard in shards:
            of = {row["what"]: 0 for row in shard.account.to_pylist()}
            for row in shard.account.to_pylist():
                of[row["what"]] += row["n"]
            assert of["read"] == of["kept"] + of.get("dropped", 0)
            assert of["kept"] == shard.documents.num_rows
            listed = [k for k in shard.listed["kind"].to_pylist() if k == "dropped"]
            assert len(listed) == of.get("dropped", 0)
        assert counted(shards, "read").total() == len(found.records)
        assert counted(shards, "dropped") == found.dropped
        assert counted(shards, "undated") == found.undated
        documents = pa.concat_tables([shard.documents for shard in shards])
        lists = pa.concat_tables([shard.listed for shard in shards])
        if whole is None:
            whole = documents, sorted(map(str, lists.to_pylist()))
        assert documents == whole[0]
        assert sorted(map(str, lists.to_pylist())) == whole[1]
    reasons = {why for _, _, *both in CHANGED for why in both if why}
    reasons |= {why for _, why in LINES.values()} if ending == "jsonl" else set()
    assert found.dropped.keys() | found.undated.keys() == reasons


@pytest.mark.parametrize("ending", ["jsonl", pytest.param("parquet", marks=pytest.mark.slow)])
def test_broken_files_are_read_as_in_memory(tmp_path: Path, ending: str) -> None:
    """Two differences: dates in two ways, and ids that repeat, which all pieces decide together."""
    found = made(800, share=0.08, lines=ending == "jsonl")
    file = tmp_path / f"works.{ending}"
    if ending == "jsonl":
        write_lines(found, file)
    else:
        write_parquet(found, file, 100)
    corpus = read_corpus([file], source="openalex", collected_on="2024-12-31")
    shards = [read_piece(piece, OPTIONS) for piece in pieces(file, OPTIONS, 3)]
    ours = pa.concat_tables([shard.documents for shard in shards]).to_pandas()
    ours = ours.drop_duplicates("id").set_index("id")
    theirs = corpus.documents.set_index("id")
    theirs = theirs[~theirs.index.str.contains("#")]
    assert set(ours.index) == set(theirs.index)
    ours = ours.loc[theirs.index]
    for column in ("title", "text", "language", "venue", "type"):
        assert ours[column].fillna("").tolist() == theirs[column].fillna("").tolist(), column
    open_ = theirs["date_precision"].eq("year") & ours["date"].isna()
    assert int(open_.sum()) == found.undated["can be read in two ways"]
    days = theirs["date"].dt.date.astype(object).where(theirs["date"].notna(), None)
    assert ours["date"][~open_].tolist() == days[~open_].tolist()
    dropped = corpus.notes["dropped_by_reason"]
    assert {k: v for k, v in dropped.items() if not k.startswith("repeated")} == found.dropped


@pytest.mark.slow
def test_long_texts_are_handed_out_few_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "long.jsonl"
    text = "word " * 600_000
    file.write_text("".join(f'{{"id": "{i}", "t": "{text}", "d": "2019"}}\n' for i in range(8)))
    options = ShardOptions(given={"text": "t", "date": "d"})
    (piece,) = pieces(file, options, 1)
    sizes = [len(batch) for batch in PieceReader(piece, options).batches()]
    assert sum(sizes) == 8
    assert max(sizes) * len(text) < 2 * CHARACTERS


@pytest.mark.slow
def test_lists_without_end_are_refused(tmp_path: Path) -> None:
    """A column says in a few bytes that one number comes millions of times."""
    file = tmp_path / "bomb.parquet"
    kind = pa.map_(pa.string(), pa.list_(pa.int64()))
    index = pa.array([[("word", [7] * 5_000_000)]], kind)
    table = {"id": ["https://openalex.org/W1"], "title": ["One"], "abstract_inverted_index": index}
    pq.write_table(pa.table(table), file)
    assert file.stat().st_size < 100_000
    with pytest.raises(DataError, match="more than 4,000,000 items"):
        read_piece(pieces(file, OPTIONS, 1)[0], OPTIONS)


def test_a_cell_that_is_no_text_costs_one_record(tmp_path: Path) -> None:
    file = tmp_path / "works.parquet"
    titles = pa.array([b"One", b"Tw\xff\xfeo", b"Three"], pa.binary()).view(pa.string())
    index = ['{"a": [0]}', '{"a": [0]}', '{"a": [0']
    days = ["2019-05-06"] * 3
    table = {"id": ["W1", "W2", "W3"], "title": titles, "publication_date": days}
    pq.write_table(pa.table(table | {"abstract_inverted_index": index}), file)
    shard = read_piece(pieces(file, OPTIONS, 1)[0], OPTIONS)
    assert shard.documents["id"].to_pylist() == ["W1"]
    assert counted([shard], "dropped") == {"not JSON": 2}
    listed = shard.listed.to_pylist()
    details = [json.loads(row["row"])["detail"] for row in listed if row["kind"] == "dropped"]
    assert "'title' is not UTF-8" in details[0]
    assert "'abstract_inverted_index' is not JSON" in details[1]
