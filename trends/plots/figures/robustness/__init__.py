"""Figures of robustness: specification curves and calibration."""
