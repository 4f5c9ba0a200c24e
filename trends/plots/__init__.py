"""Figures: a tidy frame in, a figure with its data, caption and alternative text out.

Nothing here computes a statistic, opens a window or changes a global setting. Every name is
imported on first use, so that ``import trends.plots`` does not import matplotlib.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trends.plots.figures.audit.coverage_card import coverage
    from trends.plots.figures.audit.document_lengths import lengths
    from trends.plots.figures.audit.indexing_lag import lag
    from trends.plots.figures.audit.repeats import repeats
    from trends.plots.figures.audit.source_mix import evidence, mix
    from trends.plots.figures.robustness.calibration_dots import calibration
    from trends.plots.figures.robustness.specification_curve import curve
    from trends.plots.figures.robustness.specification_overview import overview
    from trends.plots.figures.topics.document_map import documents
    from trends.plots.figures.topics.fit_agreement import agreement
    from trends.plots.figures.topics.fit_flows import flows
    from trends.plots.figures.topics.seed_strip import seeds
    from trends.plots.figures.topics.topic_number import candidates
    from trends.plots.figures.topics.topic_terms import terms
    from trends.plots.figures.trends.change_forest import changes
    from trends.plots.figures.trends.rank_panels import ranks
    from trends.plots.figures.trends.ratio_heatmap import heatmap
    from trends.plots.figures.trends.share_composition import composition
    from trends.plots.figures.trends.small_multiples import prevalence
    from trends.plots.figures.trends.standardized import standardized
    from trends.plots.layout.frames import TooTallError
    from trends.plots.output.drawn import Drawn
    from trends.plots.output.saving import check_formats, has_raster, save, svg_text
    from trends.plots.theme.styles import fonts, style
    from trends.plots.theme.venues import VENUES, Venue

__all__ = [
    "Drawn",
    "TooTallError",
    "VENUES",
    "Venue",
    "agreement",
    "calibration",
    "candidates",
    "changes",
    "check_formats",
    "composition",
    "coverage",
    "curve",
    "documents",
    "evidence",
    "standardized",
    "flows",
    "fonts",
    "has_raster",
    "heatmap",
    "lag",
    "lengths",
    "mix",
    "overview",
    "prevalence",
    "ranks",
    "repeats",
    "save",
    "seeds",
    "style",
    "svg_text",
    "terms",
]

# No file is called like a name it offers: importing it would put the module in the place of the
# function.
_PLACES = {
    "Drawn": "output.drawn",
    "TooTallError": "layout.frames",
    "VENUES": "theme.venues",
    "Venue": "theme.venues",
    "agreement": "figures.topics.fit_agreement",
    "calibration": "figures.robustness.calibration_dots",
    "candidates": "figures.topics.topic_number",
    "changes": "figures.trends.change_forest",
    "check_formats": "output.saving",
    "composition": "figures.trends.share_composition",
    "coverage": "figures.audit.coverage_card",
    "curve": "figures.robustness.specification_curve",
    "documents": "figures.topics.document_map",
    "evidence": "figures.audit.source_mix",
    "standardized": "figures.trends.standardized",
    "flows": "figures.topics.fit_flows",
    "fonts": "theme.styles",
    "has_raster": "output.saving",
    "heatmap": "figures.trends.ratio_heatmap",
    "lag": "figures.audit.indexing_lag",
    "lengths": "figures.audit.document_lengths",
    "mix": "figures.audit.source_mix",
    "overview": "figures.robustness.specification_overview",
    "prevalence": "figures.trends.small_multiples",
    "ranks": "figures.trends.rank_panels",
    "repeats": "figures.audit.repeats",
    "save": "output.saving",
    "seeds": "figures.topics.seed_strip",
    "style": "theme.styles",
    "svg_text": "output.saving",
    "terms": "figures.topics.topic_terms",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
