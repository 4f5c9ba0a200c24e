"""Figures of topics: terms, document map, agreement of fits and number of topics."""
