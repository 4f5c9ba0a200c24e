"""The page in a browser: no request, no error, and search, sort and cards that work."""

from __future__ import annotations

import json
import subprocess
import tempfile

import pytest

from trends.reports import html as module
from trends.reports import render

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--no-pings", "--disable-domain-reliability",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


def open_page(chromium: str, path, *more: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as profile:
        command = [
            chromium,
            *FLAGS,
            f"--user-data-dir={profile}",
            "--enable-logging=stderr",
            "--v=0",
            *more,
            "--dump-dom",
            path.as_uri(),
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)


def asked_for(log) -> list[str]:
    """Addresses that the page itself asked for; what a browser asks for on its own account has no origin."""
    net = json.loads(log.read_text(encoding="utf-8"))
    started = net["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    asked = [event.get("params", {}) for event in net["events"] if event["type"] == started]
    return [
        p["url"] for p in asked if p.get("initiator") != "not an origin" and p.get("url", "").startswith(("http", "ws", "ftp"))
    ]


@pytest.mark.slow
def test_no_request_and_no_error(chromium, page, tmp_path):
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    log = tmp_path / "net.json"
    done = open_page(chromium, tmp_path / "report.html", f"--log-net-log={log}")
    assert "CONSOLE" not in done.stderr, done.stderr
    assert done.stdout.count('aria-expanded="false"') == 19
    assert asked_for(log) == []


@pytest.mark.slow
def test_the_browser_test_sees_a_request_and_an_error(chromium, tmp_path):
    (tmp_path / "bad.html").write_text('<img src="http://127.0.0.1:9/x.png"><script>nothing.here()</script>', encoding="utf-8")
    log = tmp_path / "net.json"
    done = open_page(chromium, tmp_path / "bad.html", f"--log-net-log={log}")
    assert "CONSOLE" in done.stderr
    assert asked_for(log) == ["http://127.0.0.1:9/x.png"]


#: Played after the page's own script: types, clicks, and leaves what it saw in an attribute.
PLAY = """
const seen = {};
const rows = () => [...document.querySelectorAll("table.topics")][1].querySelectorAll(".topic");
const names = () => [...rows()].filter((r) => !r.hidden).map((r) => r.querySelector("th button").textContent.trim());
const head = (n) => [...document.querySelectorAll("table.topics")][1].querySelectorAll("thead th")[n];
seen.start = names();
head(4).querySelector("button").click(); seen.down = names(); seen.sort = head(4).getAttribute("aria-sort"); seen.other = head(2).getAttribute("aria-sort");
head(4).querySelector("button").click(); seen.up = names();
const first = rows()[0].querySelector("th button");
seen.closed = document.getElementById(first.getAttribute("aria-controls")).hidden;
first.click(); seen.opened = !document.getElementById(first.getAttribute("aria-controls")).hidden && first.getAttribute("aria-expanded");
const box = document.getElementById("search");
box.value = "WORD3x0 third"; box.dispatchEvent(new Event("input")); seen.none = [names(), document.getElementById("found").textContent];
box.value = "WORD3x0 second"; box.dispatchEvent(new Event("input")); seen.found = [names(), document.getElementById("found").textContent];
document.documentElement.dataset.seen = JSON.stringify(seen);
"""


@pytest.mark.slow
def test_search_sort_and_cards(chromium, report, tmp_path, monkeypatch):
    asset = module._asset
    monkeypatch.setattr(module, "_asset", lambda name: asset(name) + (PLAY if name.endswith(".js") else ""))
    (tmp_path / "report.html").write_text(render(report(figures=False)), encoding="utf-8")
    done = open_page(chromium, tmp_path / "report.html")
    assert "CONSOLE" not in done.stderr, done.stderr
    from html.parser import HTMLParser

    found: dict[str, str] = {}

    class Root(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "html":
                found.update({k: v or "" for k, v in attrs})

    Root().feed(done.stdout)
    seen = json.loads(found["data-seen"])
    assert len(seen["start"]) == 6
    assert seen["down"][0] == "topic about 0" and seen["down"][-1] == "topic about 1"
    assert seen["up"][0] == "topic about 1" and seen["up"][-1] == "topic about 0"
    assert (seen["sort"], seen["other"]) == ("descending", "none")
    assert seen["closed"] is True and seen["opened"] == "true"
    assert seen["none"] == [[], "0 of 19 topics"]
    assert seen["found"] == [["topic about 3"], "3 of 19 topics"]
