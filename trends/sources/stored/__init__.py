"""Corpora that this package stored: whole, or as extracted features."""
