"""The settings of a run: definition, validation messages, overrides and renamed settings."""
