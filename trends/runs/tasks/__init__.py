"""The tasks of a run: corpus, terms, vectors, fits, analysis, figures and report."""
