"""Documents that join a finished run, whose topics stay as they are."""
