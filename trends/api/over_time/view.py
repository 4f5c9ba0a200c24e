"""All shapes of topics in one view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trends.core import Corpus, Prevalence, TermCounts, Topics
from trends.core.computing.rng import Rng
from trends.core.given.expected import check_kind, expects
from trends.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trends.analysis.shapes.view import Shapes


@expects(shares=Prevalence)
def shapes(
    shares: Prevalence,
    topics: Topics | None = None,
    corpus: Corpus | None = None,
    *,
    counts: TermCounts | None = None,
    spans: tuple[tuple[str, str], tuple[str, str]] | None = None,
    level: float = 0.95,
    ahead: int = 3,
    imprecise: Literal["error", "drop", "spread"] = "error",
    rng: Rng = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> Shapes:
    """Look for every shape that is no line in every topic, and for words that came and went.

    Parameters
    ----------
    shares : Prevalence
        From :func:`trends.prevalence`.
    topics, corpus : Topics and Corpus, optional
        The fit and its documents, for words within topics; without them no words are looked at.
    counts : TermCounts, optional
        As in :func:`trends.term_trends`.
    spans : pair of pairs of str, optional
        As in :func:`trends.fit_trends`, for words.
    level : float
        Of intervals and bands.
    ahead : int
        Periods to forecast.
    imprecise : {"error", "drop", "spread"}
        As in :func:`trends.prevalence`.
    rng : int or numpy.random.Generator
        Of all that is drawn.
    progress : callable, optional
        Called with what was done last, stages done, stages in all.

    Returns
    -------
    Shapes
        ``frame()``: one row a shape with ``topic``, ``label``, ``kind`` (season, rising, falling,
        burst, change point, emerged, forecast, term), ``start``, ``stop``, ``estimate``, ``low``,
        ``high``, ``p``, ``adjusted_p``, ``found``, ``note``. ``sentences()`` says what is found;
        ``tr.plot("shapes", found.over_time(), claims=found.frame(), topic=0)`` draws one topic.
        ``settings["left_out"]`` says which kinds could not be looked for and why,
        ``settings["reading"]`` what the error rates of several kinds mean together.

    Raises
    ------
    UsageError
        If topics come without a corpus, or are about other documents.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=2, rng=7)
    >>> found = tr.shapes(tr.prevalence(topics, corpus, period="half-year"), ahead=1)
    >>> len(found.sentences())
    2
    """
    from trends.analysis.shapes.view import Material, find_shapes
    from trends.api.prevalence import _matched
    from trends.runs.tasks import terms as prepare

    if (topics is None) != (corpus is None):
        message = "tr.shapes: give both topics and corpus for words within topics, or neither."
        raise UsageError(message)
    material = None
    if topics is not None and corpus is not None:
        check_kind("shapes", "topics", topics, Topics)
        check_kind("shapes", "corpus", corpus, Corpus)
        period = str(shares.settings.get("period", "year"))
        topics, periods = _matched(topics, corpus, period, imprecise)
        held = prepare.known(corpus, topics.vocabulary) if counts is None else counts
        material = Material(topics, held, periods)
    return find_shapes(
        shares, material, spans=spans, level=level, ahead=ahead, rng=rng, progress=progress
    )
