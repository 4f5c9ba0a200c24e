"""From texts to one vocabulary and one document–term matrix, the same for every backend."""
