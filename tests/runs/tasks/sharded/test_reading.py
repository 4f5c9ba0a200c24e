"""Reading in pieces as tasks: nothing is lost, and nothing depends on how many pieces there are."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from broken_works import made, word, write_lines, write_parquet

from trends.errors import DataError, UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Engine, Need
from trends.runs.tasks import corpus
from trends.runs.tasks.sharded import reading, repeats
from trends.sources import read_corpus
from trends.sources.linkage.minhash import near_texts
from trends.sources.shards import ShardOptions, pieces


@dataclass
class Read:
    """What the two tasks left."""

    documents: pd.DataFrame
    left_out: pd.DataFrame
    near: pd.DataFrame
    about: dict[str, Any]
    text: str
    files: pd.DataFrame
    pieces: pd.DataFrame


def config(path: Path, shards: int | str = "auto", **given: Any) -> RunConfig:
    engine = {"name": "local", "shards": shards, "workers": 1}
    return RunConfig.model_validate(
        {"rng": 1, "corpus": {"path": str(path), **given}, "engine": engine}
    )


def carried_out(out: Path, settings: RunConfig) -> Read:
    engine = Engine(out)
    read = reading.task_of(settings)
    found = repeats.task_of(settings, read)

    def study() -> Generator[Need, bool, None]:
        yield Need([found])

    engine.carry_out(study())
    folder, again = engine.folder(read), engine.folder(found)
    paths = sorted((folder / "shards").glob("*.parquet"))
    tables = [pq.read_table(path).to_pandas() for path in paths]
    documents = pd.concat(
        [table.assign(shard=n, row=range(len(table))) for n, table in enumerate(tables)],
        ignore_index=True,
    )
    place = documents.set_index(["shard", "row"])["id"]
    rows = {}
    for name in (repeats.LEFT_OUT, repeats.NEAR):
        table = pq.read_table(again / name).to_pandas()
        rows[name] = table.assign(id=[place[s, r] for s, r in table[["shard", "row"]].to_numpy()])
    assert {p.name for p in folder.iterdir() if p.is_dir()} == {"shards", "listed"}
    assert not [p.name for p in again.iterdir() if p.is_dir()]
    return Read(
        documents,
        rows[repeats.LEFT_OUT],
        rows[repeats.NEAR],
        json.loads((again / reading.ACCOUNT).read_text()),
        (again / reading.ACCOUNT).read_text() + (again / reading.READING).read_text(),
        pd.read_csv(again / reading.READING),
        pd.read_csv(folder / reading.PIECES),
    )


@pytest.mark.slow
def test_broken_shards_add_up_whatever_their_number(tmp_path: Path) -> None:
    """Two files of lines; 1, 2 and 7 pieces a file give the same to the last byte."""
    (tmp_path / "in").mkdir()
    plans = [made(700, share=0.06, lines=True, seed=seed) for seed in (1, 2)]
    for i, plan in enumerate(plans):
        # Ids of one file are not those of another.
        for record in plan.records:
            if isinstance(record, dict) and record["id"]:
                record["id"] += f"0000{i}"
        write_lines(plan, tmp_path / "in" / f"works-{i}.jsonl")
    found = {}
    for n in (1, 2, 7):
        settings = config(tmp_path / "in", 2 * n, source="openalex", collected_on="2024-12-31")
        found[n] = carried_out(tmp_path / f"out-{n}", settings)
    first = found[1]
    for n, other in found.items():
        assert len(other.pieces) == 2 * n + 1
        assert other.text == first.text
        columns = [c for c in first.documents if c not in ("shard", "row")]
        pd.testing.assert_frame_equal(other.documents[columns], first.documents[columns])
        assert other.left_out["id"].tolist() == first.left_out["id"].tolist()
        assert other.near["id"].tolist() == first.near["id"].tolist()
        for table in (other.files, other.pieces):
            assert (table["read"] == table["kept"] + table["dropped"]).all()
            every = table.iloc[:-1][["read", "kept", "dropped"]].sum()
            assert every.tolist() == table.iloc[-1][["read", "kept", "dropped"]].tolist()
    rows = first.files.set_index("file")
    for i, plan in enumerate(plans):
        row = rows.loc[f"works-{i}.jsonl"]
        assert row["read"] == len(plan.records)
        assert row["kept"] == plan.kept()
        for reason, many in {**plan.dropped, **plan.repeated}.items():
            assert row[f"dropped: {reason}"] == many
        for reason, many in plan.undated.items():
            assert row[f"undated: {reason}"] == many
    assert first.about["records"] == first.about["kept"] + sum(
        first.about["dropped_by_reason"].values()
    )
    assert len(first.documents) - len(first.left_out) == first.about["kept"]


@pytest.mark.slow
def test_parquet_gives_the_same_documents_as_lines(tmp_path: Path) -> None:
    plan = made(400, share=0.05, lines=False)
    write_lines(plan, tmp_path / "works.jsonl")
    write_parquet(plan, tmp_path / "works.parquet", 60)
    given = {"source": "openalex", "collected_on": "2024-12-31"}
    one, other = (
        carried_out(tmp_path / kind, config(tmp_path / f"works.{kind}", 3, **given))
        for kind in ("jsonl", "parquet")
    )
    columns = [c for c in one.documents if c not in ("shard", "row")]
    pd.testing.assert_frame_equal(one.documents[columns], other.documents[columns])
    assert one.about["dropped_by_reason"] == other.about["dropped_by_reason"]


def sentences(seed: int, n: int) -> list[str]:
    return [word((seed * 7_919 + i * 104_729) % 900_000) for i in range(n)]


@pytest.mark.slow
def test_texts_that_nearly_repeat_are_found_in_any_shards(tmp_path: Path) -> None:
    texts = [" ".join(sentences(i, 80)) for i in range(60)]
    rows = [{"id": f"d{i}", "text": text, "day": "2019-05-06"} for i, text in enumerate(texts)]
    for i, changes in ((3, 1), (17, 2), (40, 4)):
        words = texts[i].split()
        for j in range(changes):
            words[j * 6] = "changed"
        rows.append({"id": f"near{i}", "text": " ".join(words), "day": "2020-05-06"})
    rows += [{"id": f"copy{j}", "text": texts[5], "day": "2020-05-06"} for j in range(60)]
    rows += [
        {"id": f"short{j}", "text": "Too short to be told.", "day": "2020-05-06"} for j in (1, 2)
    ]
    file = tmp_path / "news.parquet"
    pq.write_table(pa.Table.from_pylist(rows), file)
    found = [
        carried_out(tmp_path / f"out{n}", config(file, n, text="text", date="day")) for n in (1, 6)
    ]
    pairs = near_texts([row["text"] for row in rows], similarity=0.8)
    expected = sorted({j for _, j, _ in pairs})
    assert [rows[j]["id"] for j in expected][:3] == ["near3", "near17", "copy0"]
    for each in found:
        assert each.near["id"].tolist() == [rows[j]["id"] for j in expected]
        assert each.left_out.empty


@pytest.mark.slow
def test_days_that_stand_for_no_date_are_told_by_all_documents(tmp_path: Path) -> None:
    days = [f"20{10 + i % 9}-0{1 + i % 9}-1{i % 10}" for i in range(60)] + ["1970-01-01"] * 9
    rows = [
        {"id": f"d{i}", "text": f"The text of document number {i} of all.", "day": day}
        for i, day in enumerate(days)
    ]
    file = tmp_path / "news.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    memory = read_corpus([file], text="text", date="day", collected_on="2024-12-31")
    for n in (1, 5):
        given = {"text": "text", "date": "day", "collected_on": "2024-12-31"}
        found = carried_out(tmp_path / f"out{n}", config(file, n, **given))
        dated = found.documents.set_index("id")["date"].notna()
        assert dated[list(memory.ids)].tolist() == memory.dated.tolist()
        assert found.files["undated: a day that stands for no date"].tolist() == [9, 9]
        assert found.about["warnings"][-1] == memory.notes["warnings"][-1]


@pytest.mark.slow
def test_what_cannot_be_decided_in_pieces_stops_the_run(tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"

    def write(days: list[str]) -> None:
        rows = [{"id": str(i), "text": f"Text number {i}.", "day": d} for i, d in enumerate(days)]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def run(**given: Any) -> Read:
        return carried_out(tmp_path / "out", config(file, 2, text="text", date="day", **given))

    write(["2019-05-06"] * 98 + ["05/06/2019"] * 2)
    with pytest.raises(DataError, match=r"2 of 100 documents .*'05/06/2019'.*corpus\.date_order"):
        run()
    assert run(date_order="dmy").documents["date"].notna().all()
    write(["2019-05-06"] * 99 + ["05/06/2019"])
    assert run().files["undated: can be read in two ways"].tolist() == [1, 1]
    write(["never"] * 10)
    with pytest.raises(DataError, match="none of 10 documents has a date"):
        run()
    file.write_text('{"other": 1}\n' * 3)
    with pytest.raises(DataError, match="no column 'text'"):
        run()
    write(["2019-05-06"])
    settings = config(file, 2, text="text", date="day", vector="v")
    with pytest.raises(UsageError, match=r"embed\.path"):
        corpus.read.write(tmp_path, corpus=settings.corpus)


def test_a_piece_that_is_read_again_leaves_the_same_files(tmp_path: Path) -> None:
    """A worker may die after its files were written; another one then reads the piece again."""
    plan = made(300, share=0.05, lines=True)
    write_lines(plan, tmp_path / "works.jsonl")
    options = ShardOptions("openalex", {"collected_on": "2024-12-31"})
    (piece,) = pieces(tmp_path / "works.jsonl", options, 1)
    for name in (reading.SHARDS, reading.LISTED):
        (tmp_path / name).mkdir()
    read = reading.ReadPiece(str(tmp_path), options)
    found = []
    for _ in range(2):
        account = read(piece)
        found.append((account, {p.name: p.read_bytes() for p in tmp_path.rglob("*.parquet")}))
    assert found[0] == found[1]


def test_the_key_holds_content_and_columns_but_not_how_the_work_is_divided(tmp_path: Path) -> None:
    keys = []
    for folder in ("one", "two"):
        (tmp_path / folder / "in").mkdir(parents=True)
        for part in ("a", "b"):
            (tmp_path / folder / "in" / f"{part}.jsonl").write_text('{"t": "Text.", "d": "2019"}\n')
        for shards in (1, 3):
            settings = config(tmp_path / folder / "in", shards, text="t", date="d")
            keys.append(reading.task_of(settings).key)
    assert len(set(keys)) == 1
    inside = config(tmp_path / "one" / "in", 1, text="t", date="d")
    clustered = inside.model_copy(
        update={"prevalence": inside.prevalence.model_copy(update={"cluster": "author"})}
    )
    assert reading.task_of(clustered).key != keys[0]
    (tmp_path / "one" / "in" / "b.jsonl").write_text('{"t": "Other.", "d": "2019"}\n')
    assert reading.task_of(inside).key != keys[0]
