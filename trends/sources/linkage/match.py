"""Which records are about one document: identifiers, titles and texts as evidence."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core.duplicates import first_members
from trends.errors import UsageError
from trends.registry import unknown
from trends.sources.linkage.minhash import near_texts

Rule = Literal["ids", "titles", "texts"]
RULES: tuple[Rule, ...] = ("ids", "titles", "texts")

#: Columns of identifiers that name one document wherever they stand.
ID_COLUMNS = ("doi", "arxiv_id", "pmid", "acl_id", "openalex_id", "s2_id")
#: A title with less than this many words or letters ("Editorial", "A reply to our critics") names
#: no document.
MIN_WORDS, MIN_LETTERS = 4, 20
#: Versions of one paper that are further apart than this many days are not joined by their title.
MAX_GAP = 3 * 366

#: Texts that overlap by this much are one whatever their titles; below it, so many of the titles'
#: words must be the same.
SURE_OVERLAP, SAME_WORDS = 0.9, 0.5

_WORD = re.compile(r"\w+")
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"^10\.48550/arxiv\.(.+)$")
_VERSION = re.compile(r"v\d+$")


@dataclass(frozen=True)
class Match:
    """Two records of one document and the evidence; rows of the table, ``left`` < ``right``."""

    left: int
    right: int
    rule: Rule
    evidence: str


def identifiers(frame: pd.DataFrame) -> pd.DataFrame:
    """Identifiers in one spelling; shape (records, kinds).

    DOIs are in lower case without a prefix, arXiv identifiers without a version.
    """
    out = pd.DataFrame(
        {c: frame[c] if c in frame.columns else "" for c in ID_COLUMNS}, index=frame.index
    )
    out = out.fillna("").astype(str).apply(lambda column: column.str.strip())
    for column in ID_COLUMNS:
        out[column] = out[column] if column == "acl_id" else out[column].str.casefold()
    out["doi"] = out["doi"].str.replace(_DOI_PREFIX, "", regex=True)
    # arXiv gives every paper a DOI that holds nothing but its identifier.
    by_doi = out["doi"].str.extract(_ARXIV_DOI, expand=False).fillna("")
    arxiv = out["arxiv_id"].str.removeprefix("arxiv:").where(out["arxiv_id"] != "", by_doi)
    out["arxiv_id"] = arxiv.str.replace(_VERSION, "", regex=True)
    out["doi"] = out["doi"].where(by_doi == "", "")
    return out


def normal_title(title: str) -> str:
    """A title in lower case without accents and punctuation; empty if too short to compare."""
    if not title.isascii():
        title = "".join(
            c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c)
        )
    words = _WORD.findall(title.casefold())
    joined = " ".join(words)
    return joined if len(words) >= MIN_WORDS and len(joined) >= MIN_LETTERS else ""


def matches(
    frame: pd.DataFrame, *, rules: tuple[Rule, ...] = RULES, similarity: float = 0.7
) -> tuple[list[Match], list[Match]]:
    """Pairs of records that are one document, and pairs that look so but are kept apart.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``title``, ``text``, ``date`` and any of the identifiers.
    rules : tuple of {"ids", "titles", "texts"}
        ``ids``: an identifier in common. ``titles``: the same words in the title. ``texts``: nearly
        the same text, see
        :func:`~trends.sources.linkage.minhash.near_texts`.
    similarity : float
        For ``texts``.

    Returns
    -------
    joined, apart : list of Match
        A pair whose titles and texts both agree is joined. One that agrees in only one of them is
        kept apart if both records carry an identifier of one kind (other than a DOI) and these
        differ, if the dates are more than three years apart, or if the texts agree but the titles
        tell of two documents: other numbers ("the 2009 system", "the 2010 system"), or few words in
        common where the overlap is below .9.

    Raises
    ------
    UsageError
        If a rule is unknown.
    """
    for rule in rules:
        if rule not in RULES:
            raise UsageError(unknown("rule for duplicates", rule, RULES))
    ids = identifiers(frame)
    joined: dict[tuple[int, int], Match] = {}
    apart: list[Match] = []

    def add(pair: tuple[int, int], rule: Rule, evidence: str, objection: str = "") -> None:
        if objection and pair not in joined:
            apart.append(Match(*pair, rule, f"{evidence}, but {objection}"))
        elif not objection:
            joined.setdefault(pair, Match(*pair, rule, evidence))

    if "ids" in rules:
        for column in ID_COLUMNS:
            for pair in _same_key(ids[column].tolist()):
                add(pair, "ids", f"{column} {ids[column].iloc[pair[0]]}")
    table, titles = ids.to_numpy(), frame["title"].astype(str).tolist()
    normal = [normal_title(title) for title in titles]
    days = frame["date"].to_numpy().astype("datetime64[D]")
    if "texts" in rules and "text" in frame.columns:
        texts = frame["text"].astype(str).tolist()
        for left, right, overlap in near_texts(texts, similarity=similarity):
            objection = ""
            if not normal[left] or normal[left] != normal[right]:
                objection = _objection(left, right, table, days) or _other_titles(
                    titles[left], titles[right], overlap
                )
            add((left, right), "texts", f"text overlap {overlap:.2f}", objection)
    if "titles" in rules:
        for pair in _same_key(normal):
            add(pair, "titles", "the same title", _objection(*pair, table, days))
    return [joined[pair] for pair in sorted(joined)], sorted(apart, key=lambda m: (m.left, m.right))


def groups(n: int, found: Sequence[Match]) -> NDArray[np.int64]:
    """The first record of each record's document, chains counting as one; shape (n,)."""
    return first_members(n, [m.left for m in found], [m.right for m in found])


def _same_key(keys: Sequence[str]) -> list[tuple[int, int]]:
    """The first record of each key with every other one, which is enough to make them a group."""
    rows: dict[str, list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        rows[key].append(i)
    return [(same[0], i) for key, same in rows.items() if key for i in same[1:]]


def _other_titles(left: str, right: str, overlap: float) -> str:
    """Why the titles of two records with nearly the same text are of two documents; else empty."""
    a, b = (set(_WORD.findall(title.casefold())) for title in (left, right))
    if not a or not b:
        return ""
    if {w for w in a if w.isdigit()} != {w for w in b if w.isdigit()}:
        return "other numbers in the titles"
    return "other titles" if overlap < SURE_OVERLAP and len(a & b) < SAME_WORDS * len(a | b) else ""


def _objection(
    left: int, right: int, ids: NDArray[np.object_], days: NDArray[np.datetime64]
) -> str:
    """Why two similar records may be two documents; else empty.

    A DOI may change from preprint to journal.
    """
    for k, column in enumerate(ID_COLUMNS):
        if column != "doi" and ids[left, k] and ids[right, k] and ids[left, k] != ids[right, k]:
            return f"{column} {ids[left, k]} and {ids[right, k]}"
    gap = days[right] - days[left]
    if not np.isnat(gap) and abs(gap.astype(int)) > MAX_GAP:
        return f"{abs(gap.astype(int)):,} days apart"
    return ""
