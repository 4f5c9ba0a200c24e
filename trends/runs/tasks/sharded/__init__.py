"""Tasks of a corpus that fits no memory: it lies in shards, and only sums of it are held."""
