"""Texts to vectors: embedders behind one signature.

Every embedder is a function ``embed(texts, *, model, progress, engine, device, store)`` that
returns an array of float32, shape (documents, dimensions), rows in the order of the texts, and a
dict for the manifest with ``embedder``, ``model``, ``sha256``, ``dimensions`` and ``versions`` at
least. Embedders that compute with a neural model add what their engine says (``engine``,
``precision``, ``device``; see :mod:`trends.embed.engines.choice`) and, in ``store``, how many
vectors had been made before. An embedder takes and ignores options that mean nothing to it.
"""

from trends.registry import Registry

#: Name of an embedder to the module and name of its function.
EMBEDDERS = Registry(
    "embedding",
    {
        "minilm": "trends.embed.minilm:embed",
        "sentence-transformers": "trends.embed.sentence_transformer:embed",
        "precomputed": "trends.embed.precomputed:embed",
    },
)
