"""The files of a large corpus: one, those of a folder and of the folders within, or a pattern."""

from __future__ import annotations

from pathlib import Path

from trends.errors import DataError, MissingError
from trends.sources import sniff
from trends.sources.io.bounded import is_folder
from trends.sources.io.paths import FEATURES_FILE, unpacked_name
from trends.sources.tables.read import ENDINGS

#: What names the embedded corpus, which is no file.
PACKAGED = "pretraining"
#: Endings of the files of a folder that are read, each possibly packed.
_KNOWN = (*sniff.ENDINGS, *(ending for each in ENDINGS.values() for ending in each))


def files_of(path: str) -> dict[str, Path]:
    """Files by the name that messages and counts use, in the order of these names.

    Parameters
    ----------
    path : str
        A file; a folder, whose files are read that end as a source's do (``.parquet``, ``.jsonl``,
        ``.jsonl.gz``, ``.csv``, …), also in folders within; or a pattern with ``*``, ``?`` and
        ``**``. Of folders and patterns, names that begin with ``_`` or ``.`` are left out.

    Returns
    -------
    dict of str to Path
        The names are those within the folder, or behind what comes before the first sign of the
        pattern.

    Raises
    ------
    MissingError
        If there is no such file or folder, or nothing fits the pattern.
    DataError
        If a folder holds no file that could be read.
    """
    place = Path(path)
    if not place.exists() and set("*?[") & set(path):
        plain = path[: min(path.index(sign) for sign in "*?[" if sign in path)]
        before, slash, _ = plain.rpartition("/")
        base = Path(before or slash or ".")
        rest = path[len(before + slash) :]
        fitting = [each for each in base.glob(rest) if each.is_file() and _shown(each, base)]
        if not fitting:
            message = f"No file fits the pattern {path!r}; check it."
            raise MissingError(message)
        return _named(fitting, base)
    if path == PACKAGED or not is_folder(place, "check the name, or the pattern"):
        return {place.name: place}
    if (place / FEATURES_FILE).is_file():
        return {place.name: place}
    found = [
        each
        for each in place.rglob("*")
        if unpacked_name(each.name).endswith(_KNOWN) and _shown(each, place) and each.is_file()
    ]
    if not found:
        message = (
            f"The folder {path} holds no file of a corpus; such files end in .parquet, .jsonl, "
            ".jsonl.gz, .csv, or as those of another source do. A pattern names files that end "
            "otherwise, such as 'works/**/*.gz'."
        )
        raise DataError(message)
    return _named(found, place)


def _shown(path: Path, base: Path) -> bool:
    """Whether neither the file nor a folder within is one that programs keep for themselves."""
    return not any(part.startswith(("_", ".")) for part in path.relative_to(base).parts)


def _named(found: list[Path], base: Path) -> dict[str, Path]:
    named = {each.relative_to(base).as_posix(): each for each in found}
    return dict(sorted(named.items()))
