"""A config that shows every setting: those that are given, and the others as comments."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from trends.errors import DataError, MissingError, UsageError
from trends.runs.config import reference
from trends.runs.config.columns import check_columns, is_table, propose

HEAD = """\
# The settings of a run. Run it with: trends run {file}
# Every setting is here. Lines such as "#seeds = 5" show the default; take the # away to change it.
"""
#: What needs no words beside the meaning.
PLAIN = ("text", "a path", "true or false")


def annotated(given: Mapping[str, Any], file: str, remarks: Mapping[str, str] | None = None) -> str:
    r"""A config as TOML with all settings, their meanings and what they may be.

    Parameters
    ----------
    given : mapping of str to object
        Settings that are set, by dotted name.
    file : str
        Name under which it will be kept.
    remarks : mapping of str to str, optional
        What else is said of a setting, by dotted name.

    Examples
    --------
    >>> text = annotated({"rng": 7}, "run.toml")
    >>> "\nrng = 7\n" in text, '\n#n_topics = "auto"\n' in text
    (True, True)
    """
    about, out = reference.sections(), [HEAD.format(file=file)]
    every = [s for s in reference.settings() if not s.name.startswith("models.settings.")]
    for section, settings in groupby(every, key=lambda s: s.section):
        if section:
            out.append(f"\n[{section}]\n# {about[section]}\n")
        for s in settings:
            said = f"{s.meaning} ({s.allowed})" if s.allowed != "text" else s.meaning
            out += [
                f"\n# {line}\n" if not i else f"# {line}\n" for i, line in enumerate(_wrap(said))
            ]
            out += [f"# {line}\n" for line in _wrap((remarks or {}).get(s.name, ""))]
            set_ = s.name in given
            value = reference.toml(given[s.name]) if set_ else s.example
            out.append(f"{'' if set_ else '#'}{s.key} = {value}\n")
    return "".join(out)


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, 96, break_on_hyphens=False, break_long_words=False)


def write_annotated(
    data: str = "",
    output: str = "",
    *,
    text: tuple[str, ...] = (),
    date: tuple[str, ...] = (),
    force: bool = False,
) -> tuple[Path, dict[str, str]]:
    """Write an annotated config, for data if there are such.

    Parameters
    ----------
    data : str
        A file or folder of documents. The column of the text of a table is proposed; that of the
        date is named by the user, and columns that look like dates are listed beside it.
    output : str
        File to write; ``<name of the data>.toml`` by default, or ``trends.toml``.
    text, date : tuple of str
        For tables: columns.
    force : bool
        Replace a file that is there.

    Returns
    -------
    tuple of Path and dict
        The file, and remarks on what is left to do, by name of the setting.

    Raises
    ------
    MissingError
        If there are no such data.
    DataError
        If the file is there already, or the table has no such column.
    UsageError
        If columns are named without data.
    """
    if not data and (text or date):
        message = "--text and --date name columns of a table; name the table too."
        raise UsageError(message)
    if data and not Path(data).exists():
        message = f"There is no file or folder of documents {data}."
        raise MissingError(message)
    name = Path(data).name.split(".")[0] or "trends"
    path = Path(output or f"{name}.toml")
    if path.exists() and not force:
        message = f"{path} is there already; --force replaces it, -o names another file."
        raise DataError(message)
    given: dict[str, Any] = {"name": name, "rng": 1}
    remarks: dict[str, str] = {}
    if data:
        given["corpus.path"] = data
    if data and is_table(data, bool(text or date)):
        texts, dated = propose(data)
        check_columns(data, text or texts[:1], date or dated[:1] or texts[:1], "trends init")
        if not text and texts:
            text = (texts[0],)
            remarks["corpus.text"] = "Proposed: the column with the longest texts."
        if not date:
            remarks["corpus.date"] = (
                "Left to you: a day of publication, of the last change and of collection tell "
                f"different stories. Columns that look like dates: {', '.join(dated) or 'none'}."
            )
        named = (("text", text), ("date", date))
        given |= {f"corpus.{k}": v[0] if len(v) == 1 else list(v) for k, v in named if v}
    path.write_text(annotated(given, str(path), remarks), encoding="utf-8")
    return path, remarks
