"""Which topics of two fits are the same, and how much two fits agree."""
