"""Bytes, text, JSON and XML from outside, read within bounds."""
