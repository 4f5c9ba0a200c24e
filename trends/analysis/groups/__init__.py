"""Whether topics change alike in groups of documents: venues, parties, countries."""
