"""Strip: a mark for each fit of a topic, model by model, that says whether it agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

#: Size of a mark and the gaps between marks and between models.
MARK, GAP, WIDE = 10, 3, 9
#: What a fit can say → class of its mark.
SAID = {"same": "f-same", "other": "f-other", "none": "f-none"}


def strip(fits: Mapping[str, Sequence[str]], alt: str) -> Markup:
    """Draw a full mark for a fit that agrees, a hollow one for one that does not.

    Parameters
    ----------
    fits : mapping of str to sequence of str
        Model → what each of its fits says: a key of :data:`SAID`; ``none`` (a short line) where the
        fit has no such topic.
    alt : str
        Text for a reader who does not see it.

    Examples
    --------
    >>> from trends.reports.svg.strip import strip
    >>> str(strip({"lda": ["same", "none"]}, "1 of 1 agrees")).count("<path")
    2
    """
    marks, x = [], 1
    for name, said in fits.items():
        kinds = []
        for kind in said:
            shape = f"M{x} 6h{MARK}" if kind == "none" else f"M{x} 1h{MARK}v{MARK}h-{MARK}z"
            kinds.append(f'<path class="{SAID[kind]}" d="{shape}"/>')
            x += MARK + GAP
        marks.append(f"<g><title>{escape(name)}</title>{''.join(kinds)}</g>")
        x += WIDE
    width = max(x - WIDE - GAP + 1, 1)
    return Markup(
        f'<svg class="strip" role="img" aria-label="{escape(alt)}" width="{width}" height="12" '
        f'viewBox="0 0 {width} 12">{"".join(marks)}</svg>'
    )
