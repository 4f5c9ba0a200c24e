"""A config that shows every setting: those that are given, and the others as comments."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from trends.errors import DataError, MissingError, UsageError
from trends.runs.config import reference

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
        columns, remarks = _columns(data, text, date)
        given |= columns
    path.write_text(annotated(given, str(path), remarks), encoding="utf-8")
    return path, remarks


def _columns(
    data: str, text: tuple[str, ...], date: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Columns of text and date of a table, and what is left to the user; nothing of other data."""
    from trends.sources.tables import detect
    from trends.sources.tables.columns import no_such_column
    from trends.sources.tables.read import describe, open_table

    path = Path(data)
    if not path.is_file() or not ((text or date) or detect.kind_by_name(path) == "table"):
        return {}, {}
    table = open_table(path, path.name)
    for name in (*text, *date):
        if name not in table.columns and not table.open_ended:
            raise no_such_column(name, table)
    rows = describe(path)
    dated = [row["column"] for row in rows if row["dated"]]
    words = [r for r in rows if r["kind"] == "text" and r["column"] not in (*dated, *date)]
    longest = max(words, key=lambda row: row["length"], default=None)
    remarks = {}
    text = text or ((longest["column"],) if longest else ())
    if longest and text == (longest["column"],):
        remarks["corpus.text"] = (
            f"Proposed: of {', '.join(map(json.dumps, (r['column'] for r in rows)))} it holds the "
            "longest texts."
        )
    if not date:
        looks = ", ".join(map(json.dumps, dated)) or "none"
        remarks["corpus.date"] = (
            "Left to you: a day of publication, of the last change and of collection tell "
            f"different stories. Columns that look like dates: {looks}."
        )
    return {
        f"corpus.{key}": value[0] if len(value) == 1 else list(value)
        for key, value in (("text", text), ("date", date))
        if value
    }, remarks
