"""Corpora with a planted truth, for calibration and tests."""
