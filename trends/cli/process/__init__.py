"""The process of a command: its signals and its streams."""
