"""The section ``[embed]``: which vectors documents get."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import model_validator

from trends.runs.config.kinds import Allowed, File
from trends.runs.config.sections.section import Section

#: What embeds with a model that the user names, and what reads vectors.
OWN = ("sentence-transformers", "precomputed")


class EmbedConfig(Section):
    """Document vectors; only computed when a backend needs them."""

    model: Annotated[
        str, Allowed('"minilm", the name or folder of a model, or a file of vectors')
    ] = "minilm"
    """What embeds: "minilm" (packaged), a sentence-transformers model ("org/name" or its folder),
    or vectors: .npz or Parquet with ids, or .npy with the rows of the file that was read."""
    path: File = ""
    """With model = "sentence-transformers" or "precomputed": that model, or that file."""
    engine: Literal["torch", "bf16", "static", "auto"] = "auto"
    """How vectors are computed: "torch" (the reference), "bf16" (fewer digits), "static" (a fast
    model of another space), or "auto": the reference for up to 5,000 documents, the fastest exact
    engine for more."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where the engine "torch" computes; "auto" is CUDA where there is a card."""
    store: Annotated[str, Allowed('a folder, or "none"')] = ""
    """Folder in which vectors are kept by model and text; the user's cache (or TRENDS_CACHE) if it
    is empty, "none" keeps nothing."""

    @model_validator(mode="before")
    @classmethod
    def _own(cls, data: Any) -> Any:
        given = str(data.get("model", "")) if isinstance(data, dict) else ""
        if not given or data.get("path") or not ("/" in given or Path(given).exists()):
            return data
        of_vectors = given.endswith((".npy", ".npz", ".parquet"))
        return data | {"model": OWN[of_vectors], "path": given}

    @property
    def plain(self) -> bool:
        """Whether the vectors are those of extracted features, wherever kept or computed."""
        engine = "auto" if self.engine == "torch" else self.engine
        return (
            self.model_copy(update={"store": "", "device": "auto", "engine": engine})
            == EmbedConfig()
        )
