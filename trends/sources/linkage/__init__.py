"""Records of one document in several sources: which they are, and how they are merged."""
