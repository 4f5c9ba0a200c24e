"""``tr.run``: a whole run from Python, with a progress bar for notebooks and terminals."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trends import store
from trends.api.progress import bar, lines
from trends.core.computing.rng import Rng, seed_from
from trends.core.given.expected import expects
from trends.errors import UsageError
from trends.runs.config import settings as configs


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
