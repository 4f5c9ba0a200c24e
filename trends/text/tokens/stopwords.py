"""Function words: those of English, and of the languages of a corpus."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

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


def stop_words(languages: Iterable[str] = ()) -> frozenset[str]:
    """Function words of English and of further languages, and names of protocols.

    English is scikit-learn's list without the content words in it, other languages are those of
    `Stopwords ISO <https://github.com/stopwords-iso>`_.

    Parameters
    ----------
    languages : iterable of str
        ISO 639-1 codes; one that has no list adds nothing.

    Returns
    -------
    frozenset of str
        Lower case.
    """
    return _stop_words(tuple(sorted({*languages} - {"en"})))


@cache
def _stop_words(languages: tuple[str, ...]) -> frozenset[str]:
    english = (_english() - CONTENT) | FORGOTTEN | PROTOCOLS
    known = with_list(languages)
    if not known:
        return english
    from stopwordsiso import stopwords

    from trends.text.tokens.tokenize import clean, pieces

    # As the tokeniser writes them; what it would divide is no word.
    cleaned = (pieces(clean(word)) for word in stopwords(known))
    return english | {parts[0] for parts in cleaned if len(parts) == 1 and parts[0]}


def _english() -> frozenset[str]:
    """The list of scikit-learn, from its file alone: the library takes a quarter of a second."""
    whole = find_spec("sklearn")
    assert whole is not None and whole.origin is not None
    path = Path(whole.origin).parent / "feature_extraction" / "_stop_words.py"
    one = spec_from_file_location("sklearn_stop_words", path) if path.is_file() else None
    if one is None or one.loader is None:
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        return frozenset(ENGLISH_STOP_WORDS)
    module = module_from_spec(one)
    one.loader.exec_module(module)
    return frozenset(module.ENGLISH_STOP_WORDS)


def with_list(languages: Iterable[str]) -> list[str]:
    """Those of the languages that have a list of function words."""
    from stopwordsiso import has_lang

    return [code for code in languages if code == "en" or has_lang(code)]
