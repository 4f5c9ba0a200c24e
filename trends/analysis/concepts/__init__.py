"""Concepts: documents that hold them, their shares, words and claims."""
