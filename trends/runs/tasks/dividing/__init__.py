"""Long documents in pieces."""
