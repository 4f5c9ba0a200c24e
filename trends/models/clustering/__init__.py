"""Clusters of document vectors: how they are found, merged and described."""
