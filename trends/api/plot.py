"""Figures, until one function draws them all."""

from trends import plots as plot

__all__ = ["plot"]
