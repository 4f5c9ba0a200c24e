"""UMAP of document vectors, on neighbours that fits share."""
