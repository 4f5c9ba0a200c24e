"""Fitted models of other packages → shares of documents in topics, and the words of topics.

Only attributes and methods that each package documents are used; nothing is imported and nothing is
fitted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.errors import UsageError


@dataclass(frozen=True)
class Shares:
    """What a model says of its documents.

    Parameters
    ----------
    theta : ndarray, shape (documents, topics)
        Shares of documents, or one topic of each document (shape (documents,), -1 for none).
    words : list of list of str
        Words of each topic, the most telling first; empty where the model does not say.
    """

    theta: NDArray[Any]
    words: list[list[str]]


def _bertopic(model: Any, _: Any) -> Shares:
    found = model.probabilities_
    topics = sorted(k for k in model.get_topics() if k >= 0)
    words = [[term for term, _ in model.get_topic(k)] for k in topics]
    if found is not None and np.ndim(found) == 2 and np.shape(found)[1] == len(topics):
        return Shares(np.asarray(found, dtype=float), words)
    place = {k: i for i, k in enumerate(topics)}
    return Shares(np.array([place.get(int(k), -1) for k in model.topics_]), words)


def _gensim(model: Any, documents: Any) -> Shares:
    bags = _needed(documents, "gensim", "the bags of words that it was fitted on")
    theta = np.zeros((len(bags), model.num_topics))
    for row, bag in enumerate(bags):
        for topic, share in model.get_document_topics(bag, minimum_probability=0.0):
            theta[row, topic] = share
    return Shares(theta, [[w for w, _ in model.show_topic(k)] for k in range(model.num_topics)])


def _tomotopy(model: Any, _: Any) -> Shares:
    theta = np.array([document.get_topic_dist() for document in model.docs], dtype=float)
    return Shares(theta, [[w for w, _ in model.get_topic_words(k)] for k in range(theta.shape[1])])


def _topica(model: Any, _: Any) -> Shares:
    return Shares(np.asarray(model.doc_topic, dtype=float), [list(w) for w in model.top_words(10)])


def _sklearn(model: Any, documents: Any) -> Shares:
    matrix = _needed(documents, "scikit-learn", "the matrix that it was fitted on")
    theta = np.asarray(model.transform(sparse.csr_matrix(matrix)), dtype=float)
    total = theta.sum(1, keepdims=True)
    return Shares(np.divide(theta, total, out=np.zeros_like(theta), where=total > 0), [])


#: By the package that defines the class of a model.
READERS: dict[str, Callable[[Any, Any], Shares]] = {
    "bertopic": _bertopic,
    "gensim": _gensim,
    "tomotopy": _tomotopy,
    "topica": _topica,
    "sklearn": _sklearn,
}


def package_of(model: Any) -> str:
    """The known package that a model comes from; empty for anything else."""
    for each in type(model).__mro__:
        if (name := each.__module__.partition(".")[0].lstrip("_")) in READERS:
            return name
    return ""


def shares_of(model: Any, documents: Any = None) -> Shares:
    """Shares of the documents that a model of another package was fitted on.

    Parameters
    ----------
    model : object
        A fitted model of one of :data:`READERS`.
    documents : object, optional
        What gensim and scikit-learn need besides: bags of words, or the matrix of counts.

    Returns
    -------
    Shares

    Raises
    ------
    UsageError
        If the package is not known, ``documents`` are missing, or the model is not fitted.
    """
    package = package_of(model)
    if not package:
        message = (
            f"{type(model).__name__} is no model of {', '.join(READERS)}; give its shares as a "
            "pandas.DataFrame with the ids of the documents as index."
        )
        raise UsageError(message)
    try:
        return READERS[package](model, documents)
    except (AttributeError, ValueError, TypeError) as error:
        message = f"This model of {package} gives no shares of documents ({error}); is it fitted?"
        raise UsageError(message) from error


def _needed(documents: Any, package: str, what: str) -> Any:
    if documents is None:
        message = f"A model of {package} keeps no documents; give (model, documents) with {what}."
        raise UsageError(message)
    return documents
