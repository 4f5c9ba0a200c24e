"""Labels by people: sheets out, codes in, and what they say of a run's shares."""
