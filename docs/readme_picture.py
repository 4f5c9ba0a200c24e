"""Draw ``docs/static/readme.svg``: changes of the case study, and the shares of two of its topics.

python docs/readme_picture.py

Shares, trends and curves are the committed ones of the case study (``paper/results/pretraining``).
The two topics are those with the largest rise and the largest fall, found by the test or not.
"""

from __future__ import annotations

import io
import re
from html import escape
from pathlib import Path

import matplotlib as mpl

import trends as tr
from trends import files, store
from trends.plots.output.drawn import Drawn

HERE = Path(__file__).resolve().parent
STUDY = HERE.parent / "paper" / "results" / "pretraining"
#: Widths of both parts in inches, and the gap between them in points.
LEFT, RIGHT, GAP = 4.4, 2.3, 14.0


def drawn() -> list[Drawn]:
    """Both parts, left and right."""
    backend = files.read_json(STUDY / "run.json")["config"]["models"]["backends"][0]
    shares, trends, curves = (
        frame[frame["backend"] == backend]
        for frame in (
            store.read_csv(STUDY / f"{n}.csv") for n in ("prevalence", "trends", "curves")
        )
    )
    two = trends.sort_values("change")["topic"].iloc[[-1, 0]].tolist()
    return [
        tr.plot("changes", trends, width=LEFT),
        tr.plot("prevalence", shares, width=RIGHT, trends=trends, curves=curves, topics=two),
    ]


def beside(parts: list[Drawn]) -> str:
    """The parts side by side in one SVG, letters as outlines, with what they show in words."""
    inner, x, height = "", 0.0, 0.0
    for part in parts:
        with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": part.stem}):
            text = io.StringIO()
            part.figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
        svg = re.search(r"<svg.*</svg>", text.getvalue(), re.DOTALL)
        size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', text.getvalue())
        assert svg and size
        inner += svg[0].replace("<svg ", f'<svg x="{x:g}" ', 1).replace('pt"', '"')
        x, height = x + float(size[1]) + GAP, max(height, float(size[2]))
    words = " ".join(part.alt for part in parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {x - GAP:g} {height:g}" role="img"><title>{escape(words)}</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{inner}</svg>\n'
    )


if __name__ == "__main__":
    (HERE / "static" / "readme.svg").write_text(beside(drawn()), encoding="utf-8")
