"""Figures: a tidy frame in, a figure with its data, caption and alternative text out.

Nothing here computes a statistic, opens a window or changes a global setting. Every name is
imported on first use, as ``__init__.pyi`` lists them, so that ``import trends.plots`` does not
import matplotlib.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
