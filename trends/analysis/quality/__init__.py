"""Coherence, stability, labels and the number of topics of a fit."""
