"""A run that starts from data: the config that it would have been given, written down."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from trends.errors import DataError, MissingError, UsageError
from trends.runs.config.columns import check_columns, is_table

#: What a run from data does unless its config says otherwise; the comments say what to change.
TEMPLATE = """\
# Written by trends run. Change what you like, then: trends run {file}
# All settings and what they mean: trends config
name = {name}
rng  = 1                      # seed of everything that is drawn

[corpus]
path = {path}{options}

[models]
backends = ["gibbs-lda", "bertopic"]   # also lda, nmf, kmeans, hdp
n_topics = "auto"             # as many as families of models agree on; or a number
seeds    = 3                  # fits of each backend

[prevalence]
period = {period}             # day, week, month, quarter, half-year, year, 2-years …
# spans = [["2019", "2020"], ["2023", "2024"]]   # what is compared; else the outer thirds
"""
#: Settings of the corpus that a command may give, in the order in which they are written.
OPTIONS = ("text", "date", "date_order", "date_format")


def _written(file: Path, name: str, corpus: Mapping[str, Any], period: str) -> str:
    from trends.runs.config.reference import toml

    return TEMPLATE.format(
        file=file,
        name=toml(name),
        path=toml(corpus["path"]),
        options="".join(f"\n{key} = {toml(corpus[key])}" for key in OPTIONS if corpus.get(key)),
        period=toml(period),
    )


def _untouched(path: Path) -> bool:
    """Whether a config is as a run from data once wrote it."""
    text = path.read_text(encoding="utf-8")
    with suppress(tomllib.TOMLDecodeError, KeyError, TypeError):
        said = tomllib.loads(text)
        return text == _written(path, said["name"], said["corpus"], said["prevalence"]["period"])
    return False


def write_config(data: str, *, period: str = "half-year", **options: Any) -> Path:
    """Write the config of a run from data beside where the command is called.

    Parameters
    ----------
    data : str
        A file or folder of documents.
    period : str
        Length of a period.
    **options
        Settings of the section ``[corpus]``, those of :data:`OPTIONS`.

    Returns
    -------
    Path
        ``<name of the data>.toml`` in the working directory; one that was not changed since it
        was written is replaced.

    Raises
    ------
    MissingError
        If there are no such data.
    UsageError
        If the columns of a table are not named.
    DataError
        If a column is not there, or a config of that name says something else.
    """
    source = Path(data)
    if not source.exists():
        message = (
            f"There is neither a config nor a file or folder of documents {data}; in {Path.cwd()} "
            "a run starts with: trends run FILE --text COLUMN --date COLUMN."
        )
        raise MissingError(message)
    named = bool(options.get("text") or options.get("date"))
    if is_table(data, named):
        check_columns(data, options.get("text", ()), options.get("date", ()), "trends run")
    name = source.name.split(".")[0] or "run"
    path = Path(f"{name}.toml")
    made = _written(path, name, {"path": data, **options}, period)
    if path.exists() and path.read_text(encoding="utf-8") != made and not _untouched(path):
        message = (
            f"{path} is there already and says something else; use it (trends run {path}), or "
            "remove it to start again from the data."
        )
        raise DataError(message)
    path.write_text(made, encoding="utf-8")
    return path


def from_data(
    config: str,
    *,
    text: Sequence[str] = (),
    date: Sequence[str] = (),
    date_order: str = "",
    date_format: Sequence[str] = (),
    period: str = "",
) -> Path | None:
    """The config of a run whose argument names data; nothing where it names a config.

    Raises
    ------
    UsageError
        If nothing is named, or if columns are named beside a config, which names its own.
    """
    if not config:
        message = (
            "A run needs documents or a config: trends run FILE --text COLUMN --date COLUMN, where "
            "trends read FILE --columns lists the columns; or trends init FILE, which writes a "
            "config."
        )
        raise UsageError(message)
    given = {"text": text, "date": date, "date_order": date_order, "date_format": date_format}
    if Path(config).suffix.lower() == ".toml":
        if any(given.values()) or period:
            message = (
                "--text, --date, --date-order, --date-format and --period are for data; "
                f"{config} is a config: change it, or a setting with -s, such as -s "
                'corpus.date_order=dmy or -s prevalence.period="year".'
            )
            raise UsageError(message)
        return None
    return write_config(config, period=period or "half-year", **given)
