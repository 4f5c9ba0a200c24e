"""Importing the libraries of the backends.

When they are needed, quietly, and without what a fit does not use.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from types import ModuleType

#: BERTopic imports these if it finds them: for its plots, its own encoders and language models.
#: They take ten seconds.
UNUSED = ("plotly", "sentence_transformers", "transformers")


def load(name: str) -> ModuleType:
    """Import a library and keep to itself what it warns about while it is imported.

    Such warnings concern the library's authors (names that will go, optional packages that are
    absent), never a fit.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def load_bertopic() -> ModuleType:
    """Import ``bertopic`` as it is without its optional packages.

    BERTopic runs without them ("light-weight installation" in its documentation): embeddings come
    from elsewhere here, and its plots are not used. Whoever wants its plots in the same process
    imports ``bertopic`` before the first fit; then nothing is left out.
    """
    if "bertopic" in sys.modules:
        return sys.modules["bertopic"]
    hidden = [name for name in UNUSED if name not in sys.modules]
    # None in sys.modules is Python's own way of saying that a module cannot be imported.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        return load("bertopic")
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
