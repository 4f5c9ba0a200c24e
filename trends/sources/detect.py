"""Which source an input belongs to, by its name, its content and the files in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trends.errors import DataError, UsageError
from trends.sources import sniff
from trends.sources.io.bounded import is_folder, list_folder
from trends.sources.io.paths import FEATURES_FILE
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


def _kind(item: str | Path) -> str:
    if str(item) == "pretraining":
        return "pretraining"
    path = Path(item)
    if is_folder(path, f"accepted are {ACCEPTED}"):
        names = list_folder(path)
        if FEATURES_FILE in names:
            return "features"
        if any(name.lower().endswith(".txt") for name in names):
            return "papers-page"
        return _folder(path, names)
    suffix = path.suffix.lower()
    if kind := table_detect.kind_by_name(path):
        return kind
    if kind := sniff.kind_of(path):
        return kind
    if suffix in PAGE_SUFFIXES:
        return "papers-page"
    if path.name.lower().removesuffix(".gz").endswith(sniff.ENDINGS):
        raise sniff.unknown(path)
    message = (
        f"The kind of {path} is not known by its ending {suffix!r}; accepted are {ACCEPTED}. If it "
        "is one of these, name it with --source."
    )
    raise DataError(message)


def _folder(path: Path, names: list[str]) -> str:
    """The one source of all files in a folder whose endings are known."""
    kinds: dict[str, str] = {}
    for name in names:
        if name.lower().removesuffix(".gz").endswith(sniff.ENDINGS) and not is_folder(path / name):
            if not (kind := table_detect.kind_by_name(path / name) or sniff.kind_of(path / name)):
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
