"""One form for each word: hyphens and plurals, merged where the corpus itself gives the evidence.

"pre-training", "pretraining" and "pre training" are one word, and so are "model" and "models"; a
stemmer would merge far more than that and leave stumps that nobody wants to read as a topic's name.
So a form is only ever replaced by another one that the corpus contains.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

#: The closed form ("pretraining") replaces the hyphenated one where it stands in two documents at
#: least, and in a tenth as many as the hyphenated one; below that it is taken for a slip of a
#: keyboard or of a line break.
MIN_ATTESTED, MIN_SHARE = 2, 0.1
#: A compound that is written open is one word only if the joined forms stand in a tenth as many
#: documents: "machine-translation" and "machinetranslation" are slips beside a thousand times
#: "machine translation".
MIN_JOINED_SHARE = 0.1
#: A singular must occur in a twentieth as many documents as its plural ("bias" is not the plural of
#: a misspelt "bia").
MIN_SINGULAR_SHARE = 0.05
#: A noun ends a run of words now and then, an adjective hardly ever: "new" is no singular of "news"
#: because it ends a run in less than a twentieth of its occurrences. Decided from this many
#: occurrences; nothing is folded in a corpus without borders.
MIN_END_RATE, MIN_OCCURRENCES, MIN_BORDERS = 0.05, 20, 0.02


@dataclass(frozen=True)
class Variants:
    """What the corpus says about the forms of its words.

    Parameters
    ----------
    forms : dict
        Word to the words that stand in its place: one (another form) or several (the parts of a
        compound).
    closed : dict
        Consecutive words to the single form in their place.
    singular : dict
        Plural to singular.
    """

    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    closed: dict[tuple[str, ...], str] = field(default_factory=dict)
    singular: dict[str, str] = field(default_factory=dict)


def choose_forms(
    df: Counter[str],
    count: Counter[str],
    ends: Counter[str],
    open_df: Callable[[set[tuple[str, ...]]], Counter[tuple[str, ...]]],
    stop: frozenset[str],
) -> Variants:
    """Decide which form stands for which.

    For a hyphenated word there are three outcomes. (1) The closed form is attested: it stands for
    the hyphenated and the open form, unless the open one is more than ten times as common as
    either, which then stands for all three. (2) Every part is itself a word of the corpus: the
    compound is written as its parts, and :mod:`trends.text.counting.phrases` may join them again
    ("vision-language" = "vision language"). (3) Neither: the hyphenated form stays and the open
    form is written like it. Words with a digit or a part of one letter (``gpt-4``, ``x-ray``) and
    compounds around a function word (``end-to-end``) are never split.

    Plurals are folded by the three rules of the S-stemmer [1]_, but only onto an attested singular.

    Parameters
    ----------
    df, count, ends : Counter of str
        Documents with a word, its occurrences, and those of them at the end of a run or before a
        function word.
    open_df : callable
        Takes sequences of words and counts the documents in which each stands inside a run.
    stop : frozenset of str
        Function words.

    References
    ----------
    .. [1] D. Harman (1991). How effective is suffixing? Journal of the American Society for
           Information Science 42(1), 7–15.
    """
    forms: dict[str, tuple[str, ...]] = {}
    closed: dict[tuple[str, ...], str] = {}
    for word in sorted(w for w in df if "-" in w):
        parts = tuple(p for p in word.split("-") if p)
        joined = "".join(parts)
        rigid = any(len(p) == 1 for p in parts) or any(c.isdigit() for c in word)
        needed = df[word] if rigid else max(MIN_ATTESTED, MIN_SHARE * df[word])
        if df[joined] >= needed:
            forms[word], closed[parts] = (joined,), joined
        elif rigid or any(p in stop for p in parts) or any(df[p] < MIN_ATTESTED for p in parts):
            closed[parts] = word
        else:
            forms[word] = parts
    singular = _singulars(df, count, ends)
    # An open compound must be no accident: with a function word in it ("in domain"), the joined
    # form must be commoner.
    least = {
        parts: 1.0 if any(p in stop for p in parts) else MIN_JOINED_SHARE
        for parts in closed
        if len(parts) > 1
    }
    joined_in = {parts: max(df["-".join(parts)], df[closed[parts]]) for parts in least}
    # It stands open in no more documents than its rarest part.
    doubtful = {
        parts
        for parts, share in least.items()
        if share * min(df[p] for p in parts) > joined_in[parts]
    }
    open_in = open_df(doubtful)
    evident = {}
    for parts, share in least.items():
        if parts not in doubtful or joined_in[parts] >= share * open_in[parts]:
            evident[parts] = closed[parts]
        elif share < 1:
            # The open form is the word; what is written together by mistake is written like it.
            forms |= {word: parts for word in ("-".join(parts), "".join(parts)) if df[word]}
    return Variants(forms, evident, singular)


def _singulars(df: Counter[str], count: Counter[str], ends: Counter[str]) -> dict[str, str]:
    if sum(ends.values()) < MIN_BORDERS * sum(count.values()):
        return {}
    out: dict[str, str] = {}
    for plural in sorted(df):
        for singular in s_stem(plural):
            n = count[singular]
            modifier = n >= MIN_OCCURRENCES and ends[singular] < MIN_END_RATE * n
            if df[singular] and df[singular] >= MIN_SINGULAR_SHARE * df[plural] and not modifier:
                out[plural] = singular
                break
    return out


def s_stem(word: str) -> tuple[str, ...]:
    """Candidates for the singular of a word, the likeliest first.

    The first rule of Harman (1991) whose ending fits decides; "approaches" and "boxes", which her
    second rule makes "approache" and "boxe", have the form without "es" as a second candidate.
    """
    if len(word) < 4 or not word.endswith("s"):
        return ()
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return (word[:-3] + "y",)
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return (
            (word[:-1], word[:-2])
            if word[:-2].endswith(("s", "x", "z", "ch", "sh"))
            else (word[:-1],)
        )
    if not word.endswith(("us", "ss")):
        return (word[:-1],)
    return ()
