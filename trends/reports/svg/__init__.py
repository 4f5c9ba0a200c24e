"""Inline SVG for the HTML report: figures, sparklines and trend charts."""
