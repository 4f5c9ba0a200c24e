"""Labels by people: what to code, and what the codes say of a run's shares and topics."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from numpy.typing import ArrayLike

from trends import store
from trends.core import Corpus
from trends.core.computing.rng import Rng
from trends.core.given.expected import expects

if TYPE_CHECKING:
    from trends.analysis.annotation.needed import Needed
    from trends.runs.people.corrected import Corrected
    from trends.runs.people.intruders import Intrusion
    from trends.runs.people.sheet_file import CodingSheet

Place = str | os.PathLike[str]


@expects(run=(store.Run, str, os.PathLike))
def label_sample(
    run: store.Run | Place,
    n: int,
    *,
    topic: int | str | None = None,
    backend: str = "",
    coders: int = 1,
    floor: int = 2,
    corpus: Corpus | None = None,
    rng: Rng | None = None,
) -> CodingSheet:
    """Draw documents of a run for coding by people, with known probabilities.

    Strata are periods and, where there are labels enough, what the fit says of a document; each
    gets at least the floor. Sheets show neither, and come in random order.

    Parameters
    ----------
    run : Run or path
    n : int
        Documents to code.
    topic : int or str, optional
        Number or label of one topic: people say whether a document is about it. Without it they
        name the topic of each document.
    backend : str
        Whose topics; the first of the run if empty.
    coders : int
        Each codes all documents, in an order of their own.
    floor : int
        Fewest documents of a stratum.
    corpus : Corpus, optional
        With the texts; the one that the run's config names if not given.
    rng : int or numpy.random.Generator
        Of the draw and the orders; recorded in the key.

    Returns
    -------
    CodingSheet
        ``sheets`` (a frame for each coder), ``codebook``, ``key``, ``write(path)``.

    Raises
    ------
    UsageError
        If there is no such topic or backend, or labels are too few for the periods.

    Examples
    --------
    >>> import trends as tr
    >>> models = {"backends": ["nmf"], "n_topics": 4, "seeds": 1}
    >>> figures = {"formats": ["svg"], "map": False}
    >>> run = tr.run({"rng": 7, "models": models, "figures": figures}, "results", progress=False)
    >>> drawn = tr.label_sample(run, 60, topic=0, rng=7)
    >>> list(drawn.sheets[0].columns), len(drawn.sheets[0])
    (['id', 'title', 'text', 'code', 'remark'], 60)
    """
    from trends.runs.people.draw import label_sample

    return label_sample(
        run if isinstance(run, store.Run) else Path(run),
        n,
        topic=topic,
        backend=backend,
        coders=coders,
        floor=floor,
        corpus=corpus,
        rng=rng,
    )


@expects(run=(store.Run, str, os.PathLike))
def corrected(
    run: store.Run | Place,
    sheets: Sequence[Place | pd.DataFrame] | Place | pd.DataFrame,
    key: Mapping[str, Any] | Place | None = None,
    *,
    method: Literal["dsl", "ppi"] = "dsl",
    predictions: Any = None,
) -> Corrected:
    """Correct the shares and trends of a run by what people coded.

    Parameters
    ----------
    run : Run or path
        From which the sample was drawn.
    sheets : path, frame, or sequence of these
        Filled-in sheets, one a coder. Where coders differ, a document counts in parts.
    key : mapping or path, optional
        Of :func:`label_sample`; by default the file beside the first sheet.
    method : {"dsl", "ppi"}
        Design-based supervised learning, or prediction-powered inference.
    predictions : mapping, Series or frame by id, optional
        Numbers from 0 to 1 in the place of what the fit says of the topic, such as the codes of a
        language model. They may be wrong; every document of the run needs one.

    Returns
    -------
    Corrected
        ``shares`` (a Prevalence), ``trend``, ``predicted`` (the same test without correction),
        ``table``, ``accuracy`` (precision and recall by period), ``agreement``, ``codes`` (with
        what was left out), ``sentences``, ``write(folder)``.

    Raises
    ------
    DataError
        If a sheet or key cannot be read, or the run has another fit than the one that was drawn
        from.

    Notes
    -----
    Shares are unbiased however wrong the fit is, since the probabilities of the draw are known;
    with few labels their intervals are wide. The codes of a language model are predictions, not
    labels: they stand under ``predictions``, and correcting by them corrects nothing.
    Documents count as independent of one another, whatever ``[prevalence] cluster`` says.

    References
    ----------
    Egami, Hinck, Stewart and Wei (2023), arXiv 2306.04746; Angelopoulos, Duchi and Zrnic (2023),
    arXiv 2311.01453.

    Examples
    --------
    >>> import trends as tr
    >>> models = {"backends": ["nmf"], "n_topics": 4, "seeds": 1}
    >>> figures = {"formats": ["svg"], "map": False}
    >>> run = tr.run({"rng": 7, "models": models, "figures": figures}, "results", progress=False)
    >>> drawn = tr.label_sample(run, 60, topic=0, rng=7)
    >>> coded = drawn.sheets[0].assign(code=[i % 2 for i in range(60)])
    >>> found = tr.corrected(run, coded, drawn.key)
    >>> found.sentences[0]
    '60 codes were read, 0 are empty.'
    """
    from trends.runs.people.corrected import corrected

    given, about = _given(sheets, key)
    place = run if isinstance(run, store.Run) else Path(run)
    return corrected(place, given, about, method=method, predictions=predictions)


@expects(run=(store.Run, str, os.PathLike))
def intrusion_sample(
    run: store.Run | Place,
    kind: Literal["words", "documents"] = "words",
    *,
    backend: str = "",
    coders: int = 1,
    rng: Rng | None = None,
) -> CodingSheet:
    """Draw an intrusion test, which asks what does not belong to the others of a topic.

    Parameters
    ----------
    run : Run or path
    kind : {"words", "documents"}
        Five words of each topic and one of another, or the titles of three documents and one.
    backend : str
        Whose topics; the first of the run if empty.
    coders : int
        Sheets that are written.
    rng : int or numpy.random.Generator
        Recorded in the key.

    Returns
    -------
    CodingSheet

    Raises
    ------
    UsageError
        If there is no such backend, or topics are too few.

    References
    ----------
    Chang, Boyd-Graber, Gerrish, Wang and Blei (2009), Reading Tea Leaves, NeurIPS; Hoyle et al.
    (2021), arXiv 2107.02173.

    Examples
    --------
    >>> import trends as tr
    >>> models = {"backends": ["nmf"], "n_topics": 4, "seeds": 1}
    >>> figures = {"formats": ["svg"], "map": False}
    >>> run = tr.run({"rng": 7, "models": models, "figures": figures}, "results", progress=False)
    >>> len(tr.intrusion_sample(run, rng=7).sheets[0])
    4
    """
    from trends.runs.people.intruders import intrusion_sample

    place = run if isinstance(run, store.Run) else Path(run)
    return intrusion_sample(place, kind, backend=backend, coders=coders, rng=rng)


def intrusion_scores(
    sheets: Sequence[Place | pd.DataFrame] | Place | pd.DataFrame,
    key: Mapping[str, Any] | Place | None = None,
) -> Intrusion:
    """How often people found the intruders of each topic, tested exactly against guessing.

    Parameters
    ----------
    sheets : path, frame, or sequence of these
        Filled-in sheets, one a coder.
    key : mapping or path, optional
        Of :func:`intrusion_sample`; by default the file beside the first sheet.

    Returns
    -------
    Intrusion
        ``table``, ``agreement``, ``codes``, ``sentences``.

    Raises
    ------
    DataError
        If a sheet or key cannot be read, or nobody has answered.

    Examples
    --------
    >>> import trends as tr
    >>> models = {"backends": ["nmf"], "n_topics": 4, "seeds": 1}
    >>> figures = {"formats": ["svg"], "map": False}
    >>> run = tr.run({"rng": 7, "models": models, "figures": figures}, "results", progress=False)
    >>> drawn = tr.intrusion_sample(run, rng=7)
    >>> answers = drawn.sheets[0].assign(code=[item["intruder"] for item in drawn.key["items"]])
    >>> tr.intrusion_scores(answers, drawn.key).table["score"].tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    from trends.runs.people.intruders import intrusion_scores

    return intrusion_scores(*_given(sheets, key))


def labels_needed(
    share: float,
    change: float,
    documents: ArrayLike,
    *,
    recall: float = 0.8,
    precision: float = 0.8,
    power: float = 0.8,
    rng: Rng | None = None,
) -> Needed:
    """How many labels a claim would need, before anybody codes.

    Parameters
    ----------
    share : float
        Expected share of the topic, a fraction.
    change : float
        Smallest change that matters, in percentage points, from the first third of the periods to
        the last.
    documents : array-like of int, shape (periods,)
        Documents of each period.
    recall, precision : float
        How good the fit is thought to be.
    power : float
        Probability with which the change is to be found.
    rng : int or numpy.random.Generator

    Returns
    -------
    Needed
        ``table`` (labels and power), ``labels`` (the fewest that suffice; None if none do).

    Raises
    ------
    UsageError
        If share, change, recall, precision or power cannot be.

    Examples
    --------
    >>> import trends as tr
    >>> needed = tr.labels_needed(0.3, 30, [400] * 10, rng=7)
    >>> needed.labels in needed.table["labels"].tolist()
    True
    """
    from trends.analysis.annotation.needed import labels_needed

    return labels_needed(
        share, change, documents, recall=recall, precision=precision, power=power, rng=rng
    )


def _given(sheets: Any, key: Any) -> tuple[list[Any], dict[str, Any]]:
    """Sheets as a list, and the key, read where it is a file."""
    from trends.errors import UsageError
    from trends.runs.people.sheet_file import key_of, read_key

    listed = [sheets] if isinstance(sheets, str | os.PathLike | pd.DataFrame) else list(sheets)
    if not listed:
        message = "No sheet was given; name the filled-in sheets, one a coder."
        raise UsageError(message)
    if isinstance(key, Mapping):
        return listed, dict(key)
    if key is None:
        if isinstance(listed[0], pd.DataFrame):
            message = "A frame does not say where its key lies; give key=drawn.key."
            raise UsageError(message)
        key = key_of(Path(listed[0]))
    return listed, read_key(Path(key))
