"""Texts to term counts: words, variants, phrases, and the vocabulary that models use."""
