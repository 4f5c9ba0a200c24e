"""Short names of topics, made of their own terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from trends.analysis.quality import label_phrases
from trends.analysis.quality.frex import relevance
from trends.analysis.quality.label_check import BlindAssignment
from trends.core.given.expected import expects
from trends.core.terms import TermCounts
from trends.core.topics import Topics
from trends.errors import DataError, UsageError

#: A user's own way to name a topic: its number and its best terms in, its name out.
Namer = Callable[[int, tuple[str, ...]], str]

#: Terms of a topic, by its backend's own ranking, among which the label is sought.
POOL = 30
#: A phrase takes the place of its words if it is at least this likely in the topic, relative to the
#: likelier of them.
PHRASE_SHARE = 0.3
#: Terms in more than this share of the reference's documents name no topic.
COMMON = 0.5
#: Weight of a term's probability against its lift. A list of terms is read best at 0.6 (Sievert and
#: Shirley, 2014); three terms have to tell a topic from its neighbours, and at 0.6 terms of the
#: whole field took places (on the founding corpus "dataset", "finetuning").
WEIGHT = 0.4
#: A name longer than this would not fit a figure or a table.
LONGEST = 80

#: Pieces of addresses, in no dictionary of stop words.
_ADDRESS = frozenset({"http", "https", "www", "com", "org", "html", "doi", "arxiv", "github"})
#: Endings by which two forms of one English word may differ once a common beginning of four letters
#: or more is taken off.
_ENDINGS = frozenset(
    {"", "s", "es", "ed", "e", "ing", "er", "ers", "ion", "ions", "al", "ally", "y", "ies"}
)


@expects(topics=Topics)
def label(
    topics: Topics,
    *,
    reference: TermCounts | None = None,
    phrases: TermCounts | None = None,
    n: int = 3,
    namer: Namer | None = None,
) -> tuple[str, ...]:
    """Name each topic by a noun phrase of the corpus, or by its most relevant terms.

    With ``phrases`` and ``reference``, topics are named by phrases that are their own and lead
    documents to them (:mod:`trends.analysis.quality.label_phrases`); a topic that has none is named
    by terms.

    The best terms of the backend are put in order of relevance (Sievert and Shirley, 2014). Then
    words that say the same are merged: a phrase takes the place of its words ("vision language",
    not "vision, vision language, language"), one form of a word stands for the others ("token", not
    "token, tokens"), and an acronym or its phrase for both ("llm", not "llm, large language
    model"). Stop words, numbers, pieces of addresses and terms that most documents contain are
    passed over. Labels are unique: where two topics would get the same, more terms are added.

    Parameters
    ----------
    topics : Topics
        The fit.
    reference : TermCounts, optional
        Where the corpus-wide frequency of terms is taken from; without it, from the fit itself.
    phrases : TermCounts, optional
        Noun phrases as they are written, from :func:`trends.text.noun_phrases.noun_phrases`.
    n : int
        Number of terms in a label.
    namer : callable, optional
        ``namer(topic, terms)`` returns the name of a topic; ``terms`` are its merged terms, up to
        ten. It is the user's own function (a person's list, a language model); nothing leaves the
        machine unless that function sends it.

    Returns
    -------
    tuple of str
        One unique label per topic.

    Raises
    ------
    UsageError
        If ``n`` is less than 1, or ``namer`` returns something other than a string that holds a
        letter or digit.
    DataError
        If ``reference`` knows none of the fit's terms.

    Examples
    --------
    >>> import trends as tr
    >>> topics = tr.fit(tr.read_corpus("pretraining"), "nmf", n_topics=4, rng=7)
    >>> names = tr.label(topics)
    >>> len(names), len(set(names))
    (4, 4)
    """
    if n < 1:
        message = f"A label needs at least one term; got n={n}."
        raise UsageError(message)
    ranked = [_merge(terms, phi, max(n, 10)) for terms, phi in _candidates(topics, reference)]
    if namer is None:
        names = [", ".join(terms[:n]) or f"topic {k + 1}" for k, terms in enumerate(ranked)]
        if phrases is not None and reference is not None:
            own = label_phrases.choose(topics, phrases, BlindAssignment(topics, reference))
            names = [
                clean(mine, "a phrase") if mine else name
                for mine, name in zip(own, names, strict=True)
            ]
        return _unique(names, ranked, n)
    names = [_named(namer(k, tuple(terms)), k) for k, terms in enumerate(ranked)]
    return _unique(names, [[] for _ in names], n)


def _candidates(
    topics: Topics, reference: TermCounts | None
) -> list[tuple[list[str], dict[str, float]]]:
    """Usable terms of each topic by falling relevance, with their probabilities."""
    background, usable = _background(topics, reference)
    score = relevance(topics.phi, background, weight=WEIGHT)
    weight = topics.phi if topics.relevance is None else topics.relevance
    out = []
    for k in range(topics.n_topics):
        # More than the pool is looked at, so that a run of stop words at the top does not use the
        # pool up.
        best = np.argsort(-weight[k], kind="stable")
        named = (j for j in best if weight[k, j] > 0 and _may_name(topics.vocabulary[j]))
        fit = list(islice(named, 2 * POOL))
        telling = [j for j in fit if usable[j]][:POOL] or fit[:POOL]
        telling.sort(key=lambda j: (-score[k, j], topics.vocabulary[j]))
        out.append(
            (
                [topics.vocabulary[j] for j in telling],
                {topics.vocabulary[j]: float(topics.phi[k, j]) for j in telling},
            )
        )
    return out


def _background(
    topics: Topics, reference: TermCounts | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """p(term) in the corpus, and which terms are not in most of its documents."""
    n_terms = len(topics.vocabulary)
    mixture = (
        (topics.share / topics.share.sum()) @ topics.phi
        if topics.share.sum() > 0
        else topics.phi.mean(0)
    )
    if reference is None:
        return mixture, np.ones(n_terms, dtype=bool)
    position = {term: j for j, term in enumerate(reference.vocabulary)}
    rows = np.array([position.get(term, -1) for term in topics.vocabulary])
    if (rows < 0).all():
        message = (
            "The reference counts know none of the fit's terms; give the counts that the fit was "
            "made of."
        )
        raise DataError(message)
    totals = np.asarray(reference.matrix.sum(axis=0), dtype=np.float64).ravel()
    share = np.append(totals / max(totals.sum(), 1.0), 0.0)[rows]
    spread = np.append(reference.document_frequency / max(reference.n_documents, 1), 0.0)[rows]
    return np.where(share > 0, share, mixture), spread <= COMMON


def _merge(ranked: Sequence[str], phi: dict[str, float], n: int) -> list[str]:
    """The first ``n`` terms no two of which share a word.

    A phrase takes the place of its own words.
    """
    chosen: list[str] = []
    # The second pass fills places that a merger of two words into a phrase has left free.
    for term in [*ranked, *ranked]:
        overlapping = [c for c in chosen if _share_a_word(c, term)]
        if not overlapping:
            if len(chosen) < n:
                chosen.append(term)
            continue
        if len(overlapping) == 1 and _likelier_form(term, overlapping[0], phi):
            chosen[chosen.index(overlapping[0])] = term
            continue
        longer = all(_contains(term, c) for c in overlapping)
        if longer and phi[term] >= PHRASE_SHARE * max(phi[c] for c in overlapping):
            place = chosen.index(overlapping[0])
            chosen[place] = term
            chosen = [c for c in chosen if c not in overlapping]
    return chosen


def _likelier_form(term: str, chosen: str, phi: dict[str, float]) -> bool:
    """Whether both are forms of one word and the term is the likelier of the two.

    For example, "clinical" comes before "clinically".
    """
    return (
        " " not in term
        and " " not in chosen
        and _same_word(term, chosen)
        and phi[term] > phi[chosen]
    )


def _contains(phrase: str, term: str) -> bool:
    """Whether the phrase has all words of the term, each in some form, and at least one more."""
    words, parts = phrase.split(), term.split()
    return len(words) > len(parts) and all(any(_same_word(w, p) for w in words) for p in parts)


def _share_a_word(a: str, b: str) -> bool:
    return (
        _is_acronym(a, b)
        or _is_acronym(b, a)
        or any(
            _same_word(v, w) for v in a.split() for w in b.split() if _may_name(v) and _may_name(w)
        )
    )


def _is_acronym(short: str, phrase: str) -> bool:
    """Whether a word is made of the initials of a phrase, a plural s aside."""
    initials = "".join(word[0] for word in re.split(r"[\s-]+", phrase) if word)
    return len(initials) > 1 and short in {initials, initials + "s"}


def _same_word(a: str, b: str) -> bool:
    """Whether two words are forms of one, by their endings.

    A rough rule for English that leaves other words apart.
    """
    if a == b or a + "s" == b or b + "s" == a:
        return True
    common = 0
    while common < min(len(a), len(b)) and a[common] == b[common]:
        common += 1
    # The common beginning may reach into the endings ("training", "trains"), so shorter ones are
    # tried too.
    return any(
        a[cut:] in _ENDINGS and b[cut:] in _ENDINGS for cut in range(max(common - 2, 4), common + 1)
    )


@lru_cache(maxsize=1 << 16)
def _may_name(term: str) -> bool:
    """Whether a term can stand in a label.

    Not a number, a letter, an address, nor begun or ended by a stop word.
    """
    words = term.split()
    if not words or any(word in _ADDRESS for word in words):
        return False
    if not any(len(re.sub(r"[\W\d_]", "", word)) > 1 for word in words):
        return False
    return words[0] not in _stop_words() and words[-1] not in _stop_words()


@cache
def _stop_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS)


def _named(name: object, topic: int) -> str:
    """What a user's function returned, as a name."""
    if not isinstance(name, str):
        message = (
            f"namer must return a string; for topic {topic} it returned {type(name).__name__}."
        )
        raise UsageError(message)
    return clean(name, f"the name that namer returned for topic {topic}")


def clean(name: str, what: str) -> str:
    """A name in one line of printable characters that fits a figure.

    Raises
    ------
    UsageError
        If it holds no letter and no digit; ``what`` says in the message which name that is.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not any(c.isalnum() for c in line):
        message = f"{what[0].upper()}{what[1:]} must hold a letter or a digit; got {name[:40]!r}."
        raise UsageError(message)
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _unique(labels: list[str], ranked: Sequence[Sequence[str]], n: int) -> tuple[str, ...]:
    """Tell equal labels apart by further terms, and by number where the terms are all the same."""
    for size in range(n + 1, n + 3):
        twice = {name for name in labels if labels.count(name) > 1}
        labels = [
            ", ".join(ranked[k][:size]) if name in twice and ranked[k] else name
            for k, name in enumerate(labels)
        ]
    out: list[str] = []
    for name in labels:
        candidate, number = name, 1
        while candidate in out or (number > 1 and candidate in labels):
            number += 1
            candidate = f"{name} ({number})"
        out.append(candidate)
    return tuple(out)
