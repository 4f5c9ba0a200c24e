"""Saved pages of the Daily Papers."""
