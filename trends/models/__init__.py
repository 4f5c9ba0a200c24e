"""Topic models behind one contract: term counts (and vectors) in, ``Topics`` out."""

from trends.registry import Registry

#: Name of a backend to the place of its ``fit``; the contract is in ``trends.models.base``.
BACKENDS = Registry(
    "backend",
    {
        "gibbs-lda": "trends.models.backends.gibbs_lda:fit",
        "lda": "trends.models.backends.lda:fit",
        "hdp": "trends.models.backends.hdp:fit",
        "nmf": "trends.models.backends.nmf:fit",
        "bertopic": "trends.models.backends.bertopic:fit",
        "kmeans": "trends.models.backends.kmeans:fit",
    },
)
