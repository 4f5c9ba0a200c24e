"""Concepts of the user, measured in a corpus and tested."""
