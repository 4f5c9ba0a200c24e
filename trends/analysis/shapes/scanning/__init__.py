"""Scans of series for a window or a date, against corpora in which nothing happens."""
