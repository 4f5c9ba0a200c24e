"""Asking a server that misbehaves: retries end, redirects stay on the site, answers are bounded."""

from __future__ import annotations

import datetime as dt
import gzip
import tracemalloc
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripts import script

from trends.errors import NetworkError, UsageError
from trends.sources.fetch.http.answer import parse_json
from trends.sources.fetch.http.client import Client, Clock, redirected, retry_after, user_agent
from trends.sources.fetch.http.urls import check_base_url

web = script("tests/sources/fetch/fetch_server.py")
Reply = web.Reply
GOOD = b'{"all": "is well"}'
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def asking(answer, *, interval=0.0, headers=None, parameters=None, path="/x", **options):
    """Ask one thing of a server: what came of it, what was slept, what it was asked."""
    clock = web.FakeClock()
    client = Client(
        clock=Clock(clock.monotonic, clock.sleep, clock.now),
        **{"attempts": 4, "timeout": 5.0, **options},
    )
    with web.serving(answer) as server:
        try:
            got = client.get(
                server.base + path, parameters or {}, parse_json, interval=interval, headers=headers
            )
        except NetworkError as error:
            got = error
    return got, clock.slept, server.asked


TROUBLES = {
    "500": Reply(500),
    "503": Reply(503, web.HTML),
    "429 without a time": Reply(429),
    "reset": Reply(way="reset"),
    "truncated": Reply(body=GOOD, way="truncated"),
    "truncated chunks": Reply(body=GOOD, way="chunked-truncated"),
    "truncated gzip": Reply(body=gzip.compress(GOOD)[:-6], headers={"Content-Encoding": "gzip"}),
    "damaged gzip": Reply(body=b"\x1f\x8b" + b"\x00" * 40, headers={"Content-Encoding": "gzip"}),
    "page for people": Reply(body=web.HTML, headers={"Content-Type": "text/html"}),
    "half of JSON": Reply(body=GOOD[:9]),
    "nothing": Reply(),
    "not UTF-8": Reply(body=b'{"a": "\xff\xfe"}'),
    "nested": Reply(body=b"[" * 100_000),
    "brotli": Reply(body=b"\x8b\x07\x80" + GOOD[::-1], headers={"Content-Encoding": "br"}),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_a_passing_trouble_is_waited_out_with_growing_pauses(name):
    got, slept, asked = asking(
        web.after(TROUBLES[name], TROUBLES[name], then=lambda _: Reply(body=GOOD))
    )
    assert got == {"all": "is well"}
    assert len(asked) == 3 and slept == [1.0, 2.0]


@pytest.mark.parametrize("name", TROUBLES)
def test_a_lasting_trouble_ends_in_a_sentence(name):
    got, slept, asked = asking(lambda _: TROUBLES[name])
    assert isinstance(got, NetworkError) and got.exit_code == 5
    assert "gave up after 4 attempts" in str(got) and "127.0.0.1" in str(got)
    assert len(asked) == 4 and slept == [1.0, 2.0, 4.0]


def test_a_server_that_does_not_answer_is_given_up():
    got, _, asked = asking(lambda _: Reply(way="hang"), timeout=0.2, attempts=2)
    assert "no answer in time" in str(got) and len(asked) == 2


def test_no_server_at_all():
    clock = web.FakeClock()
    client = Client(clock=Clock(clock.monotonic, clock.sleep, clock.now), attempts=3)
    with pytest.raises(NetworkError, match="no connection"):
        client.get("http://127.0.0.1:9/x", {}, parse_json, interval=0)


def test_gzip_and_a_wrong_content_type_are_read_for_what_they_are():
    packed = Reply(
        body=gzip.compress(GOOD), headers={"Content-Encoding": "gzip", "Content-Type": "text/html"}
    )
    got, _, asked = asking(lambda _: packed)
    assert got == {"all": "is well"} and asked[0].headers["accept-encoding"] == "gzip"


def test_a_gzip_bomb_is_refused_without_filling_memory():
    bomb = web.bomb(300 * 2**20)
    tracemalloc.start()
    got, _, asked = asking(lambda _: bomb, max_bytes=4 * 2**20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "more than 4 MiB" in str(got) and len(asked) == 1
    assert peak < 40 * 2**20


@pytest.mark.parametrize("way", ["bomb", "endless"])
def test_the_body_of_a_redirect_is_not_read(way):
    body = web.bomb(300 * 2**20) if way == "bomb" else Reply(way="endless")

    def answer(asked):
        if asked.path == "/there":
            return Reply(body=GOOD)
        return Reply(302, body.body, {**body.headers, "Location": "/there"}, way=body.way)

    tracemalloc.start()
    got, slept, asked = asking(answer)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert got == {"all": "is well"} and not slept and len(asked) == 2
    assert peak < 40 * 2**20


def test_an_endless_body_is_refused():
    got, _, asked = asking(lambda _: Reply(way="endless"), max_bytes=2 * 2**20)
    assert "more than 2 MiB" in str(got) and len(asked) == 1


@pytest.mark.parametrize("way", ["endless", "dripping head"])
def test_an_answer_that_drips_is_given_up(way):
    ticks = iter(range(0, 10**9, 50))
    with web.serving(lambda _: Reply(way=way)) as server:
        client = Client(clock=Clock(lambda: next(ticks), lambda _: None, lambda: NOW), attempts=1)
        with pytest.raises(NetworkError, match="not arrived as a whole after 300 s"):
            client.get(server.base, {}, parse_json, interval=0)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
def test_a_refusal_is_final_and_says_why(status):
    body = b'{"message": "Unknown filter\x00\x1b[31m field"}'
    got, slept, asked = asking(lambda _: Reply(status, body))
    assert len(asked) == 1 and slept == []
    assert f"status {status}" in str(got) and "Unknown filter" in str(got)
    assert str(got).isprintable()


def test_retry_after_is_obeyed(monkeypatch):
    got, slept, _ = asking(
        web.after(Reply(429, headers={"Retry-After": "37"}), then=lambda _: Reply(body=GOOD))
    )
    assert got == {"all": "is well"} and slept == [37.0]
    monkeypatch.setattr("urllib3.util.retry.time.time", NOW.timestamp)
    date = format_datetime(NOW + dt.timedelta(seconds=90), usegmt=True)
    got, slept, _ = asking(
        web.after(Reply(503, headers={"Retry-After": date}), then=lambda _: Reply(body=GOOD))
    )
    assert got == {"all": "is well"} and slept == [90.0]


def test_a_server_that_asks_for_hours_is_left_alone():
    got, slept, asked = asking(lambda _: Reply(429, headers={"Retry-After": "7200"}))
    assert "wait 120 minutes" in str(got) and slept == [] and len(asked) == 1


def test_the_rhythm_of_a_host_is_kept():
    clock = web.FakeClock()
    client = Client(clock=Clock(clock.monotonic, clock.sleep, clock.now))
    with web.serving(lambda _: Reply(body=GOOD)) as server:
        for _ in range(4):
            client.get(server.base, {}, parse_json, interval=3.0)
    assert clock.slept == [3.0, 3.0, 3.0]


def test_a_redirection_on_the_same_site_is_followed_and_another_is_not():
    def answer(asked):
        return (
            Reply(body=GOOD)
            if asked.path == "/new"
            else Reply(302, headers={"Location": "/new?b=2"})
        )

    got, _, asked = asking(answer, parameters={"a": "1"})
    assert got == {"all": "is well"} and asked[-1].query == {"b": "2"}
    for place in (
        "http://localhost:1/x",
        "https://example.org/",
        "ftp://127.0.0.1/",
        "//example.org/x",
        "http://u:p@127.0.0.1/x",
    ):
        got, _, asked = asking(
            lambda _, place=place: Reply(301, headers={"Location": place}),
            headers={"x-api-key": "secret"},
        )
        assert "not followed" in str(got) and len(asked) == 1 and "secret" not in str(got)
    got, _, asked = asking(lambda _: Reply(302, headers={"Location": "/again"}))
    assert "without end" in str(got) and len(asked) == 6


def test_nothing_of_the_users_is_sent_along(tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    clock = web.FakeClock()
    client = Client("me@example.org", clock=Clock(clock.monotonic, clock.sleep, clock.now))
    with web.serving(lambda _: Reply(body=GOOD, headers={"Set-Cookie": "track=me"})) as server:
        for _ in range(2):
            client.get(server.base, {}, parse_json, interval=0)
    for asked in server.asked:
        assert "authorization" not in asked.headers and "cookie" not in asked.headers
        assert asked.headers["user-agent"] == user_agent("me@example.org")
        assert "(mailto:me@example.org)" in asked.headers["user-agent"]


def test_a_key_stands_in_no_message():
    said = []
    for answer in (lambda _: Reply(500), lambda _: Reply(way="reset"), lambda _: Reply(404)):
        got, _, _ = asking(
            answer,
            parameters={"api_key": "s3cret"},
            headers={"x-api-key": "s3cret"},
            notify=said.append,
        )
        said.append(str(got))
    assert said and not any("s3cret" in each for each in said)


@pytest.mark.parametrize(
    "bad",
    [
        "ftp://example.org",
        "file:///etc/passwd",
        "example.org",
        "",
        "http://",
        "http://a:b@example.org",
        "http://example.org?x=1",
        "http://example.org/ x",
        "javascript:alert(1)",
        "http://example.org:99999",
        "http://[::1",
        "http://example.org#x",
        "http://example.org:0",
    ],
)
def test_addresses_that_are_not_asked(bad):
    with pytest.raises(UsageError):
        check_base_url(bad)


def test_addresses_that_are():
    assert check_base_url(" https://example.org/api/ ") == "https://example.org/api"
    assert (
        redirected("http://export.example.org/a?b", "https://export.example.org/a")
        == "https://export.example.org/a"
    )
    with pytest.raises(NetworkError):
        redirected("https://example.org/", "http://example.org/")


@given(st.text(max_size=60))
def test_any_location_is_on_the_site_or_refused(place):
    try:
        target = redirected("https://example.org/a/b", place)
    except NetworkError:
        return
    assert target.lower().startswith("https://example.org") and "@" not in target.split("/")[2]


@given(st.one_of(st.text(max_size=40), st.integers(0, 10**14).map(str)))
def test_any_retry_after_is_seconds(value):
    assert retry_after(value) >= 0


def test_pauses_grow_to_a_bound():
    _, slept, _ = asking(lambda _: Reply(500), attempts=10)
    assert slept == [1, 2, 4, 8, 16, 32, 64, 120, 120]


def test_the_network_is_touched_in_one_place_only(root):
    users = []
    for path in sorted((root / "trends").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if any(
            f"import {name}" in text or f"from {name}" in text
            for name in ("requests", "urllib3", "urllib.request", "http.client", "socket")
        ):
            users.append(path.relative_to(root / "trends").as_posix())
    assert sorted(users) == ["sources/fetch/http/client.py", "sources/fetch/http/timed.py"]
