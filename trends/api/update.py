"""``tr.update``: further documents for a finished run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from trends import store
from trends.api.progress import bar, lines
from trends.core.given.expected import expects


@expects(run=(str, os.PathLike, store.Run), new=(str, os.PathLike, list, tuple))
def update(
    run: str | os.PathLike[str] | store.Run,
    new: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    settings: Sequence[str] = (),
    observed_until: str = "",
    progress: bool = True,
) -> store.Run:
    """Give new documents shares of the topics of a finished run, as ``trends update`` does.

    Topics, names and all files that the run published stay as they are. Old and new documents are
    measured by one rule, the one for documents that a fit has not seen, so that a trend over both
    is no trend of the method; ``updates/base/difference.csv`` says how far this rule is from the
    shares that the fit gave to the documents it was learnt on.

    Parameters
    ----------
    run : str, path or Run
        Folder of the run.
    new : str, path or sequence of these
        Files or folders, read as the run read its documents. A document whose id is known keeps the
        shares that it has, and is counted.
    settings : sequence of str
        ``"corpus.text=summary"`` and the like, of the sections corpus, embed and figures.
    observed_until : str
        Last day that the source covers as a whole, as ``"2024-12-31"``.
    progress : bool
        Show a bar on stderr.

    Returns
    -------
    Run
        The folder; ``manifest["updates"]`` lists what was added and when, and
        ``updates/prevalence.csv`` and ``updates/trends.csv`` are about all documents.

    Raises
    ------
    TrendsError
        With one sentence that says what is wrong, where, and what to do.

    Examples
    --------
    >>> import pandas as pd
    >>> import trends as tr
    >>> models = {"backends": ["nmf"], "n_topics": 4, "seeds": 1}
    >>> figures = {"formats": ["svg"], "map": False}
    >>> run = tr.run({"rng": 7, "models": models, "figures": figures}, "results", progress=False)
    >>> text, day = "pretraining of language models on text of the web", "2025-03-01"
    >>> pd.DataFrame({"text": [text], "date": [day]}).to_csv("new.csv", index=False)
    >>> columns = ["corpus.text=text", "corpus.date=date"]
    >>> run = tr.update(run, "new.csv", settings=columns, progress=False)
    >>> run.manifest["updates"][0]["documents"]
    1
    """
    from trends.runs.studies import update as study

    folder = run.folder if isinstance(run, store.Run) else Path(run)
    given = [new] if isinstance(new, str | os.PathLike) else list(new)
    with bar() if progress else lines(visible=False) as report:
        study.run(
            folder,
            [os.fspath(one) for one in given],
            settings=settings,
            observed_until=observed_until,
            report=report,
        )
    return store.Run(folder)
