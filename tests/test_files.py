"""What a reader of a folder sees of writing to it: the old state or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from trends import files
from trends.errors import DataError, StorageError

posix = pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@contextmanager
def writer(code: str) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of writing."""
    script = f"import sys, time\nfrom pathlib import Path\nfrom trends import files\n{code}"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


HALF = "{what} as temporary:\n    {write}\n    print('half', flush=True)\n    time.sleep(600)\n"


@posix
def test_a_killed_writer_leaves_the_old_file_and_its_leftover_goes_with_the_next_write(
    tmp_path: Path,
) -> None:
    target = tmp_path / "table.csv"
    files.write_text(target, "old")
    code = HALF.format(
        what=f"with files.replacing(Path({str(target)!r}))", write="temporary.write_text('new')"
    )
    with writer(code) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert target.read_text() == "old"
    (left,) = [n for n in names(tmp_path) if n != "table.csv"]
    assert left.startswith(".table.csv.") and left.endswith(".part")
    # Of another file, or only alike: none of ours.
    for other in (
        ".other.csv.12345678.part",
        ".table.csv.part",
        ".table.csv.1234567.part",
        "table.csv.12345678.part",
    ):
        (tmp_path / other).write_text("mine")
    files.write_text(target, "newer")
    assert target.read_text() == "newer"
    assert names(tmp_path) == sorted(
        [
            "table.csv",
            ".other.csv.12345678.part",
            ".table.csv.part",
            ".table.csv.1234567.part",
            "table.csv.12345678.part",
        ]
    )


@posix
def test_what_a_living_process_is_writing_is_no_leftover(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    code = HALF.format(
        what=f"with files.replacing(Path({str(target)!r}))", write="temporary.write_text('theirs')"
    )
    with writer(code):
        before = names(tmp_path)
        assert len(before) == 1
        files.write_text(target, "mine")
        assert names(tmp_path) == sorted([*before, "table.csv"])
    files.write_text(target, "mine again")
    assert names(tmp_path) == ["table.csv"]


@posix
def test_folders_too(tmp_path: Path) -> None:
    code = HALF.format(
        what=f"with files.replacing_folder(Path({str(tmp_path / 'entry')!r}))",
        write="(temporary / 'a').write_text('x')",
    )
    with writer(code):
        assert len(names(tmp_path)) == 1
        files.sweep(tmp_path)
        assert len(names(tmp_path)) == 1
    files.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_appears_as_a_whole_and_the_first_one_stays(tmp_path: Path) -> None:
    target = tmp_path / "new" / "entry"
    with files.replacing_folder(target) as temporary:
        files.write_text(temporary / "sub" / "a.txt", "a")
        assert not target.exists()
        with files.replacing_folder(target) as other:
            (other / "b.txt").write_text("b")
    assert names(tmp_path) == ["new/entry/b.txt"]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    for kind in (files.replacing, files.replacing_folder):
        with pytest.raises(RuntimeError, match="stopped"), kind(tmp_path / "x") as temporary:
            if temporary.is_file():
                temporary.write_text("half")
            raise RuntimeError("stopped")
    assert list(tmp_path.iterdir()) == []


def state(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text() for name in names(folder)}


def test_many_files_change_together(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("old b")
    (tmp_path / "untouched.txt").write_text("stays")
    seen: list[dict[str, str]] = []
    with files.replacing_files(
        tmp_path, last="list.txt", before_last=lambda: seen.append(state(tmp_path))
    ) as staged:
        for name in ("list.txt", "b.txt"):
            (staged / name).write_text(f"new {name[0]}")
        (staged / "deep" / "er").mkdir(parents=True)
        (staged / "deep" / "er" / "c.txt").write_text("new c")
        assert {n: t for n, t in state(tmp_path).items() if not n.startswith(".")} == {
            "b.txt": "old b",
            "untouched.txt": "stays",
        }
    (between,) = seen
    assert {n for n in between if not n.startswith(".")} == {
        "b.txt",
        "deep/er/c.txt",
        "untouched.txt",
    }
    assert state(tmp_path) == {
        "b.txt": "new b",
        "deep/er/c.txt": "new c",
        "list.txt": "new l",
        "untouched.txt": "stays",
    }


@posix
def test_a_full_disk_leaves_the_previous_state_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old a")
    (tmp_path / "list.txt").write_text("old list")
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom trends import files\nfrom "
        "trends.errors import StorageError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, "
        "(2000, 2000))\n"
        f"try:\n    with files.replacing_files(Path({str(tmp_path)!r}), last='list.txt') as "
        "staged:\n"
        "        (staged / 'a.txt').write_text('new a')\n        (staged / 'z.txt').write_text('z' "
        "* 5000)\n        (staged / 'list.txt').write_text('new')\n"
        "except StorageError as error:\n    sys.exit(str(error))\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.returncode == 1
    assert "are unchanged" in found.stderr and "run the same command again" in found.stderr
    assert state(tmp_path) == {"a.txt": "old a", "list.txt": "old list"}


@posix
def test_content_is_on_the_disk_before_its_name_and_the_name_before_we_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that a power cut needs: every file, the rename of its folder, that folder."""
    did: list[tuple[str, str]] = []
    fsync, rename = os.fsync, Path.replace

    def synced(handle: int) -> None:
        did.append(("sync", Path(f"/proc/self/fd/{handle}").resolve().name))
        fsync(handle)

    def renamed(self: Path, target: Path) -> Path:
        did.append(("name", Path(target).name))
        return rename(self, target)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("/proc does not tell which file a handle is")
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    files.write_text(tmp_path / "a.txt", "a")
    assert [what for what, _ in did] == ["sync", "name", "sync"]
    assert did[1:] == [("name", "a.txt"), ("sync", tmp_path.name)]
    did.clear()
    with files.replacing_folder(tmp_path / "entry") as temporary:
        files.write_text(temporary / "sub" / "b.txt", "b")
    at = did.index(("name", "entry"))
    assert [name for _, name in did[:at]][-3:-1] == ["b.txt", "sub"]
    assert did[at + 1 :] == [("sync", tmp_path.name)]
    did.clear()
    with files.replacing_files(tmp_path, last="list.txt") as staged:
        for name in ("list.txt", "c.txt"):
            (staged / name).write_text("x")
    at = did.index(("name", "c.txt"))
    assert {("sync", "c.txt"), ("sync", "list.txt")} <= set(did[:at])
    assert did[at:] == [
        ("name", "c.txt"),
        ("sync", tmp_path.name),
        ("name", "list.txt"),
        ("sync", tmp_path.name),
    ]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(StorageError, match=r"Could not write .*inside"),
        files.replacing(tmp_path / "file" / "inside"),
    ):
        pass
    assert names(tmp_path) == ["file"]


def test_json_that_is_none_is_an_error_and_a_pipe_is_not_waited_for(tmp_path):
    for content, what in (("{", "is not JSON"), ('{"a":' * 100_000, "nested too deeply")):
        (tmp_path / "a.json").write_text(content)
        with pytest.raises(DataError, match=what):
            files.read_json(tmp_path / "a.json")
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(FileNotFoundError, match="regular file"):
        files.read_json(tmp_path / "pipe.json")
