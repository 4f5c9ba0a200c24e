"""Shares that move because others do: volume, ratios, direct standardization."""
