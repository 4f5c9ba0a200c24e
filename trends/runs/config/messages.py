"""What is said of a setting that is not allowed, for each kind of error that pydantic finds."""

from __future__ import annotations

import difflib
from typing import Any

from pydantic import BaseModel

from trends.runs.config.renamed import RENAMED, REPLACED


def sentence(error: Any, settings: type[BaseModel], where: str) -> str:
    """One error of pydantic as a sentence.

    Parameters
    ----------
    error : ErrorDetails
        Of a ``ValidationError``.
    settings : type of BaseModel
        The model that was validated.
    where : str
        The file, or what else holds the settings.
    """
    *sections, name = (str(part) for part in error["loc"])
    key = ".".join((*sections, name))
    if key in RENAMED and error["type"] == "extra_forbidden":
        return f"{where}: {key} was renamed; use {RENAMED[key]}."
    if error["type"] == "extra_forbidden":
        names = _names(settings, sections)
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
        hint = f" Did you mean {'.'.join([*sections, near[0]])!r}?" if near else ""
        return f"{where}: unknown key {key!r}.{hint} Allowed here: {', '.join(sorted(names))}."
    if error["type"] == "missing":
        hint = "; choose any whole number, it makes the run repeatable (or give --rng N)"
        return f"{where}: the key {key!r} is missing{hint if key == 'rng' else ''}."
    given = error.get("input")
    if isinstance(given, str) and (key, given) in REPLACED:
        return f"{where}: {key} = {given!r} is gone; use {REPLACED[key, given]!r}."
    got = f"; got {error['input']!r}" if "input" in error else ""
    return f"{where}: {key} is not allowed: {error['msg'].removeprefix('Value error, ')}{got}."


def _names(section: type[BaseModel], path: list[str]) -> list[str]:
    """Names of the settings of a section, by the names of the sections that lead to it."""
    for part in path:
        found = section.model_fields.get(part)
        kind = found.annotation if found else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return []
        section = kind
    return list(section.model_fields)
