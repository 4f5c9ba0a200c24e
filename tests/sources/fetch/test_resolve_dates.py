"""Dating documents at services replayed on localhost: decisions, cache, kills, command line."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from scripts import script
from typer.testing import CliRunner

import trends as tr
from trends.cli.main import app
from trends.core import Corpus
from trends.core.dates import Precision
from trends.errors import NetworkError, StorageError, UsageError
from trends.sources.dating import date_table as dates_table
from trends.sources.fetch.http.client import Client, Clock
from trends.sources.fetch.http.response_cache import ResponseCache
from trends.sources.fetch.resolving import documents, resolve, write_dates, write_decisions

web = script("tests/sources/fetch/fetch_server.py")
NAMES = ("arxiv", "crossref", "openalex")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def library(arxiv=(), crossref=(), openalex=()):
    """A server with some numbered works at each service, found by number or identifier."""

    def number(text):
        return next((int(word) for word in text.split() if word.isdigit()), -1)

    def answer(asked):
        query = asked.query
        if asked.path == "/arxiv/api/query":
            if "id_list" in query:
                hits = [i for i in arxiv if query["id_list"].endswith(f".{i:05d}")]
            else:
                hits = [i for i in arxiv if i == number(query["search_query"].replace('"', " "))]
            return web.arxiv_feed([web.arxiv_entry(i) for i in hits], len(hits))
        if asked.path == "/crossref/works":
            wanted = (
                number(query.get("query.bibliographic", ""))
                if "filter" not in query
                else int(query["filter"].rpartition(".")[2])
            )
            items = [web.crossref_work(i) for i in crossref if i == wanted] + [
                web.crossref_work(99)
            ]
            return web.as_json(
                {"status": "ok", "message": {"total-results": len(items), "items": items}}
            )
        assert asked.path == "/openalex/works", asked
        wanted = (
            number(query["filter"])
            if query["filter"].startswith("title")
            else int(query["filter"].rpartition(".")[2])
        )
        works = [web.openalex_work(i) for i in openalex if i == wanted]
        return web.as_json({"meta": {"count": len(works)}, "results": works})

    return answer


def corpus(n=6, **more):
    frame = pd.DataFrame(
        {
            "id": [f"d{i}" for i in range(n)],
            "title": [web.title(i) for i in range(n)],
            "text": "Some words on gardens.",
        }
    )
    frame["date"], frame["date_precision"], frame["date_evidence"], frame["source"] = (
        pd.NaT,
        None,
        "none",
        "test",
    )
    for column, values in more.items():
        frame[column] = values
    return Corpus(frame)


def bases(server):
    return {name: f"{server.base}/{name}" for name in NAMES}


def resolved(docs, answer, path, **options):
    clock = web.FakeClock()
    asking = Client(clock=Clock(clock.monotonic, clock.sleep, clock.now), attempts=2, timeout=5)
    with web.serving(answer) as server, ResponseCache(path) as cache:
        # One URL for all runs of a test: the cache keeps answers by URL.
        found = resolve(
            docs, client=asking, cache=cache, base_urls=bases(server), interval=0, **options
        )
    return *found, server.asked


def test_documents_are_dated_by_the_first_service_that_has_them(tmp_path):
    dated, decisions, asked = resolved(
        corpus(), library(arxiv=[0, 1], crossref=[2], openalex=[2, 3]), tmp_path / "cache"
    )
    assert [each.verdict for each in decisions] == ["dated"] * 4 + ["no match"] * 2
    frame = dated.documents.set_index("id")
    assert [frame.loc[f"d{i}", "date"].date() for i in range(4)] == [web.day(i) for i in range(4)]
    assert frame.loc[["d0", "d1", "d2", "d3"], "date_evidence"].tolist() == ["lookup"] * 4
    assert frame.loc[["d0", "d1", "d2", "d3"], "date_service"].tolist() == [
        "arxiv",
        "arxiv",
        "crossref",
        "openalex",
    ]
    assert (
        frame.loc["d2", "date_match"] == "10.1234/garden.2" and frame.loc["d2", "date_score"] == 1.0
    )
    assert frame.loc["d5", "date_evidence"] == "none" and pd.isna(frame.loc["d5", "date"])
    assert dated.notes["resolved"] == {
        "asked": 6,
        "dated": 4,
        "no match": 2,
        "services": {"arxiv": 2, "crossref": 1, "openalex": 1},
    }
    assert len(asked) == 2 * 1 + 1 * 2 + 3 * 3


def test_answers_are_kept_in_the_cache(tmp_path):
    clock, answer = web.FakeClock(), library(arxiv=[0, 1], openalex=[3])
    asking = Client(clock=Clock(clock.monotonic, clock.sleep, clock.now), attempts=1)
    with web.serving(answer) as server, ResponseCache(tmp_path / "cache") as cache:
        first = resolve(corpus(), client=asking, cache=cache, base_urls=bases(server), interval=0)
        n = len(server.asked)
        again = resolve(corpus(), client=asking, cache=cache, base_urls=bases(server), interval=0)
        assert len(server.asked) == n and again[1] == first[1]
        assert again[0].fingerprint == first[0].fingerprint
        cache.clear()
        resolve(corpus(), client=asking, cache=cache, base_urls=bases(server), interval=0)
        assert len(server.asked) == 2 * n


def test_identifiers_are_asked_for_where_they_are_known(tmp_path):
    docs = corpus(
        2,
        doi=["https://doi.org/10.1234/GARDEN.0", ""],
        arxiv_id=["", f"{web.day(1):%y%m}.00001"],
        title=["Number 0 of the many gardens seen", "x y"],
    )
    _, decisions, asked = resolved(docs, library(arxiv=[1], crossref=[0]), tmp_path / "cache")
    assert any(each.query.get("filter") == "doi:10.1234/garden.0" for each in asked)
    assert any(each.query.get("id_list") == f"{web.day(1):%y%m}.00001" for each in asked)
    assert decisions[0].verdict == "dated" and decisions[0].why == "same identifier"
    assert decisions[1].verdict == "no match"  # the identifier has quite another title


def test_dated_documents_are_left_alone_unless_finer_ones_are_asked_for(tmp_path):
    docs = corpus(
        3,
        date=pd.to_datetime(["2020-01-01", "2019-01-01", None]),
        date_precision=["year", "year", None],
        date_evidence=["stated", "stated", "none"],
    )
    assert [each.id for each in documents(docs)] == ["d2"]
    dated, decisions, _ = resolved(
        docs, library(arxiv=[0, 1, 2]), tmp_path / "cache", finer=Precision.DAY
    )
    verdicts = {each.document.id: each.verdict for each in decisions}
    assert verdicts == {"d0": "dated", "d1": "contradicts", "d2": "dated"}
    frame = dated.documents.set_index("id")
    assert frame["date_precision"].to_dict() == {"d0": "day", "d1": "year", "d2": "day"}
    assert frame["date_evidence"].to_dict() == {"d0": "lookup", "d1": "stated", "d2": "lookup"}


def test_every_decision_is_listed_with_the_titles_as_they_are(tmp_path):
    docs = corpus(3, title=[web.title(0), "=cmd|'/c calc'!A1 of the gardens", web.title(2)])
    _, decisions, _ = resolved(docs, library(arxiv=[0]), tmp_path / "cache")
    write_decisions(decisions, tmp_path / "d.csv")
    rows = list(csv.DictReader((tmp_path / "d.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["id"] for row in rows] == ["d0", "d1", "d2"]
    assert (
        rows[0]["decision"] == "dated"
        and rows[0]["date"] == str(web.day(0))
        and rows[0]["score"] == "1.0000"
    )
    assert rows[1]["title"].startswith("=cmd|'/c") and {row["decision"] for row in rows[1:]} == {
        "no match"
    }


def test_the_dates_are_a_table_that_a_run_can_use(tmp_path):
    docs = corpus(
        5, title=[web.title(0), web.title(1), web.title(1).upper(), web.title(3), web.title(4)]
    )
    _, decisions, _ = resolved(docs, library(arxiv=[0, 1], openalex=[3]), tmp_path / "cache")
    assert write_dates(decisions, tmp_path / "dates.csv") == 0
    table, _ = dates_table.load(tmp_path / "dates.csv")
    fact = table.find(dates_table.title_key(web.title(0)))
    assert fact.date.first == web.day(0) and fact.date.evidence == "lookup" and fact.arxiv_id
    assert "arxiv" in fact.source and "score 1.0000" in fact.source
    assert table.find(dates_table.title_key(web.title(3))).arxiv_id == ""
    assert len((tmp_path / "dates.csv").read_text().splitlines()) == 4


def test_a_broken_service_stops_and_the_rest_is_kept(tmp_path):
    honest, broken = library(arxiv=range(6)), [True]

    def answer(asked):
        return (
            web.Reply(500)
            if broken[0] and "number 4" in asked.query.get("search_query", "")
            else honest(asked)
        )

    clock = web.FakeClock()
    asking = Client(clock=Clock(clock.monotonic, clock.sleep, clock.now), attempts=2)
    with web.serving(answer) as server, ResponseCache(tmp_path / "cache") as cache:
        with pytest.raises(NetworkError, match="4 of 6 documents are kept"):
            resolve(corpus(), client=asking, cache=cache, base_urls=bases(server), interval=0)
        broken[0], n = False, len(server.asked)
        _, decisions = resolve(
            corpus(), client=asking, cache=cache, base_urls=bases(server), interval=0
        )
        assert len(server.asked) - n == 2
    assert {each.verdict for each in decisions} == {"dated"}


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"message": {"items": 5}}', b'{"results": [3]}', b"<html>"]
)
def test_an_answer_of_another_shape_is_no_empty_one(body, tmp_path):
    for name in NAMES:
        with pytest.raises(NetworkError, match="cannot be used"):
            resolved(corpus(1), lambda _: web.Reply(body=body), tmp_path / "cache", services=[name])


def test_a_file_that_is_no_cache_or_a_damaged_one(tmp_path):
    (tmp_path / "text").write_text(
        "this is no database, but long enough to be taken for a file of another kind" * 20
    )
    with pytest.raises(UsageError, match="--cache"):
        ResponseCache(tmp_path / "text")
    with pytest.raises((StorageError, UsageError)):
        ResponseCache(tmp_path)
    with ResponseCache(tmp_path / "cache") as cache:
        cache.put("b", "s", "k", [1])
        with sqlite3.connect(tmp_path / "cache") as base:
            for key, value in (
                ("text", "{not json"),
                ("number", 5),
                ("deep", "[" * 10**5),
                ("null", None),
            ):
                base.execute("INSERT INTO answers VALUES ('b', 's', ?, ?)", (key, value))
        base.close()
        assert cache.get("b", "s", "k") == [1]
        assert all(
            cache.get("b", "s", key) in (None, 5)
            for key in ("text", "number", "deep", "null", "absent")
        )


def test_unknown_services_are_refused(tmp_path):
    for services in (["nowhere"], []):
        with pytest.raises(UsageError, match="arxiv, crossref, openalex"):
            resolved(corpus(1), library(), tmp_path / "cache", services=services)


def command(server, output, *more):
    places = [
        part for name, base in bases(server).items() for part in ("--base-url", f"{name}={base}")
    ]
    return [
        "resolve-dates",
        "FOLDER/in.parquet",
        "-o",
        output,
        "--interval",
        "0.001",
        "--no-progress",
        *places,
        *more,
    ]


def test_on_the_command_line(tmp_path):
    tr.write_corpus(corpus(), tmp_path / "in.parquet")
    with web.serving(library(arxiv=[0, 1], openalex=[3])) as server:
        line = [
            part.replace("FOLDER", str(tmp_path))
            for part in command(
                server, "FOLDER/out.parquet", "--table", str(tmp_path / "dates.csv")
            )
        ]
        said = CliRunner().invoke(app, line)
        assert said.exit_code == 0, said.output
        assert "6 documents were looked up: 3 dated, 3 no match." in said.stdout
        told = CliRunner().invoke(app, [*line, "--json"])
        assert json.loads(told.stdout)["decisions"] == {"dated": 3, "no match": 3}
        for wrong in (
            ["--finer", "year"],
            ["--base-url", "nowhere=http://x"],
            ["--service", "nowhere"],
            ["--mailto", "x"],
        ):
            assert isinstance(CliRunner().invoke(app, [*line, *wrong]).exception, UsageError)
    assert tr.read_corpus(tmp_path / "out.parquet").dated.sum() == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "dates.csv",
        "in.parquet",
        "out.parquet",
        "out.parquet.decisions.csv",
        "out.parquet.lookups",
    ]


@pytest.mark.slow
def test_killed_at_every_step_it_ends_as_if_undisturbed(tmp_path):
    tr.write_corpus(corpus(3), tmp_path / "in.csv")
    text = (tmp_path / "in.csv").read_text(encoding="utf-8")
    with web.serving(library(arxiv=[0], crossref=[1], openalex=[2])) as server:
        line = command(server, "FOLDER/out.csv")
        line[1] = "FOLDER/in.csv"
        wanted = {
            "command": line,
            "folder": str(tmp_path),
            "outputs": ["out.csv", "out.csv.decisions.csv"],
            "every": 1,
            "setup": {"in.csv": text},
            "load": [
                "trends.api.corpus",
                "trends.sources.fetch.resolving",
                "trends.sources.tables.read",
                "trends.sources.tables.export",
                "lxml.etree",
                "trends.sources.records.build",
                "py3langid.langid",
                "trends.cli.show",
                "trends.sources.stored.corpus_file",
            ],
        }
        driver = Path(__file__).with_name("kill_driver.py")
        run = subprocess.run(
            [sys.executable, str(driver), json.dumps(wanted)],
            capture_output=True,
            text=True,
            timeout=240,
        )
    assert run.returncode == 0, run.stderr[-3000:]
    found = json.loads(run.stdout)
    assert found["wrong"] == [] and found["kills"] >= 8
