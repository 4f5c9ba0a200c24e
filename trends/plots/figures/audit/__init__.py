"""Figures of the corpus: coverage, document lengths, indexing lag, duplicates and sources."""
