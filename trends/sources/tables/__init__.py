"""Documents in tables: CSV, JSON lines, Parquet, Excel and frames in memory."""
