"""A whole run from Python, and its claims for others: plan, card, verification."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends import store
from trends.api.progress import bar, lines
from trends.core.computing.rng import Rng, seed_from
from trends.core.given.expected import expects
from trends.errors import UsageError
from trends.runs.config import settings as configs

if TYPE_CHECKING:
    from trends.runs.cards.model import Card
    from trends.runs.cards.plan import Plan
    from trends.runs.review.verify import Verification


@expects(config=(str, os.PathLike, Mapping))
def run(
    config: str | os.PathLike[str] | Mapping[str, Any],
    out: str | os.PathLike[str] | None = None,
    *,
    rng: Rng | None = None,
    progress: bool = True,
) -> store.Run:
    """Carry out a run, as ``trends run`` does, and open what it left.

    Parameters
    ----------
    config : str, path or mapping
        A TOML file, or the same settings as a mapping, for example
        ``{"rng": 7, "corpus": {"path": "papers.csv", "text": "abstract", "date": "published"}}``.
        Relative paths in a file are taken from its folder, those in a mapping from the working
        directory.
    out : str or path, optional
        Folder of the results; by default ``results`` beside the file. A mapping needs one.
    rng : int or numpy.random.Generator, optional
        Seed of the run; takes the place of the one in the settings. From a Generator one integer is
        drawn, which the manifest records.
    progress : bool
        Show a bar on stderr. Finished tasks are kept in ``<out>/.cache``: a run that was stopped
        goes on where it was.

    Returns
    -------
    Run
        The folder, opened for reading: ``table(name)``, ``topics(backend, seed)``, ``manifest``.

    Raises
    ------
    TrendsError
        With one sentence that says what is wrong, where, and what to do.

    Examples
    --------
    >>> import trends as tr
    >>> settings = {
    ...     "rng": 7,
    ...     "models": {"backends": ["nmf"], "n_topics": 4, "seeds": 1},
    ...     "figures": {"formats": ["svg"], "map": False},
    ... }
    >>> results = tr.run(settings, "results", progress=False)
    >>> results.table("trends").shape[0]
    4
    """
    from trends.runs.studies import run as recipe

    seed = None if rng is None else seed_from(rng)
    if isinstance(config, Mapping):
        if out is None:
            message = (
                "Settings given as a mapping have no folder; say where the results go: "
                "tr.run(settings, 'results')."
            )
            raise UsageError(message)
        settings = configs.check({**config, **({} if seed is None else {"rng": seed})}, "settings")
    else:
        settings = configs.load(Path(config), rng=seed)
        out = Path(config).resolve().parent / "results" if out is None else out
    with bar() if progress else lines(visible=False) as report:
        recipe.run(settings, Path(out), report=report)
    return store.Run(Path(out))


@expects(path=(str, os.PathLike))
def read_card(path: str | os.PathLike[str]) -> Card:
    """Read the claims of a run with all that they rest on.

    Parameters
    ----------
    path : str or path
        A ``claims.json``, or the folder of a run that holds one.

    Returns
    -------
    Card
        Sections as in the file: ``corpus``, ``question``, ``test``, ``models``, ``claims`` and so
        on; changes in percentage points, shares as fractions.

    Raises
    ------
    MissingError, DataError
        If it is not there, or is no card.

    Examples
    --------
    >>> import trends as tr
    >>> models = {"backends": ["nmf"], "n_topics": 4, "seeds": 1}
    >>> figures = {"formats": ["svg"], "map": False}
    >>> run = tr.run({"rng": 7, "models": models, "figures": figures}, "results", progress=False)
    >>> card = tr.read_card("results")
    >>> len(card.claims), card.test.adjustment[:18]
    (4, 'Benjamini–Hochberg')
    """
    from trends.runs.cards import card_file

    return card_file.read(Path(path))


@expects(config=(str, os.PathLike, Mapping), question=str)
def register(
    config: str | os.PathLike[str] | Mapping[str, Any],
    question: str,
    path: str | os.PathLike[str] = "plan.json",
    *,
    data_from: dt.date | None = None,
    data_until: dt.date | None = None,
) -> Plan:
    """Freeze what a run will ask, of which documents and how, before anybody looks.

    Parameters
    ----------
    config : str, path or mapping
        A TOML file, or the same settings as a mapping.
    question : str
        What is asked, in your words.
    path : str or path
        File to write; one that is there is never replaced.
    data_from, data_until : datetime.date, optional
        Days within which the documents will be dated, where they are still to come; else those at
        hand are registered by their hash.

    Returns
    -------
    Plan
        ``sha256`` is what to deposit where others see when.

    Raises
    ------
    UsageError
        If no question is asked, the days mean nothing, or the file is there.
    TrendsError
        If the documents cannot be read.

    Examples
    --------
    >>> import trends as tr
    >>> plan = tr.register({"rng": 7}, "Does the share of papers on pretraining fall?")
    >>> plan.data.kind, plan.data.documents
    ('corpus', 356)
    """
    from trends.runs.review import register as registering

    if isinstance(config, Mapping):
        given = configs.check(dict(config), "the settings")
    else:
        given = configs.load(Path(config))
    plan = registering.register(
        given, question=question, data_from=data_from, data_until=data_until
    )
    registering.write(plan, Path(path))
    return plan


@expects(card=(str, os.PathLike))
def verify(
    card: str | os.PathLike[str],
    features: str | os.PathLike[str] | None = None,
    *,
    plan: str | os.PathLike[str] | None = None,
    edits: str | os.PathLike[str] | None = None,
    concepts: str | os.PathLike[str] | None = None,
    tolerance: float = 0.01,
) -> Verification:
    """Check a claim card, and carry out its run again where features are given.

    Parameters
    ----------
    card : str or path
        A ``claims.json``, or the folder of a run.
    features : str or path, optional
        Folder of :func:`trends.export_features`, or the corpus; without it only the card is
        checked.
    plan : str or path, optional
        The plan that was registered.
    edits : str or path, optional
        The edits of topics that the run was made with, if it was.
    concepts : str or path, optional
        Of a card of concepts: their file, where texts in it stand for examples.
    tolerance : float
        Percentage points by which a number may differ; for shares and probabilities a hundredth of
        it counts, for p that are counted in shuffles one shuffle.

    Returns
    -------
    Verification
        ``verdict`` ("reproduced exactly", "reproduced within tolerance", "not reproduced",
        "consistent, not re-run"), ``steps``, ``first`` (the step that differs first),
        ``findings_same``, ``software``.

    Raises
    ------
    TrendsError
        If card, features or plan cannot be read.

    Examples
    --------
    >>> import trends as tr
    >>> models = {"backends": ["nmf"], "n_topics": 4, "seeds": 1}
    >>> figures = {"formats": ["svg"], "map": False}
    >>> run = tr.run({"rng": 7, "models": models, "figures": figures}, "results", progress=False)
    >>> tr.verify("results", "pretraining").verdict
    'reproduced exactly'
    """
    from trends.runs.cards import card_file
    from trends.runs.review.verify import verify as verifying

    return verifying(
        card_file.read(Path(card)),
        None if features is None else Path(features),
        plan=None if plan is None else Path(plan),
        edits=None if edits is None else Path(edits),
        concepts=None if concepts is None else Path(concepts),
        beside=Path(card) if Path(card).is_dir() else Path(card).parent,
        tolerance=tolerance,
    )
