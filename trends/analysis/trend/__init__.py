"""The test of trends: slopes, intervals, serial correlation, multiplicity and power."""
