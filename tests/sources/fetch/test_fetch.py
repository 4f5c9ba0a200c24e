"""From a service, replayed on localhost, to a corpus: pages, resuming, limits, provenance."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import queue
import subprocess
import sys
from pathlib import Path

import pytest
from scripts import script
from typer.testing import CliRunner

import trends as tr
from trends.cli.main import app
from trends.errors import NetworkError, StorageError, UsageError
from trends.sources.fetch import SERVICES
from trends.sources.fetch.fetching import fetch
from trends.sources.fetch.http.client import Client, Clock
from trends.sources.fetch.journal import Journal
from trends.sources.fetch.service import Request
from trends.sources.records.provenance import beside, days, stated

web = script("tests/sources/fetch/fetch_server.py")
JAN, MAR = dt.date(2020, 1, 1), dt.date(2020, 3, 31)
CASES = {
    "openalex": (Request("openalex", "gardens", JAN, MAR), web.openalex(10), 10),
    "crossref": (Request("crossref", "gardens", JAN, MAR), web.crossref(450), 450),
    "semantic-scholar": (
        Request("semantic-scholar", "gardens", JAN, None),
        web.semantic_scholar(10),
        10,
    ),
    "arxiv": (Request("arxiv", "cat:q-bio.PE", JAN, MAR), web.arxiv(10), 10),
    "pubmed": (Request("pubmed", "gardens[tiab]", JAN, MAR), web.pubmed(450), 450),
    "hf-daily": (
        Request("hf-daily", "", dt.date(2024, 5, 3), dt.date(2024, 5, 7)),
        web.hf_daily(110),
        330,
    ),
}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def client(**options):
    clock = web.FakeClock()
    return Client(
        clock=Clock(clock.monotonic, clock.sleep, clock.now),
        **{"attempts": 2, "timeout": 5.0, **options},
    )


def got(request, answer, output, *, asking=None, **options):
    with web.serving(answer) as server:
        about = fetch(request, output, client=asking or client(), base_url=server.base, **options)
    return about, server.asked


@pytest.mark.parametrize("name", CASES)
def test_what_a_service_has_becomes_a_corpus(name, tmp_path):
    request, answer, n = CASES[name]
    output = tmp_path / "raw.jsonl"
    about, _ = got(request, answer, output)
    assert (
        about["records"] == n
        and about["missing"] in (0, None)
        and not about["kept"]
        and about["repeated"] == 0
    )
    assert len(output.read_text(encoding="utf-8").splitlines()) == n + (
        3 if name == "pubmed" else 0
    )  # XML has a head and a tail
    assert sorted(p.name for p in tmp_path.iterdir()) == ["raw.jsonl", "raw.jsonl.fetched"]
    corpus = tr.read_corpus(output)
    assert corpus.notes["source"] == name and len(corpus) == n and corpus.dated.all()
    assert set(corpus.documents["date_precision"]) == {"day"}
    again = tmp_path / "again.jsonl"
    got(request, answer, again)
    assert again.read_bytes() == output.read_bytes()


def test_collections_of_the_acl_anthology(tmp_path):
    request = Request("acl-anthology", "2020.garden, P19 2020.garden")
    output = tmp_path / "raw.xml"
    about, asked = got(request, web.acl_anthology(4), output)
    assert [each.path for each in asked] == [
        f"/acl-org/acl-anthology/master/data/xml/{c}.xml" for c in ("2020.garden", "P19")
    ]
    assert about["records"] == 2 * 2 * (4 + 1) and about["pages"] == 2
    assert len(output.read_text(encoding="utf-8").splitlines()) == about["records"] + 3
    corpus = tr.read_corpus(output)
    assert corpus.notes["source"] == "acl-anthology" and corpus.notes["records"] == about["records"]
    assert len(corpus) == 16 and corpus.notes["dropped_by_reason"] == {"front matter": 4}
    row = corpus.documents.set_index("id").loc["2020.garden-2.3"]
    assert (row["title"], row["venue"], row["date_precision"]) == (
        f"{web.title(3)} Moss 2020.garden 2",
        "garden",
        "month",
    )
    assert "They grow" in row["text"] and {"P19-1003", "P19-2004"} <= set(corpus.ids)
    assert days([output]) == {
        "collected_on": dt.date(2026, 3, 1)
    }  # a collection is no span of time
    broken, honest = [True], web.acl_anthology(4)
    with web.serving(
        lambda each: web.Reply(503) if broken[0] and "P19" in each.path else honest(each)
    ) as server:
        with pytest.raises(NetworkError, match="10 records that have arrived are kept"):
            fetch(request, tmp_path / "again.xml", client=client(), base_url=server.base)
        broken[0], before = False, len(server.asked)
        fetch(request, tmp_path / "again.xml", client=client(), base_url=server.base)
        assert len(server.asked) == before + 1
    assert (tmp_path / "again.xml").read_bytes() == output.read_bytes()


def test_the_acl_anthology_is_asked_for_collections_only(tmp_path):
    out = tmp_path / "raw.xml"
    for query, more in (
        ("", {}),
        ("../../x", {}),
        ("2020.acl/..", {}),
        ("topic models", {}),
        ("P19", {"first": JAN}),
    ):
        with pytest.raises(UsageError, match=r"collection|query"):
            got(Request("acl-anthology", query, **more), web.acl_anthology(1), out)
    with pytest.raises(NetworkError, match="404"):
        got(Request("acl-anthology", "2020.nothing"), web.acl_anthology(1), out)
    for body in (
        b"<html><body>Sign in</body></html>",
        b"<collection id='P20'></collection>",
        HOSTILE["laughs"],
        b"[]",
    ):
        with pytest.raises(NetworkError, match="cannot be used"):
            got(Request("acl-anthology", "P19"), lambda _, body=body: web.Reply(body=body), out)
    assert not out.exists()


def test_dates_of_arxiv_are_those_of_the_first_version(tmp_path):
    got(CASES["arxiv"][0], CASES["arxiv"][1], tmp_path / "raw.jsonl")
    frame = tr.read_corpus(tmp_path / "raw.jsonl").documents
    assert [d.date() for d in frame["date"]] == [web.day(i) for i in range(10)]
    assert frame["versions"].tolist() == [3, 1, 1] * 3 + [3]
    assert frame["date_updated"].notna().tolist() == [True, False, False] * 3 + [True]


def test_what_each_service_is_asked(tmp_path):
    asked = {}
    for name, (request, answer, _) in CASES.items():
        _, asked[name] = got(
            request, answer, tmp_path / f"{name}.jsonl", asking=client(contact="me@example.org")
        )
    first = {name: each[0] for name, each in asked.items()}
    assert first["openalex"].path == "/works" and first["openalex"].query["search"] == "gardens"
    assert (
        first["openalex"].query["filter"]
        == "from_publication_date:2020-01-01,to_publication_date:2020-03-31"
    )
    assert first["crossref"].query["filter"] == "from-pub-date:2020-01-01,until-pub-date:2020-03-31"
    assert {first[name].query["mailto"] for name in ("openalex", "crossref")} == {"me@example.org"}
    assert first["semantic-scholar"].query["publicationDateOrYear"] == "2020-01-01:"
    assert (
        first["arxiv"].query["search_query"]
        == "(cat:q-bio.PE) AND submittedDate:[202001010000 TO 202003312359]"
    )
    assert first["arxiv"].query["sortOrder"] == "ascending"
    assert (
        first["pubmed"].query["term"] == "gardens[tiab]"
        and first["pubmed"].query["mindate"] == "2020/01/01"
    )
    assert [each.query["date"] for each in asked["hf-daily"]] == [
        f"2024-05-0{d}" for d in (3, 3, 4, 5, 6, 6, 7, 7)
    ]
    assert all("example.org" in each.headers["user-agent"] for each in first.values())


def test_a_filter_of_openalex_is_passed_on(tmp_path):
    request = Request("openalex", "concepts.id:C1,publication_year:2020")
    _, asked = got(request, web.openalex(2), tmp_path / "raw.jsonl")
    assert asked[0].query["filter"] == request.query and "search" not in asked[0].query


def test_the_file_says_where_it_comes_from(tmp_path):
    output = tmp_path / "raw.jsonl"
    about, _ = got(CASES["openalex"][0], web.openalex(10), output)
    known = stated(output)
    assert known == {k: v for k, v in about.items() if k != "kept"}
    assert known["request"]["query"] == "gardens" and known["request"]["base_url"].startswith(
        "http://127.0.0.1:"
    )
    assert days([output]) == {
        "collected_on": dt.date(2026, 3, 1),
        "observed_from": JAN,
        "observed_until": MAR,
    }
    output.write_bytes(output.read_bytes() + b"{}\n")
    assert stated(output) == {} and days([output]) == {}
    beside(output).write_bytes(b"[" * 10**6)
    assert stated(output) == {}


def test_the_day_of_collection_is_not_over(tmp_path):
    about, _ = got(Request("openalex", "gardens"), web.openalex(4), tmp_path / "raw.jsonl")
    assert (about["collected_on"], about["observed_from"], about["observed_until"]) == (
        "2026-03-01",
        None,
        "2026-02-28",
    )


def test_a_limit_cuts_and_says_so(tmp_path):
    about, asked = got(
        Request("openalex", "gardens", JAN, MAR, limit=4), web.openalex(10), tmp_path / "raw.jsonl"
    )
    assert (
        about["records"] == 4
        and about["cut_by_limit"]
        and about["observed_until"] is None
        and len(asked) == 2
    )
    about, _ = got(
        Request("openalex", "gardens", limit=50), web.openalex(10), tmp_path / "all.jsonl"
    )
    assert about["records"] == 10 and not about["cut_by_limit"]


def test_a_finished_file_is_not_fetched_again(tmp_path):
    output = tmp_path / "raw.jsonl"
    with web.serving(web.openalex(10)) as server:
        request = CASES["openalex"][0]
        fetch(request, output, client=client(), base_url=server.base)
        n, bytes_ = len(server.asked), output.read_bytes()
        about = fetch(request, output, client=client(), base_url=server.base)
        assert about["kept"] and len(server.asked) == n
        with pytest.raises(UsageError, match="--fresh"):
            fetch(Request("openalex", "ponds"), output, client=client(), base_url=server.base)
        fetch(request, output, client=client(), base_url=server.base, fresh=True)
        assert len(server.asked) == 2 * n and output.read_bytes() == bytes_
        output.write_bytes(bytes_[:-5])
        with pytest.raises(UsageError, match="is there already"):
            fetch(request, output, client=client(), base_url=server.base)
        (tmp_path / "mine.jsonl").write_text("{}\n")
        (tmp_path / "mine.jsonl.part").write_text("{}\n")
        with pytest.raises(UsageError, match="is there already"):
            fetch(request, tmp_path / "mine.jsonl", client=client(), base_url=server.base)
        assert (tmp_path / "mine.jsonl").read_text() == "{}\n"


@pytest.mark.parametrize("name", ["openalex", "semantic-scholar", "arxiv", "pubmed", "hf-daily"])
def test_what_has_arrived_is_kept_and_the_rest_is_asked_for(name, tmp_path):
    request, answer, n = CASES[name]
    _, asked = got(request, answer, tmp_path / "whole.jsonl")
    output, broken = tmp_path / "raw.jsonl", [True]

    def breaking(request):
        return web.Reply(503) if broken[0] and request.query == asked[2].query else answer(request)

    with web.serving(breaking) as server:
        with pytest.raises(NetworkError, match="the same command resumes there"):
            fetch(request, output, client=client(), base_url=server.base)
        assert not output.exists()
        with (tmp_path / "raw.jsonl.part").open("ab") as f:
            f.write(b'{"a torn": "li')
        broken[0] = False
        before = len(server.asked)
        assert fetch(request, output, client=client(), base_url=server.base)["records"] == n
        assert len(server.asked) - before == len(asked) - 2
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_page_and_its_state_are_on_the_disk_before_the_next_one_is_asked_for(tmp_path):
    honest, part, found = web.openalex(10), tmp_path / "raw.jsonl.part", []

    def answer(asked):
        state = json.loads((tmp_path / "raw.jsonl.part-state").read_bytes())
        whole = hashlib.sha256(part.read_bytes()).hexdigest() == state["sha256"]
        found.append((whole, state["cursor"] == asked.query["cursor"], state["records"]))
        return honest(asked)

    got(Request("openalex", "gardens"), answer, tmp_path / "raw.jsonl")
    assert found == [(True, True, n) for n in (0, 3, 6, 9, 10)]


def test_a_damaged_beginning_is_fetched_again_and_another_request_is_not_mixed_in(tmp_path):
    output, request = tmp_path / "raw.jsonl", CASES["openalex"][0]
    honest, broken = web.openalex(10), [True]

    def answer(asked):
        return web.Reply(404) if broken[0] and asked.query["cursor"] == "at6" else honest(asked)

    with web.serving(answer) as server:
        for damage in (
            lambda b: b[:-3],
            lambda b: b.replace(b"gardens", b"GARDENS", 1),
            lambda _: b"",
        ):
            broken[0] = True
            with pytest.raises(NetworkError, match="status 404"):
                fetch(request, output, client=client(), base_url=server.base, fresh=True)
            part = tmp_path / "raw.jsonl.part"
            with pytest.raises(UsageError, match="the beginning of another request"):
                fetch(Request("openalex", "ponds"), output, client=client(), base_url=server.base)
            part.write_bytes(damage(part.read_bytes()))
            broken[0] = False
            assert fetch(request, output, client=client(), base_url=server.base)["records"] == 10
            whole = output.read_bytes()
            assert len(whole.splitlines()) == 10
            output.unlink()
        (tmp_path / "raw.jsonl.part").write_bytes(b"x")
        (tmp_path / "raw.jsonl.part-state").write_text('{"version": 1, "cursor": 5}')
        fetch(request, output, client=client(), base_url=server.base)
    assert output.read_bytes() == whole


def test_an_expired_cursor_begins_again(tmp_path):
    request, output, said = CASES["crossref"][0], tmp_path / "raw.jsonl", []
    honest, broken = web.crossref(450), [True]
    moment = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)

    def answer(asked):
        return web.Reply(404) if broken[0] and asked.query["cursor"] != "*" else honest(asked)

    with web.serving(answer) as server:
        for minutes in (0, 6):
            clock = Clock(
                lambda: 0.0,
                lambda _: None,
                lambda minutes=minutes: moment + dt.timedelta(minutes=minutes),
            )
            asking = Client(clock=clock, attempts=1, notify=said.append)
            if not minutes:
                with pytest.raises(NetworkError):
                    fetch(request, output, client=asking, base_url=server.base)
                broken[0] = False
            else:
                assert fetch(request, output, client=asking, base_url=server.base)["records"] == 450
    assert any("starts again" in each for each in said)


def test_a_service_that_goes_round_in_a_circle_is_left(tmp_path):
    honest = web.openalex(9)

    def circle(asked):
        reply = honest(asked)
        return web.Reply(body=reply.body.replace(b'"next_cursor": "at9"', b'"next_cursor": "at3"'))

    with pytest.raises(NetworkError, match="circle"):
        got(Request("openalex", "gardens"), circle, tmp_path / "raw.jsonl")


def test_records_that_come_twice_are_kept_once_and_missing_ones_are_told(tmp_path):
    pages = {"*": ([0, 1, 2], "a"), "a": ([2, 3], "b"), "b": ([4], None)}

    def answer(asked):
        at, following = pages[asked.query["cursor"]]
        return web.as_json(
            {
                "meta": {"count": 8, "next_cursor": following},
                "results": [web.openalex_work(i) for i in at],
            }
        )

    about, _ = got(Request("openalex", "gardens"), answer, tmp_path / "raw.jsonl")
    assert (about["records"], about["repeated"], about["missing"]) == (5, 1, 2)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"{}",
        b'{"meta": {}, "results": {}}',
        b'{"meta": {}, "results": [1]}',
        b'{"error": "x", "message": "y"}',
        b'"text"',
    ],
)
def test_answers_of_another_shape_are_no_empty_result(body, tmp_path):
    for source in ("openalex", "crossref", "semantic-scholar", "pubmed"):
        with pytest.raises(NetworkError, match="cannot be used"):
            got(
                Request(source, "gardens"),
                lambda _: web.Reply(body=body),
                tmp_path / f"{source}.jsonl",
            )


def test_arxiv_tells_errors_in_the_form_of_an_entry(tmp_path):
    entry = (
        "<entry><id>http://arxiv.org/api/errors#bad</id><title>Error</title>"
        "<summary>malformed query</summary></entry>"
    )
    with pytest.raises(NetworkError, match="malformed query"):
        got(Request("arxiv", "((("), lambda _: web.arxiv_feed([entry], 1), tmp_path / "raw.jsonl")


def test_a_query_can_be_corrected_where_nothing_had_arrived(tmp_path):
    with web.serving(web.after(web.Reply(400), then=web.arxiv(4))) as server:
        with pytest.raises(NetworkError, match="status 400"):
            fetch(
                Request("arxiv", "((("),
                tmp_path / "raw.jsonl",
                client=client(),
                base_url=server.base,
            )
        assert (
            fetch(
                Request("arxiv", "all:moss"),
                tmp_path / "raw.jsonl",
                client=client(),
                base_url=server.base,
            )["records"]
            == 4
        )


def test_an_empty_page_of_arxiv_is_asked_for_again(tmp_path):
    about, asked = got(
        CASES["arxiv"][0],
        web.after(web.arxiv_feed([], 10), then=web.arxiv(10)),
        tmp_path / "raw.jsonl",
    )
    assert about["records"] == 10 and len(asked) == 5
    with pytest.raises(UsageError, match="--from and --until"):
        got(Request("pubmed", "the"), web.pubmed(10_000), tmp_path / "more.xml")
    with pytest.raises(UsageError, match="--from and --until"):
        got(
            Request("arxiv", "all:the"),
            lambda _: web.arxiv_feed([web.arxiv_entry(0)], 40_000),
            tmp_path / "more.jsonl",
        )


FEED = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>'
    b"<id>http://arxiv.org/abs/2001.00001v1</id><title>%s</title></entry></feed>"
)
HOSTILE = {
    "external entity": b'<?xml version="1.0"?>'
    b'<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + FEED % b"&x;",
    "laughs": b'<!DOCTYPE feed [<!ENTITY a "haha">'
    + b"".join(
        b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10 if i else b"&a;" * 10) for i in range(9)
    )
    + b"]>"
    + FEED % b"&a8;",
    "deep": b"<feed>" + b"<a>" * 100_000,
    "page": b"<html><body>Sign in</body></html>",
    "cut": b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused(name, tmp_path):
    output = tmp_path / "raw.jsonl"
    with pytest.raises(NetworkError, match="cannot be used"):
        got(Request("arxiv", "all:moss"), lambda _: web.Reply(body=HOSTILE[name]), output)
    assert not output.exists()


def test_requests_that_cannot_be_meant(tmp_path, monkeypatch):
    out = tmp_path / "raw.jsonl"
    for source, query in (
        ("hf-daily", "x"),
        ("hf-daily", ""),
        ("arxiv", " "),
        ("crossref", ""),
        ("openalex", ""),
        ("nowhere", "x"),
    ):
        with pytest.raises(UsageError):
            fetch(Request(source, query), out, client=client())
    for bad in (
        lambda: Request("arxiv", "x", MAR, JAN),
        lambda: Request("arxiv", "x", limit=0),
        lambda: Request("arxiv", "a\nb"),
    ):
        with pytest.raises(UsageError):
            bad()
    with pytest.raises(UsageError, match="one request in 3 s"):
        fetch(Request("arxiv", "x"), out, client=client(), interval=0.1)
    with pytest.raises(UsageError, match="http"):
        fetch(Request("arxiv", "x"), out, client=client(), base_url="file:///etc")
    monkeypatch.setenv("TRENDS_ARXIV_URL", "ftp://example.org")
    with pytest.raises(UsageError, match="http"):
        fetch(Request("arxiv", "x"), out, client=client())
    assert list(tmp_path.iterdir()) == []


def test_a_key_goes_to_its_service_only(tmp_path, monkeypatch):
    monkeypatch.setenv("TRENDS_OPENALEX_KEY", "s3cret")
    _, asked = got(CASES["openalex"][0], web.openalex(4), tmp_path / "raw.jsonl")
    assert not any("s3cret" in str(each) for each in asked)
    assert SERVICES.load("openalex").key == ("TRENDS_OPENALEX_KEY", "parameter:api_key")


def test_two_fetches_into_one_file_keep_off_each_other(tmp_path):
    with (
        Journal(tmp_path / "raw.jsonl").locked(),
        pytest.raises(StorageError, match="Another fetch"),
    ):
        got(CASES["openalex"][0], web.openalex(4), tmp_path / "raw.jsonl")
    assert got(CASES["openalex"][0], web.openalex(4), tmp_path / "raw.jsonl")[0]["records"] == 4


def test_on_the_command_line(tmp_path):
    output = tmp_path / "raw.jsonl"
    with web.serving(web.openalex(10)) as server:
        command = [
            "fetch",
            "openalex",
            "gardens",
            "-o",
            str(output),
            "--base-url",
            server.base,
            "--interval",
            "0",
            "--from",
            "2020-01-01",
        ]
        first = CliRunner().invoke(app, [*command, "--mailto", "me@example.org"])
        assert first.exit_code == 0, first.output
        assert "10 records in 5 pages" in first.stdout and "trends read" in first.stdout
        assert "openalex: 3 of 10 records" in first.stderr
        again = CliRunner().invoke(app, [*command, "--json"])
        assert json.loads(again.stdout)["kept"] is True
        for wrong in (
            ["--from", "May"],
            ["--mailto", "nobody"],
            ["--mailto", "a@b.org\r\nX-Evil: 1"],
            ["--base-url", "x"],
        ):
            assert isinstance(CliRunner().invoke(app, [*command, *wrong]).exception, UsageError)


@pytest.mark.slow
def test_killed_at_every_step_it_ends_as_if_undisturbed(tmp_path):
    with web.serving(web.openalex(5, per_page=2)) as server:
        command = [
            "fetch",
            "openalex",
            "gardens",
            "-o",
            "FOLDER/raw.jsonl",
            "--base-url",
            server.base,
            "--interval",
            "0.002",
            "--no-progress",
        ]
        found = killed(command, tmp_path, ["raw.jsonl", "raw.jsonl.fetched"])
    assert found["wrong"] == [] and found["kills"] >= 25
    assert found["left"] == ["raw.jsonl", "raw.jsonl.fetched"]


def killed(
    command,
    folder,
    outputs,
    setup=None,
    every=1,
    load=(
        "trends.cli.fetch",
        "trends.sources.fetch.services.openalex",
        "trends.sources.fetch.fetching",
        "pydantic",
        "trends.sources.records.reader",
        "filelock",
        "trends.cli.show",
    ),
):
    """What :mod:`kill_driver` found."""
    request = {
        "command": command,
        "folder": str(folder),
        "outputs": outputs,
        "setup": setup or {},
        "every": every,
        "load": load,
    }
    driver = Path(__file__).with_name("kill_driver.py")
    run = subprocess.run(
        [sys.executable, str(driver), json.dumps(request)],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout)


@pytest.mark.slow
def test_killed_from_outside_while_a_page_is_on_its_way(tmp_path):
    honest = web.openalex(400, per_page=20)
    #: The process to kill, given before the request at which it is killed.
    victims, kill_at = queue.Queue(), [0]

    def answer(asked):
        if len(server.asked) == kill_at[0]:
            victims.get(timeout=120).kill()
        return honest(asked)

    with web.serving(answer) as server:

        def command(name):
            return [
                sys.executable,
                "-m",
                "trends.cli",
                "fetch",
                "openalex",
                "gardens",
                "-o",
                str(tmp_path / name),
                "--base-url",
                server.base,
                "--interval",
                "0.005",
            ]

        subprocess.run(command("whole.jsonl"), check=True, capture_output=True, timeout=240)
        for pages in (2, 5):
            kill_at[0] = len(server.asked) + pages
            process = subprocess.Popen(
                command("raw.jsonl"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            victims.put(process)
            assert process.wait(240) == -9
            assert not (tmp_path / "raw.jsonl").exists()
            state = json.loads((tmp_path / "raw.jsonl.part-state").read_bytes())
            good = (tmp_path / "raw.jsonl.part").read_bytes()[: state["bytes"]]
            assert hashlib.sha256(good).hexdigest() == state["sha256"] and state["cursor"]
            assert len(good.splitlines()) == state["records"] >= 20 * (pages - 1)
        kill_at[0] = 0
        subprocess.run(command("raw.jsonl"), check=True, capture_output=True, timeout=240)
    assert (tmp_path / "raw.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        f"{name}{end}" for name in ("raw.jsonl", "whole.jsonl") for end in ("", ".fetched")
    ]


@pytest.mark.slow
def test_reading_that_is_killed_leaves_no_half_corpus(tmp_path):
    text = "".join(json.dumps(web.openalex_work(i)) + "\n" for i in range(40))
    command = ["read", "FOLDER/raw.jsonl", "-o", "FOLDER/corpus.parquet"]
    load = [
        "trends.api.corpus",
        "trends.sources.bibliographic.openalex",
        "trends.sources.records.build",
        "trends.sources.tables.export",
        "trends.runs.tasks.analysis_parts.reading",
    ]
    load += ["py3langid.langid", "lxml.etree", "pyarrow.parquet", "trends.cli.show"]
    found = killed(command, tmp_path, ["corpus.parquet"], {"raw.jsonl": text}, load=load)
    assert found["wrong"] == [] and found["kills"] >= 4
