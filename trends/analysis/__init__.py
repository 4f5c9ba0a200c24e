"""Statistics: shares over time, their trends, and how far both can be trusted."""
