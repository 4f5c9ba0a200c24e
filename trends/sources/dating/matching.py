"""Which of the records that a service found is the document, and what date follows from it.

Titles are compared by their letters and digits: two thirds of the score are the edit similarity,
one third is the overlap of words. Words may be missing, written apart, or,
if they are long, have one slip; no word may stand in place of another ("BART" of "BERT", "Part II"
of "Part I"), and numbers must be the same. Short titles ("Introduction") decide nothing unless
authors or an identifier agree. Where several records fit and their dates lie far apart, nothing is
decided.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from trends.core.dates import DocDate, Precision
from trends.sources.dating.date_table import title_key

#: Score from which a title is taken for the same.
THRESHOLD = 0.9
#: Titles with fewer words or fewer letters are too short to decide alone.
MIN_WORDS, MIN_LETTERS = 4, 16
#: In words of at most so many letters another letter makes another word.
SHORT_WORD = 5
#: Dates of versions of one work lie no further apart than this many days; beyond, it is not known
#: which work is meant.
MAX_GAP = 3 * 366
#: Titles are compared up to this length.
MAX_TITLE = 500

_TAG = re.compile(r"<[^<>]{1,60}>")
_ROMAN = re.compile(r"(?=[ivx])x{0,3}(ix|iv|v?i{0,3})\Z")

Verdict = Literal["dated", "ambiguous", "no match", "too short", "no date", "contradicts"]


@dataclass(frozen=True)
class Document:
    """A document whose date is looked for.

    Parameters
    ----------
    id, title : str
    authors : str
        As the corpus has them; empty where it has none.
    ids : dict of str
        Identifiers by kind: ``arxiv``, ``doi``.
    known : DocDate, optional
        The coarser date that it has.
    """

    id: str
    title: str
    authors: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    known: DocDate | None = None


@dataclass(frozen=True)
class Candidate:
    """A record that a service found.

    Parameters
    ----------
    service, id, title : str
    date : DocDate, optional
    authors : str
        Names in a row.
    ids : dict of str
        Identifiers by kind.
    """

    service: str
    id: str
    title: str
    date: DocDate | None
    authors: str = ""
    ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What was decided about one document, and by which record."""

    document: Document
    verdict: Verdict
    best: Candidate | None = None
    score: float = 0.0
    authors: float | None = None
    date: DocDate | None = None
    why: str = ""


def words(title: str) -> list[str]:
    """Words of a title in compatibility form, without case, markup and accents."""
    text = unicodedata.normalize("NFKD", _TAG.sub(" ", title[:MAX_TITLE])).casefold()
    return "".join(
        c if c.isalnum() else "" if unicodedata.combining(c) or c in "'’" else " " for c in text
    ).split()


def similarity(a: str, b: str) -> float:
    """Similarity of two titles, from 0 to 1; 1 only if their letters and digits are the same.

    Returns
    -------
    float
        Two thirds of the normalised edit similarity (1 − Levenshtein distance / longer length) and
        one third of the Jaccard index of words, where a long word with one slip counts as the same;
        halved if their numbers differ or a word stands in place of another.
    """
    first, second = sorted((words(a), words(b)))  # the same both ways round
    if not first or not second:
        return 0.0
    one, two = "".join(first), "".join(second)
    if one == two:
        return 1.0
    left, right = Counter(first), Counter(second)
    only_left, only_right = _without_slips(left - right, right - left)
    shared = left.total() - only_left.total()
    jaccard = shared / (left.total() + right.total() - shared)
    edit = 1.0 - distance(one, two) / max(len(one), len(two))
    # Words may be missing or written apart; a word in place of another makes another title.
    replaced = only_left and only_right and _joined(first, only_left) != _joined(second, only_right)
    return (
        (2 * edit + jaccard) / 3 * (0.5 if replaced or _numbers(first) != _numbers(second) else 1.0)
    )


def distance(a: str, b: str) -> int:
    """Levenshtein distance (1966): the fewest letters to insert, delete or replace."""
    if len(a) < len(b):
        a, b = b, a
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def shared_authors(a: str, b: str) -> float | None:
    """Share of the names of the shorter list that are in the other; ``None`` if a list is empty.

    Names are compared word by word, so "Lovelace, A." and "Ada Lovelace" agree in the one word that
    both spell out.
    """
    one, two = ({w for w in words(names) if len(w) > 2} for names in (a, b))
    return len(one & two) / min(len(one), len(two)) if one and two else None


def decide(
    document: Document, found: Sequence[Candidate], threshold: float = THRESHOLD
) -> Decision:
    """Decide which record is the document, if any.

    Parameters
    ----------
    document : Document
        Whose date is looked for.
    found : sequence of Candidate
        What the services found, in the order of trust; the first wins among equals.
    threshold : float
        Least score of a title.

    Returns
    -------
    Decision
        The date is the earliest of the records that fit (a preprint before the paper), with
        evidence as the records have it.
    """
    scored = [(_score(document, candidate), candidate) for candidate in found]
    fitting = [
        (score, authors, candidate)
        for score, candidate in scored
        if score >= threshold
        and (
            (authors := shared_authors(document.authors, candidate.authors)) != 0.0
            or _same_id(document, candidate)
        )
    ]
    if not fitting:
        score, nearest = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        differ = score >= threshold
        why = "the authors differ" if differ else f"no title is similar ({len(found)} found)"
        return Decision(document, "no match", nearest, score, why=why)
    top = max(score for score, _, _ in fitting)
    # A title that is the same letter by letter leaves no room for one that is only similar.
    fitting = [each for each in fitting if each[0] >= (1.0 if top == 1.0 else top - 0.03)]
    first = Decision(document, "no date", fitting[0][2], *fitting[0][:2])
    if _is_short(document.title) and not any(
        authors or _same_id(document, candidate) for _, authors, candidate in fitting
    ):
        why = "the title is too short to decide without authors or identifier"
        return replace(first, verdict="too short", why=why)
    dated = [(*each, each[2].date) for each in fitting if each[2].date is not None]
    if not dated:
        return replace(first, why="the record has no date")
    dates = [date for *_, date in dated]
    if (max(d.first for d in dates) - min(d.last for d in dates)).days > MAX_GAP:
        spread = f"{min(dates).written} to {max(dates).written}"
        why = f"{len(dated)} records fit, dated {spread}"
        return replace(first, verdict="ambiguous", why=why)
    # What is certainly earlier comes first, the finer before the coarser that it agrees with.
    score, authors, best, date = min(dated, key=lambda each: (each[3].last, each[3].first))
    decision = Decision(document, "no date", best, score, authors)
    known = document.known
    if known is not None and not date.agrees(known):
        why = f"the record is dated {date.written}, the document {known.written}"
        return replace(decision, verdict="contradicts", why=why)
    if known is not None and date.last - date.first >= known.last - known.first:
        return replace(decision, why=f"the record is no finer than {known.written}")
    why = "same title" if score == 1.0 else "similar title"
    if _same_id(document, best):
        why = "same identifier"
    why += ", authors agree" if authors else ""
    return replace(decision, verdict="dated", date=date, why=why)


def settled(document: Document, found: Sequence[Candidate], threshold: float = THRESHOLD) -> bool:
    """Whether no further service need be asked: the same title or identifier, with a day."""
    decision = decide(document, found, threshold)
    certain = decision.score == 1.0 or decision.why.startswith("same identifier")
    return certain and decision.date is not None and decision.date.precision is Precision.DAY


def _score(document: Document, candidate: Candidate) -> float:
    """Similarity of titles; the same identifier makes up for a changed title, not for another."""
    score = similarity(document.title, candidate.title)
    changed = score >= 0.5 or not document.title
    return max(score, 0.99) if changed and _same_id(document, candidate) else score


def _same_id(document: Document, candidate: Candidate) -> bool:
    return any(
        value and candidate.ids.get(kind, "").lower() == value.lower()
        for kind, value in document.ids.items()
    )


def _without_slips(one: Counter[str], other: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """Words of each list that are not in the other, not even as a long word with one slip."""
    rest, left = Counter[str](), list(other.elements())
    for word in one.elements():
        for match in left:
            if (
                min(len(word), len(match)) > SHORT_WORD
                and word[0] == match[0]
                and distance(word, match) == 1
            ):
                left.remove(match)
                break
        else:
            rest[word] += 1
    return rest, Counter(left)


def _joined(found: Sequence[str], some: Counter[str]) -> str:
    return "".join(word for word in found if word in some)


def _numbers(found: Sequence[str]) -> Counter[str]:
    return Counter(w for w in found if any(c.isdigit() for c in w) or _ROMAN.match(w))


def _is_short(title: str) -> bool:
    return len(words(title)) < MIN_WORDS or len(title_key(title)) < MIN_LETTERS
