"""Topic models behind one contract: term counts (and embeddings) in, :class:`~trends.core.topics.Topics` out."""

from trends.registry import Registry

#: Name of a backend to the place of its ``fit``; the contract is in ``trends.models.base``.
BACKENDS = Registry(
    "backend",
    {
        "gibbs-lda": "trends.models.gibbs_lda:fit",
        "lda": "trends.models.lda:fit",
        "nmf": "trends.models.nmf:fit",
        "bertopic": "trends.models.bertopic:fit",
        "kmeans": "trends.models.kmeans:fit",
    },
)
