"""A run on a corpus that lies in shards."""
