"""Posteriors of the trend model: mixtures over its grid, and shares of them."""
