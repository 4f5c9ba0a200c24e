"""Studies that add a section to a run and its report."""
