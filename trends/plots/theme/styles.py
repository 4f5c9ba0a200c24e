"""Styles: the sizes and settings of a venue, for the time of a ``with`` block."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Literal, cast

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.rcsetup import cycler

from trends.errors import UsageError
from trends.plots.theme.faces import face
from trends.plots.theme.palette import LINESTYLES, PETROFF6
from trends.plots.theme.venues import VENUES, Venue
from trends.registry import unknown

#: Faces that are installed with the package, so that every machine draws the same figure: beside
#: text in Times a Times, else Inter. All are TrueType and embed as Type 42.
BUNDLED = {True: ("STIXGeneral", "DejaVu Sans"), False: ("Inter", "DejaVu Sans")}
#: Faces of the venues themselves, used on request where the machine has them.
INSTALLED = {
    True: ("TeX Gyre Termes", "Times New Roman", "Liberation Serif"),
    False: ("TeX Gyre Heros", "Arial", "Liberation Sans"),
}

_active: ContextVar[tuple[Venue, float] | None] = ContextVar("trends_venue", default=None)


def fonts(*, serif: bool, installed: bool = False) -> list[str]:
    """Families in the order in which they are tried.

    Parameters
    ----------
    serif : bool
        Whether a serif face is wanted.
    installed : bool
        Also try faces of this machine first. Two machines may then draw different bytes.
    """
    names = list(BUNDLED[serif])
    if installed:
        # Only TrueType outlines can be embedded as Type 42; files with PostScript outlines end in
        # .otf.
        known = {
            f.name for f in font_manager.fontManager.ttflist if f.fname.lower().endswith(".ttf")
        }
        names = [name for name in INSTALLED[serif] if name in known] + names
    return names


def settings(
    venue: Venue, *, installed_fonts: bool = False, svg_text: str = "none", font: str = ""
) -> dict[str, Any]:
    """The rcParams of a venue."""
    family = fonts(serif=venue.serif, installed=installed_fonts) + ([face(font)] if font else [])
    return {
        "font.family": family,
        "font.size": venue.size,
        "axes.titlesize": venue.size,
        "axes.labelsize": venue.size,
        "legend.fontsize": venue.small,
        "xtick.labelsize": venue.small,
        "ytick.labelsize": venue.small,
        "axes.titlelocation": "left",
        "axes.titlepad": 3.0,
        "axes.labelpad": 2.5,
        "axes.linewidth": 0.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "axes.unicode_minus": True,
        "axes.prop_cycle": cycler(color=PETROFF6) + cycler(linestyle=LINESTYLES),
        # Clear of the lowest label of the other axis.
        "xtick.major.pad": 0.6 * venue.small,
        "xtick.major.width": 0.5,
        "ytick.major.width": 0.5,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "xtick.minor.width": 0.5,
        "xtick.minor.size": 1.5,
        "lines.linewidth": 1.1,
        "lines.markersize": 3.0,
        "legend.frameon": False,
        "mathtext.fontset": "stix" if venue.serif else "dejavusans",
        # Labels come from documents: a dollar sign in one is a dollar sign.
        "text.parse_math": False,
        "text.usetex": False,
        # Hinted letters are wider at some resolutions than at others, and would leave the room laid
        # out for them.
        "text.hinting": "no_hinting",
        "figure.dpi": 100.0,
        "figure.facecolor": "white",
        "figure.constrained_layout.use": True,
        "savefig.bbox": None,
        "savefig.pad_inches": 0.0,
        "savefig.dpi": venue.dpi,
        "savefig.transparent": False,
        "pdf.fonttype": 42,
        "ps.fonttype": 42,
        "pdf.compression": 6,
        "svg.fonttype": svg_text,
        "svg.hashsalt": "trends",
        "path.simplify": False,
    }


@contextmanager
def style(
    venue: str = "report",
    *,
    width: Literal["full", "column"] | float = "full",
    installed_fonts: bool = False,
    svg_text: Literal["none", "path"] = "none",
    font: str = "",
) -> Iterator[Venue]:
    """Draw for a venue inside a ``with`` block; outside it nothing has changed.

    Parameters
    ----------
    venue : str
        One of `VENUES`.
    width : "full", "column" or float
        Width of the figures: text block, one column, or inches.
    installed_fonts : bool
        Prefer the venue's own faces where this machine has them. The default draws with faces that
        are installed with the package, which makes the same bytes everywhere.
    svg_text : "none" or "path"
        Letters of SVG files as text (small, searchable) or as outlines (the same on every screen).
    font : str
        Face, or path of a font file, for letters that the default faces lack (Chinese, Thai,
        Devanagari, …); without it, one of this machine that has them.

    Yields
    ------
    None
        Figures that are drawn inside the block have this style.

    Raises
    ------
    UsageError
        If the venue, the width or the font is unknown.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> shares = tr.prevalence(tr.fit(corpus, "nmf", n_topics=4, rng=7), corpus, period="year")
    >>> with tr.style("acl", width="column"):
    ...     figure = tr.plot("prevalence", shares)
    >>> len(figure.data)
    28
    """
    if venue not in VENUES:
        raise UsageError(unknown("venue", venue, VENUES))
    chosen = VENUES[venue]
    inches = (
        {"full": chosen.full, "column": chosen.column}.get(width)
        if isinstance(width, str)
        else float(width)
    )
    if inches is None or not 1.0 <= inches <= 40.0:
        message = (
            f"The width {width!r} is not one of full, column or a number of inches from 1 to 40."
        )
        raise UsageError(message)
    token = _active.set((chosen, inches))
    try:
        values = settings(chosen, installed_fonts=installed_fonts, svg_text=svg_text, font=font)
        with mpl.rc_context(cast(Any, values)), warnings.catch_warnings():
            # Said once, and what to do about it, before a figure is drawn.
            warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font")
            yield chosen
    finally:
        _active.reset(token)


def in_force() -> tuple[Venue, float] | None:
    """The venue in force and the width of its figures in inches, or nothing."""
    return _active.get()


def active() -> tuple[Venue, float]:
    """The venue in force and the width of its figures in inches.

    Raises
    ------
    UsageError
        If no style is in force; figure functions enter the report's style by themselves.
    """
    now = _active.get()
    if now is None:
        message = "No style is in force; draw inside `with style(venue):`."
        raise UsageError(message)
    return now


@contextmanager
def lowered(inches: float) -> Iterator[None]:
    """Leave that much of the venue's height to what stands above a figure."""
    venue, width = active()
    token = _active.set((replace(venue, height=venue.height - inches), width))
    try:
        yield
    finally:
        _active.reset(token)


def unlaid(width: float, height: float) -> Figure:
    """A figure whose parts are placed by hand and stay where they are put."""
    figure = Figure(figsize=(width, height))
    # Without an engine of some kind, saving inside a style would put the style's own in its place.
    figure.set_layout_engine(
        PlaceHolderLayoutEngine(adjust_compatible=True, colorbar_gridspec=True)
    )
    return figure


def settle(figure: Figure) -> None:
    """Lay the figure out once and keep the layout, so that every file of it is the same picture."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine("none")
