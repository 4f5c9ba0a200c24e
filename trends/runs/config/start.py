"""A run that starts from data: the config that it would have been given, written down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from trends.errors import DataError, MissingError, UsageError

#: What a run from data does unless its config says otherwise; the comments say what to change.
TEMPLATE = """\
# Written by trends run. Change what you like, then: trends run {file}
name = {name}
rng  = 1                      # seed of everything that is drawn

[corpus]
path = {path}{columns}

[models]
backends = ["gibbs-lda", "bertopic"]   # also lda, nmf, kmeans, hdp
n_topics = "auto"             # as many as recur over seeds; or a number
seeds    = 3                  # fits of each backend

[prevalence]
period = {period}             # day, week, month, quarter, half-year, year, 2-years …
# spans = [["2019", "2020"], ["2023", "2024"]]   # what is compared; else the outer thirds
"""


def write_config(
    data: str, *, text: Sequence[str] = (), date: Sequence[str] = (), period: str = "half-year"
) -> Path:
    """Write the config of a run from data beside where the command is called.

    Parameters
    ----------
    data : str
        A file or folder of documents.
    text, date : sequence of str
        For tables: columns of the text and of the date.
    period : str
        Length of a period.

    Returns
    -------
    Path
        ``<name of the data>.toml`` in the working directory; one that says the same is kept.

    Raises
    ------
    MissingError
        If there are no such data.
    DataError
        If another config has that name.
    """
    source = Path(data)
    if not source.exists():
        message = f"There is neither a config nor a file or folder of documents {data}."
        raise MissingError(message)
    name = source.name.split(".")[0] or "run"
    path = Path(f"{name}.toml")
    lines = [
        f"\n{key} = {json.dumps(list(columns), ensure_ascii=False)}"
        for key, columns in (("text", text), ("date", date))
        if columns
    ]
    made = TEMPLATE.format(
        file=path,
        name=json.dumps(name, ensure_ascii=False),
        path=json.dumps(str(source), ensure_ascii=False),
        columns="".join(lines),
        period=json.dumps(period),
    )
    if path.exists() and path.read_text(encoding="utf-8") != made:
        message = (
            f"{path} is there already and says something else; use it (trends run {path}), or "
            "remove it to start again from the data."
        )
        raise DataError(message)
    path.write_text(made, encoding="utf-8")
    return path


def from_data(config: str, text: Sequence[str], date: Sequence[str], period: str) -> Path | None:
    """The config of a run whose argument names data; nothing where it names a config.

    Raises
    ------
    UsageError
        If columns are named beside a config, which names its own.
    """
    if Path(config).suffix.lower() == ".toml":
        if text or date or period:
            message = (
                f"--text, --date and --period are for data; {config} is a config: change it, or "
                'a setting with -s, such as -s prevalence.period="year".'
            )
            raise UsageError(message)
        return None
    return write_config(config, text=text, date=date, period=period or "half-year")
