"""Which source an input belongs to, by its name, its content and the files in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trends.errors import DataError, TrendsError, UsageError
from trends.sources import sniff
from trends.sources.io.bounded import is_folder, list_folder
from trends.sources.io.paths import FEATURES_FILE, unpacked_name
from trends.sources.tables import detect as table_detect

#: File endings of saved pages; in a folder only the first counts, so that a README beside the pages
#: is not taken for one.
PAGE_SUFFIXES = (".txt", ".md", ".markdown", ".text")
ACCEPTED = (
    "the word pretraining (the embedded corpus), saved Daily Papers pages (.txt files or a folder "
    "of them), "
    "a corpus.parquet made by `trends read`, a folder made by `trends export-features`, "
    "tables (.csv, .tsv, .jsonl, .parquet, .xlsx) with the columns of text and date named, BibTeX "
    "(.bib), RIS (.ris), Web of Science (.txt, .ciw), MEDLINE (.nbib, .txt), EndNote (.xml, .enw), "
    "Constellate (.jsonl), "
    "or what the services of arXiv, the ACL Anthology, Crossref, Hugging Face Daily Papers, "
    "OpenAlex, PubMed and Semantic Scholar answer (.json, .jsonl, .xml)"
)
#: Sources of which only one input is read.
SINGLE = ("pretraining", "corpus", "features")


def detect(inputs: Sequence[str | Path]) -> str:
    """Name the source that reads these inputs.

    Raises
    ------
    UsageError
        If there is no input, or several that do not go together.
    MissingError
        If an input does not exist.
    DataError
        If an input is of no known kind.
    """
    if not inputs:
        message = f"No input was given; accepted are {ACCEPTED}."
        raise UsageError(message)
    kinds = [_kind(item) for item in inputs]
    if len(set(kinds)) > 1 or (len(kinds) > 1 and kinds[0] in SINGLE):
        shown = ", ".join(f"{item} ({kind})" for item, kind in zip(inputs, kinds, strict=True))
        message = (
            f"These inputs cannot be read together: {shown}; give several pages, or one input of "
            "another kind."
        )
        raise UsageError(message)
    return kinds[0]


def has_dates_to_choose(inputs: Sequence[Any], options: Mapping[str, Any]) -> bool:
    """Whether ``date`` chooses one of the dates of Daily Papers, and names no column."""
    if table_detect.NAMING & options.keys() != {"date"}:
        return False
    try:
        return all(isinstance(i, str | Path) for i in inputs) and detect(inputs) == "hf-daily"
    except TrendsError:
        return False


def refuse_other_formats(inputs: Sequence[Any], options: Mapping[str, Any]) -> None:
    """Say what a file is that has no columns, where the user names some.

    Raises
    ------
    UsageError
        If a file is XML, BibTeX or tagged text.
    """
    for item in inputs:
        if not isinstance(item, str | Path) or not Path(item).is_file():
            continue
        kind = sniff.without_columns(Path(item))
        if kind:
            named = ", ".join(name for name in options if name in table_detect.NAMING)
            message = (
                f"{Path(item).name} is {kind}, which has no columns to name; leave out {named}."
            )
            raise UsageError(message)


def _kind(item: str | Path) -> str:
    if str(item) == "pretraining":
        return "pretraining"
    path = Path(item)
    if is_folder(path, f"accepted are {ACCEPTED}"):
        names = list_folder(path)
        if FEATURES_FILE in names:
            return "features"
        if pages := [name for name in names if unpacked_name(name).endswith(".txt")]:
            return _kind_of_file(path / pages[0]) or "papers-page"
        return _folder(path, names)
    suffix = path.suffix.lower()
    if kind := _kind_of_file(path):
        return kind
    if suffix in PAGE_SUFFIXES:
        return "papers-page"
    if unpacked_name(path.name).endswith(sniff.ENDINGS):
        raise sniff.unknown(path)
    message = (
        f"The kind of {path} is not known by its ending {suffix!r}; accepted are {ACCEPTED}. If it "
        "is one of these, name it with --source."
    )
    raise DataError(message)


def _kind_of_file(path: Path) -> str:
    """By content, unless a name says that it is a table or a corpus of ours; empty if unknown."""
    by_name = table_detect.kind_by_name(path)
    if by_name and unpacked_name(path.name).endswith((".csv", ".tsv", ".tab")):
        return sniff.kind_of(path) or by_name
    if by_name == "table" and sniff.is_openalex_parquet(path):
        return "openalex"
    return by_name or sniff.kind_of(path) or table_detect.kind_by_content(path)


def _folder(path: Path, names: list[str]) -> str:
    """The one source of all files in a folder whose endings are known."""
    kinds: dict[str, str] = {}
    for name in names:
        if unpacked_name(name).endswith(sniff.ENDINGS) and not is_folder(path / name):
            if not (kind := _kind_of_file(path / name)):
                raise sniff.unknown(path / name)
            kinds.setdefault(kind, name)
    if len(kinds) > 1:
        shown = ", ".join(f"{name} ({kind})" for kind, name in kinds.items())
        message = (
            f"The folder {path} holds files of several sources: {shown}; name one with --source, "
            "or give the files."
        )
        raise UsageError(message)
    if not kinds:
        message = (
            f"The folder {path} holds neither saved pages (.txt) nor extracted features "
            f"({FEATURES_FILE}) nor files of another source; accepted are {ACCEPTED}."
        )
        raise DataError(message)
    return next(iter(kinds))
