"""How nouns look in a notebook."""
