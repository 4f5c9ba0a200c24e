"""Initialization of models whose likelihood has many maxima."""
