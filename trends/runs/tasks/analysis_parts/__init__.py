"""The parts of the analysis: alignment, diagnostics, standardization, power and tables."""
