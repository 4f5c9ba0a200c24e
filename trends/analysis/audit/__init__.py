"""What a reader must know about a corpus before any model."""
