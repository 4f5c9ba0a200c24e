"""How dates are written: one value, and a column of values judged as a whole."""
