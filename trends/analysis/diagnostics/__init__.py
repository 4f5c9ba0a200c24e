"""What can be taken for a trend and is none, with corrected results."""
