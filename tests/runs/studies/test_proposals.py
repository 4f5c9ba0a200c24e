"""Names that a service proposes: asked once, checked like every label, taken only if not worse."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import small_runs

from trends import store
from trends.errors import UsageError
from trends.runs.config import settings as config
from trends.runs.studies import labelling, proposals
from trends.runs.studies import run as recipe

SETTINGS = f"""{small_runs.GIBBS}[labels]
endpoint = "http://localhost:9/v1"
model = "small"
"""


class Service:
    """A service on this machine that replays answers by a word of the question."""

    def __init__(self, answers: dict[str, bytes | str]) -> None:
        self.seen: list[dict[str, Any]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.seen.append(
                    {"path": self.path, "key": self.headers["Authorization"], **body}
                )
                asked = body["messages"][-1]["content"]
                answer = next(a for word, a in answers.items() if word in asked)
                if isinstance(answer, str):
                    message = {"choices": [{"message": {"content": answer}}]}
                    answer = json.dumps(message).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> list[str]:
        return [f"labels.endpoint=http://127.0.0.1:{self.server.server_port}/v1"]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_runs.write(tmp_path_factory.mktemp("asked"), small_runs.in_turn(90), SETTINGS)
    recipe.run(config.load(folder / "config.toml"), folder / "out")
    return folder / "out"


@pytest.fixture
def start(out: Path, tmp_path: Path) -> Iterator[Any]:
    services: list[Service] = []
    (out / proposals.ANSWERS).unlink(missing_ok=True)

    def make(answers: dict[str, bytes | str]) -> tuple[store.Run, Path, Service]:
        run = store.Run(out)
        labelling.start(run, tmp_path / "names.csv")
        services.append(Service(answers))
        return run, tmp_path / "names.csv", services[-1]

    yield make
    for service in services:
        service.close()


def own(file: Path) -> dict[str, str]:
    table = pd.read_csv(file)
    return {row.top_terms.split("; ")[0][:5]: row.label for row in table.itertuples()}


@pytest.mark.slow
def test_good_names_are_taken_others_refused_and_nothing_is_asked_twice(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {
        "solar": '"solara and solarb"\n',
        "whale": "violina violinb",
        "violin": "So, well…" * 40,
    }
    run, file, service = start(answers)
    before, said = own(file), []
    monkeypatch.setenv("SECRET", "abc")
    given = [*service.settings, "labels.key=SECRET"]
    found = proposals.propose(run, file, given, say=said.append)
    named = own(file)
    assert named == {**before, "solar": "solara and solarb"}
    assert {p.outcome for p in found} == {
        "taken",
        "documents find their way worse",
        "the answer is no short name",
    }
    assert proposals.summary(found).startswith("1 of 3 proposals taken; own labels stay for 1 (")
    # What is sent is said, and is no more than that.
    assert "ten leading words of each topic" in said[0] and "abc" not in "".join(said)
    assert {s["key"] for s in service.seen} == {"Bearer abc"} and len(service.seen) == 3
    sent = [s["messages"][-1]["content"] for s in service.seen]
    assert all(text.startswith("Words: ") and "paper" not in text for text in sent)
    kept = (run.folder / proposals.ANSWERS).read_bytes()
    assert b"abc" not in kept and all(text.encode() in kept for text in sent)

    service.close()
    again = file.with_name("again.csv")
    labelling.start(run, again)
    assert proposals.propose(run, again, given, say=said.append) == found
    assert again.read_bytes() == file.read_bytes() and len(said) == 1
    # Names of the user are not asked about.
    assert all(p.own != "solara and solarb" for p in proposals.propose(run, file, given, say=print))


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer", [b"<html>", b'{"choices": []}', b"x" * (2**20 + 9), b'{"choices": 3}', b"\xff"]
)
def test_a_service_that_fails_leaves_own_labels(
    start: Any, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trends.sources.fetch.services.chat_completions.ATTEMPTS", 1)
    run, file, service = start({"Words": answer})
    before, said = file.read_bytes(), []
    found = proposals.propose(run, file, service.settings, say=said.append)
    assert file.read_bytes() == before
    assert proposals.summary(found) == "0 of 3 proposals taken; own labels stay for 3 (no answer)."
    assert "keep their own labels" in said[-1] and len(service.seen) == 1


@pytest.mark.slow
def test_settings_that_cannot_work_are_told(start: Any) -> None:
    run, file, _ = start({})
    for change, said in (
        ("labels.endpoint=", "labels.endpoint"),
        ("labels.model=", "labels.model"),
        ("labels.key=NOT_SET_HERE", "NOT_SET_HERE, which is not set"),
        ("labels.endpoint=ftp://x", "http or https"),
    ):
        with pytest.raises(UsageError, match=said):
            proposals.propose(run, file, [change], say=print)


def test_a_key_is_sent_encrypted_or_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    from trends.sources.fetch.services.chat_completions import checked

    assert checked("http://127.0.0.1:8000/v1/", "k") == "http://127.0.0.1:8000/v1"
    assert checked("http://example.org/v1", "") and checked("https://example.org/v1", "k")
    with pytest.raises(UsageError, match="https addresses only"):
        checked("http://example.org/v1", "k")
