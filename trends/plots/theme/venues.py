"""Venues: how wide a figure is in print, how tall it may be, and which type stands in it."""

from __future__ import annotations

from dataclasses import dataclass

#: Centimetres in an inch.
CM = 2.54


@dataclass(frozen=True)
class Venue:
    """Sizes of a place where a figure appears; lengths in inches, type sizes in points.

    Parameters
    ----------
    name : str
        Key of the venue.
    full, column : float
        Width of the text block and of one of its columns; equal where there is one column.
    height : float
        Tallest figure that leaves room for its caption.
    serif : bool
        Whether the text around the figure is set in a serif face.
    size, small : float
        Type size of axis labels and titles; of tick labels and notes.
    dpi : int
        Resolution of PNG files.
    """

    name: str
    full: float
    column: float
    height: float
    serif: bool
    size: float
    small: float
    dpi: int = 300


#: Widths and type sizes: the venues' own template files and author pages, as collected by tueplots
#: (https://github.com/pnkraemer/tueplots) for neurips and icml, by acl-org/acl-style-files for acl,
#: research-figure-guide.nature.com for nature, pnas.org for pnas and ieeeauthorcenter.ieee.org for
#: ieee.
VENUES: dict[str, Venue] = {
    venue.name: venue
    for venue in (
        Venue("neurips", 5.5, 5.5, 8.5, serif=True, size=8, small=7),
        Venue("icml", 6.75, 3.25, 8.5, serif=True, size=8, small=6.5),
        Venue("acl", 16.0 / CM, 7.7 / CM, 9.0, serif=True, size=8, small=7),
        Venue("nature", 18.3 / CM, 8.9 / CM, 17.0 / CM, serif=False, size=7, small=6),
        Venue("pnas", 17.8 / CM, 8.7 / CM, 9.0, serif=False, size=7.5, small=6.5),
        Venue("ieee", 7.16, 3.5, 9.0, serif=True, size=8, small=7),
        Venue("a4", 16.0 / CM, 16.0 / CM, 9.0, serif=True, size=9, small=8),
        Venue("slides", 8.0, 8.0, 4.5, serif=False, size=12, small=10, dpi=200),
        # A page on a screen scrolls: its figures may be as tall as their topics need.
        Venue("report", 8.0, 8.0, 60.0, serif=False, size=9, small=7.5, dpi=150),
    )
}
