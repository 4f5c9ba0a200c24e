"""From a text to words, and the variants of a word to one form."""
