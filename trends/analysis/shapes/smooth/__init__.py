"""Smooth means of topics: what they may look like, draws from their posterior, bands."""
