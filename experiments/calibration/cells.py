"""The cells of the calibration of the trend test: what is drawn, and what is demanded."""

from __future__ import annotations

from dataclasses import replace

from counts import Truth

PERIODS = (5, 8, 12, 24, 60)
#: More corpora of few topics, fewer of many: the standard errors are alike.
CORPORA = {6: 2.0, 20: 1.0, 50: 0.5}


def _memory(truth: Truth) -> str:
    half = "half " if truth.half else ""
    return f"{half}{truth.autocorrelation:g}"


def cells() -> dict[str, tuple[str, Truth]]:
    """Name of each cell → group and truth; names do not change when cells are added."""
    out: dict[str, tuple[str, Truth]] = {}

    def add(group: str, truth: Truth, extra: str = "") -> None:
        name = (
            f"{group} T{truth.periods} K{truth.topics} n{truth.documents:g} r{_memory(truth)}"
            f" {truth.shape}{truth.size:g}{extra}"
        )
        out[name] = (group, truth)

    memories = (
        *((r, False) for r in (0.0, 0.3, 0.5, 0.8)),
        (0.8, True),
    )
    for t in PERIODS:
        for r, half in memories:
            for k in (6, 20, 50):
                for n in (150.0, 1000.0):
                    add("flat", Truth(k, t, n, r, half))
    for t in (8, 12, 24, 60):
        for r in (0.0, 0.5, 0.8):
            base = Truth(20, t, 150.0, r)
            add("flat", replace(base, tails=3.0), " t3")
            add("flat", replace(base, common=0.9), " common")
            add("flat", replace(base, spread="growth"), " growth")
        for spread in ("thin start", "half alone"):
            add("thin", Truth(20, t, 150.0, 0.0, spread=spread), f" {spread}")
    for t in (8, 12, 24, 60):
        for r in (0.0, 0.5, 0.8):
            for n in (150.0, 1000.0):
                for shape in ("linear", "logistic", "step", "burst", "wave"):
                    add("shape", Truth(20, t, n, r, shape=shape, size=1.2))
                add("hump", Truth(20, t, n, r, shape="hump", size=2.0))
    for t in (12, 24, 60):
        for r in (0.0, 0.3, 0.5, 0.8):
            for movers in (4, 5):
                add(
                    "movers",
                    Truth(20, t, 150.0, r, shape="linear", size=1.5, movers=movers),
                    f" m{movers}",
                )
        add("walk", Truth(20, t, 150.0, 0.0, sd=0.0, shape="random walk", size=0.1))
    return out
