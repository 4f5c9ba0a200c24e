"""The message of a figure: what it shows, in a sentence above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from matplotlib.transforms import Bbox, TransformedBbox

from trends.errors import UsageError
from trends.plots.layout.fitting import drawable, fit, width
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK
from trends.plots.theme.styles import active, lowered, settle

#: Size of its type, in sizes of the labels; distance of its lines; inches around it; lines at most.
SIZE, LEADING, PAD, LINES = 1.2, 1.4, 0.05, 3


def with_message(draw: Callable[[], Drawn], message: str) -> Drawn:
    """A figure below its message, within the height of the venue.

    Parameters
    ----------
    draw : callable
        Draws the figure.
    message : str
        Without one the figure is as it is.

    Returns
    -------
    Drawn

    Raises
    ------
    UsageError
        If the message is longer than the lines that there is room for.
    """
    text = drawable(message)
    if not text:
        return draw()
    venue, inches = active()
    size, room = SIZE * venue.size, inches - 2 * PAD
    lines = fit(text, room, size, LINES).split("\n")
    if " ".join(lines) != text or any(width(line, size) > room for line in lines):
        message = (
            f"A message has {LINES} lines of about {int(room / width('n', size))} letters at most "
            f"here; this one has {len(text)} letters."
        )
        raise UsageError(message)
    strip = 2 * PAD + LEADING * size * len(lines) / 72
    with lowered(strip):
        drawn = draw()
    figure = drawn.figure
    settle(figure)
    # The page grows upwards, and what is drawn keeps its place: it hangs on the old page.
    wide, tall = (float(v) for v in figure.get_size_inches())
    for legend in figure.legends:
        legend.set_bbox_to_anchor((0, 0, 1, 1), figure.transFigure)
    figure.bbox_inches = Bbox.from_bounds(0, 0, wide, tall + strip)
    figure.bbox = TransformedBbox(figure.bbox_inches, figure.dpi_scale_trans)
    figure.patch.set_height((tall + strip) / tall)
    figure.text(
        PAD / wide,
        (tall + strip - PAD) / tall,
        "\n".join(lines),
        fontsize=size,
        linespacing=1.1,
        va="top",
        color=INK,
    )
    return replace(drawn, message=text, alt=f"{text.rstrip('.')}. {drawn.alt}")
