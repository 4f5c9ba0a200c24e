"""Figures of trends: shares over time, changes and standardized shares."""
