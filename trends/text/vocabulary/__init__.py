"""Which terms a model uses: spread and informative ones."""
