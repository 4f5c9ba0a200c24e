"""HTTP for the services: a polite client, answers within bounds, and a cache of answers."""
