"""Figures of trends: shares over time, slopes, ranks and standardized shares."""
