"""What a user meets on the command line.

Data on stdout, one sentence on stderr, an exit code that says what kind of error it was.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from command import in_new_process
from command import in_process as trends

HEADER = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\n"
    "byAK and the research community\n\nMar 3\n\n"
)


def record(n: int, date: str = "") -> str:
    abstract = (
        f"We study subject number {n} with great care and describe what was seen in the field "
        f"during the long season of {n} storms."
    )
    return f"Subject number {n} of the series\n\n{abstract}\n\n" + (
        f"  • {n + 1} authors\n·\n{date}\n\n" if date else ""
    )


def page(records: Sequence[str]) -> str:
    return HEADER + "".join(records)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").write_text(
        page([record(i, f"May {i + 1}, 202{i % 4}") for i in range(8)]), encoding="utf-8"
    )
    return folder


def refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command failed with one clear sentence and nothing that looks like a crash."""
    assert result.returncode not in (0, 1), result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr, result.stderr


def test_read_json(pages: Path) -> None:
    result = trends("read", pages, "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["records"] == found["documents"] == found["dated"] == 8
    assert found["by_precision"]["day"] == 8
    assert found["per_input"] == {"a.txt": 8}
    assert found["dropped"] == []
    assert found["conflicts"] == []


def test_read_founding_pages(shared: Path) -> None:
    found = json.loads(trends("read", shared / "seeds", "--json").stdout)
    assert found["records"] == 452
    assert found["documents"] == 356
    assert found["dated"] == 355
    assert (found["by_precision"]["day"], found["by_precision"]["month"]) == (239, 116)
    assert sorted(found["per_input"].values()) == sorted([104, 48, 122, 77, 101])


def test_a_corpus_written_is_the_corpus_read(pages: Path, tmp_path: Path) -> None:
    first = json.loads(trends("read", pages, "-o", tmp_path / "c.parquet", "--json").stdout)
    again = json.loads(trends("read", tmp_path / "c.parquet", "--json").stdout)
    assert first["fingerprint"] == again["fingerprint"]


def test_help_and_no_arguments() -> None:
    assert "export-features" in trends("--help").stdout
    assert trends("run").returncode == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["empty"]),
        (b"\x00\x01\x02" * 500, ["a.txt"]),
        ("Überschrift über alles\n\n".encode("latin-1") * 20, ["a.txt"]),
        (b"just one line of something else\n", ["line"]),
        (b"<html><body>" + b"<p>word</p>\n" * 50 + b"</body></html>", ["line"]),
    ],
    ids=["empty", "binary", "wrong encoding", "other shape", "html"],
)
def test_bad_pages(tmp_path: Path, content: bytes, words: list[str]) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    refused(trends("read", tmp_path / "a.txt", "-o", tmp_path / "c.parquet"), "a.txt", *words)
    assert not (tmp_path / "c.parquet").exists()


def test_nothing_there(tmp_path: Path) -> None:
    refused(trends("read", tmp_path / "none"), "none")
    refused(trends("run", tmp_path / "none.toml"), "none.toml")
    refused(trends("show", tmp_path), "trends run")


def config_for(folder: Path, corpus: str, *lines: str) -> Path:
    path = folder / "config.toml"
    path.write_text(
        f'rng = 1\n[corpus]\npath = "{corpus}"\n[models]\nbackends = ["gibbs-lda"]\nn_topics = '
        "2\nseeds = 1\n" + "\n".join(lines)
    )
    return path


def test_one_document_and_too_many_topics(tmp_path: Path, pages: Path) -> None:
    (tmp_path / "one.txt").write_text(page([record(1, "May 3, 2020")]))
    out = tmp_path / "out"
    refused(trends("run", config_for(tmp_path, "one.txt"), "--output", out), "document")
    refused(
        trends("run", config_for(tmp_path, "pages"), "--output", out, "-s", "models.n_topics=50"),
        "topics",
    )
    assert not (out / "manifest.json").exists()


def test_all_undated(tmp_path: Path) -> None:
    (tmp_path / "u.txt").write_text(page([record(i) for i in range(30)]))
    assert trends("read", tmp_path / "u.txt").returncode == 0
    refused(trends("run", config_for(tmp_path, "u.txt"), "--output", tmp_path / "out"), "date")
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_duplicate_ids(tmp_path: Path) -> None:
    import pandas as pd

    row = {
        "id": "x",
        "title": "t",
        "text": "w",
        "date": "2020-01-01",
        "date_precision": "day",
        "date_evidence": "stated",
        "source": "s",
    }
    pd.DataFrame([row, row]).to_parquet(tmp_path / "c.parquet")
    refused(trends("read", tmp_path / "c.parquet"), "c.parquet")


def test_unknown_key_names_the_nearest(tmp_path: Path, pages: Path) -> None:
    refused(
        trends("run", config_for(tmp_path, "pages"), "-s", "models.n_topcs=3"),
        "models.n_topcs",
        "'models.n_topics'",
    )


def without_rights(first: list[str], then: list[str]) -> subprocess.CompletedProcess[str]:
    """Run one command, then another without the right to pass over permissions.

    The first loads all that the second needs.
    """
    script = (
        "import contextlib, io, os, sys\nfrom trends.cli.main import main\n"
        "try:\n    with contextlib.redirect_stdout(io.StringIO()):\n"
        f"        main({first!r})\nexcept SystemExit as left:\n    assert not left.code, "
        "left.code\n"
        f"if os.geteuid() == 0:\n    os.setgid(65534)\n    os.setuid(65534)\nmain({then!r})"
    )
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter; pytest's own are for one user only."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.slow
def test_folder_without_permission(open_folder: Path) -> None:
    source, closed = open_folder / "a.txt", open_folder / "closed"
    source.write_text(page([record(i, f"May {i + 1}, 2021") for i in range(4)]))
    closed.mkdir()
    closed.chmod(0o000)
    warm = ["read", str(source), "-o", str(open_folder / "c.parquet")]
    refused(without_rights(warm, ["read", str(closed)]), "closed")
    refused(without_rights(warm, ["read", str(source), "-o", str(closed / "c.parquet")]), "closed")
    closed.chmod(0o755)
    assert list(closed.iterdir()) == []


@pytest.mark.slow
def test_full_disk(tmp_path: Path, pages: Path) -> None:
    """A file size limit makes every larger write fail as a full disk does."""
    code = (
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, "
        "signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "from trends.cli.main import "
        f"main\nmain({['read', str(pages), '-o', str(tmp_path / 'out' / 'c.parquet')]!r})"
    )
    refused(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120),
        "c.parquet",
    )
    assert not [p for p in (tmp_path / "out").rglob("*") if p.is_file()]


@pytest.mark.slow
def test_doctor(tmp_path: Path) -> None:
    result = in_new_process("doctor", "--json", cwd=tmp_path)
    found = json.loads(result.stdout)
    assert result.returncode == 0, found
    assert "53aa51172d142c89" in found["model"]
    assert found["versions"]["bertopic"] != "absent"


@pytest.mark.slow
def test_export_features_and_run_on_them(tmp_path: Path) -> None:
    kinds = (
        ["comet", "orbit", "telescope", "planet", "crater"],
        ["bread", "oven", "yeast", "flour", "crust"],
    )
    records = []
    for i in range(80):
        words = kinds[i % 2]
        text = " ".join(
            f"The {words[(i + j) % 5]} near the {words[(i * j) % 5]} and the "
            f"{words[(i + 2 * j) % 5]}."
            for j in range(6)
        )
        records.append(
            f"{words[i % 5].title()} study {i}\n\n{text}\n\n  • 2 authors\n·\nMay {i % 28 + 1}, "
            f"20{15 + i // 28}\n\n"
        )
    (tmp_path / "p.txt").write_text(page(records))
    made = trends("export-features", tmp_path / "p.txt", "-o", tmp_path / "features", "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["dimensions"] == 384
    assert b"near the" not in b"".join(p.read_bytes() for p in (tmp_path / "features").iterdir())
    result = trends(
        "run",
        config_for(tmp_path, "features", "[prevalence]", 'period = "year"'),
        "--output",
        tmp_path / "out",
        "--json",
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["counts"]["documents"] == 80
    assert (tmp_path / "out" / "report.html").is_file()
    shown = trends("show", tmp_path / "out")
    assert "gibbs-lda" in shown.stdout and "Change of the share from 2015 to 2017" in shown.stdout
    assert "A finding is what one run says" in shown.stdout
    power = trends("power", tmp_path / "config.toml", "--output", tmp_path / "out", "--json")
    rows = json.loads(power.stdout)
    assert len(rows) == 2
    assert all(row["power"] is None or row["power"] > 0 for row in rows)
