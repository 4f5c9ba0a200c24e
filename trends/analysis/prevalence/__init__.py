"""Shares of topics and words in calendar periods."""
