"""Colours that stay apart for eyes that see them differently, and second cues for print without
colour.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_rgb

from trends.plots.figures.audit.coverage_card import PRECISION
from trends.plots.figures.topics.document_map import COLOURS as MAP
from trends.plots.figures.topics.document_map import ink_of
from trends.plots.figures.topics.fit_agreement import _LOOKS as AGREEMENT
from trends.plots.theme.palette import FINDINGS, LINESTYLES, MAIN, MARKERS, PETROFF6, UNDECIDED

PALETTES = {
    "lines": PETROFF6[:5],
    "findings": [look[0] for look in FINDINGS.values()],
    "agreement": [look[0] for look in AGREEMENT.values()],
    "precision": list(PRECISION.values()),
    "map": [*MAP, "0.8", "white"],
    "flows": [MAIN, UNDECIDED],
}
VIEWS = [None, "deuteranomaly", "protanomaly", "tritanomaly"]


def seen(colour: str, deficiency: str | None) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    if deficiency is None:
        return rgb
    space = {"name": "sRGB1+CVD", "cvd_type": deficiency, "severity": 100}
    return np.clip(cspace_convert(rgb, space, "sRGB1"), 0, 1)


@pytest.mark.parametrize("name", sorted(PALETTES))
@pytest.mark.parametrize("deficiency", VIEWS)
def test_colours_stay_apart(name, deficiency):
    pairs = itertools.combinations([seen(c, deficiency) for c in PALETTES[name]], 2)
    assert min(float(deltaE(a, b, input_space="sRGB1")) for a, b in pairs) >= 10


def test_labels_of_the_map_can_be_read_on_white():
    for colour in MAP:
        light = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in ink_of(colour)
        ]
        assert 1.05 / (np.dot(light, (0.2126, 0.7152, 0.0722)) + 0.05) >= 4.5


def test_the_measure_refuses_a_palette_known_to_fail():
    tab10 = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728"]
    pairs = itertools.combinations([seen(c, "deuteranomaly") for c in tab10], 2)
    assert min(float(deltaE(a, b, input_space="sRGB1")) for a, b in pairs) < 10


def test_lines_are_told_apart_without_colour():
    assert len(set(LINESTYLES)) == len(set(MARKERS)) == len(PETROFF6)
    assert len({look[1] for look in FINDINGS.values()}) == len(FINDINGS)
    assert len({look[1:] for look in AGREEMENT.values()}) == len(AGREEMENT)
