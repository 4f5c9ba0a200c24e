"""Sentence encoders behind one signature: texts in, one vector a text and its provenance out.

Every embedder is a function ``embed(texts, *, model=None, progress=None)`` that returns an array of float32, shape
(documents, dimensions), rows in the order of the texts, and a dict for the manifest: ``embedder``, ``model``, ``sha256``,
``dimensions``, ``versions``.
"""

from trends.registry import Registry

#: Name of an embedder to the place of its ``embed``.
EMBEDDERS = Registry(
    "embedding",
    {
        "minilm": "trends.embed.minilm:embed",
        "sentence-transformers": "trends.embed.sentence_transformer:embed",
        "precomputed": "trends.embed.precomputed:embed",
    },
)
