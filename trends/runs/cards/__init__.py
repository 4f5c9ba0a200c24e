"""Claim cards: what a run claims, in one file that a stranger can read, check and re-test."""
