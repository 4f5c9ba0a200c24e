"""What a file holds is shown, and never acts upon the terminal."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from trends.cli.main import main
from trends.cli.process.terminal import Harmless
from trends.errors import DataError

SEQUENCES = [
    "\x1b]0;title\x07",
    "\x9b2J",
    "\x08\x08",
    "\u202e",
    "\x1b[31m",
    "\x7f",
    "\x1b[2J\x1b[H",
]


@pytest.mark.parametrize(
    "sequence",
    [pytest.param(s, marks=() if i < 4 else pytest.mark.slow) for i, s in enumerate(SEQUENCES)],
)
def test_nothing_from_a_file_acts_upon_the_terminal(sequence, tmp_path, capsys):
    path = tmp_path / f"e{sequence}.csv".replace("\x08", "")
    path.write_text(
        f"id,text,y,n{sequence}\n1{sequence},a{sequence},2001,x\n2,b,2002,x,{sequence}\n"
        f'3,"q{sequence}" x",2003,x\n4,c,{sequence},x\n',
        encoding="utf-8",
    )
    for options in (
        ["--text", "text"],
        ["--text", "none"],
        ["--columns"],
        ["--text", "text", "--json"],
    ):
        with pytest.raises(SystemExit):
            main(["read", str(path), "--date", "y", *options])
        shown = capsys.readouterr()
        for stream in shown:
            assert not set(stream) & (set(map(chr, [*range(32), *range(127, 160)])) - {"\n"})
            assert "\u202e" not in stream
    assert json.loads(shown.out)["records"] == 4


def test_lines_of_progress_are_drawn_and_errors_quote_what_is_harmless():
    stream = io.StringIO()
    Harmless(stream).writelines(["\r50 %\x1b[A", "\n"])
    assert stream.getvalue() == "\r50 %\\u001b[A\n"
    assert str(DataError("a\x1b[31m\nb")) == "a\\u001b[31m\nb"


@pytest.mark.parametrize("closed", ["stdout", pytest.param("stderr", marks=pytest.mark.slow)])
def test_a_reader_who_went_away_stops_nothing(closed, tmp_path):
    path, out = tmp_path / "e.csv", tmp_path / "e.parquet"
    path.write_text("id,text,y\n" + "".join(f"{i},Some words.,2001\n" for i in range(3_000)))
    command = [sys.executable, "-m", "trends.cli", "read", path, "--text", "text", "--date", "y"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*command, "--json", "-o", out], **pipes) as process:
        getattr(process, closed).close()
        left = process.stderr if closed == "stdout" else process.stdout
        said = left.read()
    assert process.returncode == 0
    assert out.is_file()
    assert bool(said) is (closed == "stderr")
