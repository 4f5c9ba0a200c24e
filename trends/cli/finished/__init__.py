"""Commands on the folder of a finished run."""
