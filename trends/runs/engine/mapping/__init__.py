"""Two verbs for corpora that fit no memory: ``map`` over shards, ``sum`` of what came of it."""
