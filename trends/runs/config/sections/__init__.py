"""Sections of the settings that are large enough for a file of their own, and their base."""
