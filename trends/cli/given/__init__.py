"""Commands about what the user brings: shares of topics, concepts."""
