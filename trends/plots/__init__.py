"""Figures: a tidy frame in, a figure with its data, caption and alternative text out.

Nothing here computes a statistic, opens a window or changes a global setting. Every name is imported on first use,
so that ``import trends.plots`` does not import matplotlib.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trends.plots.audit_lag import lag
    from trends.plots.audit_lengths import lengths
    from trends.plots.audit_mix import evidence, mix
    from trends.plots.audit_repeats import repeats
    from trends.plots.calibration_dots import calibration
    from trends.plots.change_forest import changes
    from trends.plots.coverage_card import coverage
    from trends.plots.document_map import documents
    from trends.plots.drawn import Drawn
    from trends.plots.fit_agreement import agreement
    from trends.plots.fit_flows import flows
    from trends.plots.frames import TooTallError
    from trends.plots.mix_forest import fixed_mix
    from trends.plots.rank_panels import ranks
    from trends.plots.ratio_heatmap import heatmap
    from trends.plots.saving import check_formats, has_raster, save, svg_text
    from trends.plots.seed_strip import seeds
    from trends.plots.share_composition import composition
    from trends.plots.small_multiples import prevalence
    from trends.plots.specification_curve import curve
    from trends.plots.specification_overview import overview
    from trends.plots.styles import fonts, style
    from trends.plots.topic_number import candidates
    from trends.plots.topic_terms import terms
    from trends.plots.venues import VENUES, Venue

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
    "fixed_mix",
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

# No file is called like a name it offers: importing it would put the module in the place of the function.
_PLACES = {
    "Drawn": "drawn",
    "TooTallError": "frames",
    "VENUES": "venues",
    "Venue": "venues",
    "agreement": "fit_agreement",
    "calibration": "calibration_dots",
    "candidates": "topic_number",
    "changes": "change_forest",
    "check_formats": "saving",
    "composition": "share_composition",
    "coverage": "coverage_card",
    "curve": "specification_curve",
    "documents": "document_map",
    "evidence": "audit_mix",
    "fixed_mix": "mix_forest",
    "flows": "fit_flows",
    "fonts": "styles",
    "has_raster": "saving",
    "heatmap": "ratio_heatmap",
    "lag": "audit_lag",
    "lengths": "audit_lengths",
    "mix": "audit_mix",
    "overview": "specification_overview",
    "prevalence": "small_multiples",
    "ranks": "rank_panels",
    "repeats": "audit_repeats",
    "save": "saving",
    "seeds": "seed_strip",
    "style": "styles",
    "svg_text": "saving",
    "terms": "topic_terms",
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
