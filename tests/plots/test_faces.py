"""Letters that the faces inside matplotlib lack: found on the machine, named, or warned of."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
import pytest

import trends as tr
from trends import plots
from trends.errors import UsageError
from trends.plots.layout.fitting import width
from trends.plots.theme import faces

#: A face inside matplotlib.
STIX = Path(mpl.get_data_path()) / "fonts" / "ttf" / "STIXGeneral.ttf"


@pytest.fixture
def lone() -> str:
    """A letter of a face inside matplotlib that the face of the report lacks."""
    with tr.style("report"):
        missing = faces.lacking(chr(c) for c in faces._letters_of("STIXGeneral"))
    return missing[0]


def test_a_face_that_has_a_letter_is_found(lone: str) -> None:
    found = faces.installed(lone)
    assert found and ord(lone) in faces._letters_of(found[0])


def test_a_face_that_was_installed_after_matplotlib_made_its_list_is_found(
    lone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = [  # without faces of this machine, which may have the letter too
        entry
        for entry in faces.fontManager.ttflist
        if Path(entry.fname).is_relative_to(STIX.parent) and Path(entry.fname) != STIX
    ]
    monkeypatch.setattr(faces.fontManager, "ttflist", older)
    monkeypatch.setattr(faces, "findSystemFonts", lambda: [str(STIX)])
    faces.installed.cache_clear()
    assert "STIXGeneral" in faces.installed(lone)


def test_a_figure_takes_it_and_its_svg_keeps_the_letter(tables, lone: str) -> None:
    drawn = plots.prevalence(tables["prevalence"](2, labels=[f"{lone} one", "two"]))
    svg = drawn.encoded("svg").decode()
    assert f"{lone} one" in svg and "face lacks" not in drawn.caption
    assert set(faces.installed(lone)) & set(re.findall(r"[\w ]+", svg))
    assert drawn.encoded("png") == drawn.encoded("png")


def test_a_face_is_named_by_its_file(lone: str) -> None:
    with tr.style("report", font=str(STIX)):
        assert mpl.rcParams["font.family"][-1] == "STIXGeneral"
        assert not faces.lacking(lone)
    with (
        pytest.raises(UsageError, match="There is no face 'Nowhere Sans'"),
        tr.style(font="Nowhere Sans"),
    ):
        pass


def test_fonts_are_named_by_script() -> None:
    assert "Noto Sans CJK SC, Noto Sans Thai, Noto Sans Devanagari" in faces.advice("模สम")


def test_wide_letters_take_their_room_where_no_face_has_them() -> None:
    with tr.style("report"):
        if faces.lacking("模"):
            assert width("模模模", 10) == pytest.approx(width("———", 10))
