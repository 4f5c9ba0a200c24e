"""Faces: the one that figures are set in, and others for letters that it lacks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import fontpkg_inter
from matplotlib import rcParams
from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager, get_font

from trends.errors import UsageError

#: What scripts are called in the names of Noto fonts, where their letters are called otherwise.
_NOTO = {"CJK": "CJK SC", "HIRAGANA": "CJK JP", "KATAKANA": "CJK JP", "HANGUL": "CJK KR"}
_ORDINARY = (400, "normal", "regular", "book")

#: R. Andersson's Inter: open to the smallest sizes, figures of one width, as wide as Arial, which
#: takes its place on a screen that lacks it.
INTER = fontpkg_inter.ROOT / "files" / "Inter[opsz,wght].ttf"
fontManager.addfont(INTER)
# Before one that the machine may have, so that every machine draws the same figure.
fontManager.ttflist.insert(0, fontManager.ttflist.pop())


def face(name: str) -> str:
    """The family of a face that is installed, or of a file.

    Raises
    ------
    UsageError
        If there is no such face.
    """
    path = Path(name)
    if path.suffix.lower() in (".ttf", ".otf", ".ttc") and path.is_file():
        fontManager.addfont(path)
        return FontProperties(fname=path).get_name()
    known = sorted({entry.name for entry in fontManager.ttflist})
    if name not in known:
        message = (
            f"There is no face {name!r} on this machine; give the path of a .ttf or .otf file, or "
            f"one of {', '.join(known[:12])}, …."
        )
        raise UsageError(message)
    return name


@lru_cache(maxsize=64)
def _letters_of(family: str) -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=family))).get_charmap())


def lacking(texts: Iterable[str]) -> str:
    """Letters in texts that no face in force has, sorted."""
    known = frozenset().union(*(_letters_of(family) for family in rcParams["font.family"]))
    letters = set().union(*texts)
    return "".join(
        sorted(c for c in letters if ord(c) not in known and unicodedata.category(c)[0] in "LMNPS")
    )


@lru_cache(maxsize=16)
def installed(letters: str) -> tuple[str, ...]:
    """Faces of this machine that together have most of some letters, the fullest first."""
    left = {ord(c) for c in letters}
    known = {entry.fname for entry in fontManager.ttflist}
    for path in findSystemFonts():  # matplotlib keeps a list, which lacks what came later
        if path not in known:
            with suppress(OSError, RuntimeError):
                fontManager.addfont(path)
    names = {
        entry.name
        for entry in fontManager.ttflist
        if entry.style == "normal"
        and entry.weight in _ORDINARY
        and not entry.name.startswith((".", "Last Resort"))
    }
    out: list[str] = []
    while left:
        has = {name: len(left & _letters_of(name)) for name in sorted(names)}
        best = max(has, key=lambda name: has[name], default="")
        if not best or not has[best]:
            break
        out.append(best)
        left -= _letters_of(best)
    return tuple(out)


def advice(letters: str) -> str:
    """What to do about letters that no face of this machine has."""
    scripts = dict.fromkeys(unicodedata.name(c, "?").split(" ")[0].split("-")[0] for c in letters)
    fonts = ", ".join(f"Noto Sans {_NOTO.get(s, s.title())}" for s in scripts)
    return (
        f"No face of this machine has the letters {letters[:8]}{'…' if len(letters) > 8 else ''}; "
        f"install {fonts} and draw them again (trends figures RUN), or name a face or a font file "
        "that has them (figures.font in a config, tr.style(font=…)). SVG files and the report keep "
        "them as text; other formats show boxes."
    )
