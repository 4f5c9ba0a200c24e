"""Engines: ways to compute the vectors of one sentence encoder."""
