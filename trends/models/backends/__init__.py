"""The backends: one topic model a file."""
