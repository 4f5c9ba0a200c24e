"""Kinds of tables: how each is opened and its rows are read."""
