"""Sentence encoders behind one signature: texts in, one vector a text and its provenance out.

Every embedder is a function ``embed(texts, *, model, progress, engine, device, store)`` that
returns an array of float32, shape (documents, dimensions), rows in the order of the texts, and a
dict for the manifest: ``embedder``, ``model``, ``sha256``, ``dimensions``, ``engine``,
``precision``, ``device``, ``versions``, and ``store``, which counts the vectors that had been made
before. An engine is the way in which the vectors of a model are computed, see
:mod:`trends.embed.engines.choice`.
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
