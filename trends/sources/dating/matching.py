"""Which of the records that a service found for a title is the document, and what date follows from it.

Titles are compared by their letters and digits: two thirds of the score are how few edits lead from
one to the other, one third is how many words they share. Words may be missing, written apart, or,
if they are long, have one slip; no word may stand in place of another ("BART" of "BERT", "Part II"
of "Part I"), and numbers must be the same. Short titles ("Introduction") decide nothing unless
authors or an identifier agree. Where several records fit and their dates lie far apart, nothing is
decided.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from trends.core.dates import DocDate, Precision, better
from trends.sources.dating.date_table import title_key

#: Score from which a title is taken for the same.
THRESHOLD = 0.9
#: Titles with fewer words or fewer letters are too short to decide alone.
FEWEST_WORDS, FEWEST_LETTERS = 4, 16
#: In words of at most so many letters another letter makes another word.
SHORT_WORD = 5
#: Dates of versions of one work lie no further apart than this many days; else it is not told which
#: work is meant.
FURTHEST = 3 * 366
#: Titles are compared up to this length.
MAX_TITLE = 500

_TAG = re.compile(r"<[^<>]{1,60}>")
_ROMAN = re.compile(r"(?=[ivx])x{0,3}(ix|iv|v?i{0,3})\Z")

Verdict = Literal["dated", "ambiguous", "no match", "too short", "no date", "contradicts"]


@dataclass(frozen=True)
class Asked:
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
    """What was decided about one document, and by what."""

    asked: Asked
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
    """How alike two titles are, from 0 to 1; 1 only if their letters and digits are the same.

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
    """Share of the names of the shorter list that stand in the other one too; ``None`` if a list is empty.

    Names are compared word by word, so "Lovelace, A." and "Ada Lovelace" agree in the one word that
    both spell out.
    """
    one, two = ({w for w in words(names) if len(w) > 2} for names in (a, b))
    return len(one & two) / min(len(one), len(two)) if one and two else None


def decide(asked: Asked, found: Sequence[Candidate], threshold: float = THRESHOLD) -> Decision:
    """Decide which record is the document, if any.

    Parameters
    ----------
    asked : Asked
        The document.
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
    scored = [(_score(asked, candidate), candidate) for candidate in found]
    nearest = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    fitting: list[tuple[float, float | None, Candidate]] = []
    for score, candidate in scored:
        if score >= threshold:
            authors = shared_authors(asked.authors, candidate.authors)
            if authors != 0.0 or _same_id(asked, candidate):
                fitting.append((score, authors, candidate))
    if not fitting:
        why = (
            "the authors differ"
            if nearest[0] >= threshold
            else f"no title is alike ({len(found)} found)"
        )
        return Decision(asked, "no match", nearest[1], nearest[0], why=why)
    top = max(score for score, _, _ in fitting)
    # A title that is the same letter by letter leaves no room for one that is only like it.
    fitting = [each for each in fitting if each[0] >= (1.0 if top == 1.0 else top - 0.03)]
    score, authors, best = fitting[0]
    if _short(asked.title) and not any(
        names or _same_id(asked, each) for _, names, each in fitting
    ):
        return Decision(
            asked,
            "too short",
            best,
            score,
            authors,
            why="the title is too short to decide without authors or identifier",
        )
    dated = [each for each in fitting if each[2].date is not None]
    if not dated:
        return Decision(asked, "no date", best, score, authors, why="the record has no date")
    days = [each[2].date for each in dated if each[2].date is not None]
    if max(d.first for d in days) - min(d.last for d in days) > dt.timedelta(FURTHEST):
        spread = f"{min(days).written} to {max(days).written}"
        return Decision(
            asked,
            "ambiguous",
            best,
            score,
            authors,
            why=f"{len(dated)} records fit, dated {spread}",
        )
    score, authors, best = min(dated, key=lambda each: _early(each[2].date))
    date = best.date
    if date is not None and asked.known is not None:
        if not date.agrees(asked.known):
            why = f"the record is dated {date.written}, the document {asked.known.written}"
            return Decision(asked, "contradicts", best, score, authors, why=why)
        if better(_plain(date), _plain(asked.known)) == _plain(asked.known):
            return Decision(
                asked,
                "no date",
                best,
                score,
                authors,
                why=f"the record is no finer than {asked.known.written}",
            )
    same = (
        "same identifier"
        if _same_id(asked, best)
        else "same title"
        if score == 1.0
        else "similar title"
    )
    return Decision(
        asked, "dated", best, score, authors, date, same + (", authors agree" if authors else "")
    )


def settled(asked: Asked, found: Sequence[Candidate], threshold: float = THRESHOLD) -> bool:
    """Whether no further service need be asked: the same title or identifier, with a day."""
    decision = decide(asked, found, threshold)
    sure = decision.score == 1.0 or decision.why.startswith("same identifier")
    return (
        decision.verdict == "dated"
        and sure
        and decision.date is not None
        and decision.date.precision is Precision.DAY
    )


def _score(asked: Asked, candidate: Candidate) -> float:
    """Similarity of titles; an identifier that is the same makes up for a title that was changed, not for another title."""
    score = similarity(asked.title, candidate.title)
    return (
        max(score, 0.99)
        if _same_id(asked, candidate) and (score >= 0.5 or not asked.title)
        else score
    )


def _same_id(asked: Asked, candidate: Candidate) -> bool:
    return any(
        value and candidate.ids.get(kind, "").lower() == value.lower()
        for kind, value in asked.ids.items()
    )


def _without_slips(one: Counter[str], other: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """Words of each list that the other has not, not even as a long word with one slip after its first letter."""
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


def _short(title: str) -> bool:
    return len(words(title)) < FEWEST_WORDS or len(title_key(title)) < FEWEST_LETTERS


def _early(date: DocDate | None) -> tuple[dt.date, dt.date]:
    """Order of dates: what is certainly earlier first, the finer before the coarser that it agrees with."""
    assert date is not None
    return date.last, date.first


def _plain(date: DocDate) -> DocDate:
    return DocDate(date.first, date.precision, until=date.until)
