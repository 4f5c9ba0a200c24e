"""The function words of English."""

from __future__ import annotations

from functools import cache

#: Words of scikit-learn's English list that carry content. The list is known for them: Nothman, Qin
#: and Yurchak (2018), "Stop Word Lists in Free Open-source Software Packages", Proc. Workshop for
#: NLP Open Source Software, 7–12.
CONTENT = frozenset(
    {
        "amount",
        "bill",
        "computer",
        "cry",
        "detail",
        "fire",
        "front",
        "interest",
        "mill",
        "serious",
        "side",
        "sincere",
        "system",
        "thick",
        "thin",
    }
)
#: Auxiliary verbs that the list forgets although it has their other forms.
FORGOTTEN = frozenset({"did", "does", "doing", "having", "shall", "whilst"})
#: Names of protocols: what is left of an address that was broken beyond recognition.
PROTOCOLS = frozenset({"http", "https", "ftp", "www", "url", "doi", "html"})


@cache
def stop_words() -> frozenset[str]:
    """English function words and names of protocols.

    The words are scikit-learn's list without the content words in it.

    Returns
    -------
    frozenset of str
        Lower case.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return (frozenset(ENGLISH_STOP_WORDS) - CONTENT) | FORGOTTEN | PROTOCOLS
