"""Draw ``docs/static/readme.svg``: changes of the case study, and the shares of two of its topics.

python docs/readme_picture.py

Everything is drawn from the committed tables of the case study (``paper/results/pretraining``); the
two topics are the one that was found to rise and the one that fell most in appearance.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import matplotlib as mpl

from trends import files, plots, store
from trends.plots.output.drawn import Drawn

HERE = Path(__file__).resolve().parent
STUDY = HERE.parent / "paper" / "results" / "pretraining"
#: Widths of both parts in inches, and the gap between them in points.
LEFT, RIGHT, GAP = 4.4, 3.0, 10.0


def drawn() -> list[Drawn]:
    """Both parts, left and right."""
    run = files.read_json(STUDY / "run.json")
    backend = run["config"]["models"]["backends"][0]
    trends, shares = (store.read_csv(STUDY / f"{name}.csv") for name in ("trends", "prevalence"))
    trends, shares = (t[t["backend"] == backend] for t in (trends, shares))
    two = trends.sort_values("change")["topic"].iloc[[-1, 0]].tolist()
    of_two = shares[shares["topic"].isin(two)]
    return [
        plots.plot("changes", trends, width=LEFT, spans=run.get("spans", ())),
        plots.plot(
            "prevalence",
            of_two,
            width=RIGHT,
            trends=trends[trends["topic"].isin(two)],
            unassigned=False,
        ),
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
        f'viewBox="0 0 {x - GAP:g} {height:g}" role="img"><title>{words}</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{inner}</svg>\n'
    )


if __name__ == "__main__":
    (HERE / "static" / "readme.svg").write_text(beside(drawn()), encoding="utf-8")
