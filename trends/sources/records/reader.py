"""From the records of a source to its ``read``: the same options for every source that is parsed record by record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trends.errors import UsageError
from trends.sources.io import json_stream
from trends.sources.io.paths import hashes, labelled
from trends.sources.io.xml_stream import is_xml
from trends.sources.records.record import Records

if TYPE_CHECKING:
    from trends.core import Corpus


def records_of(
    make: json_stream.Make,
    endings: Sequence[str],
    ways: Sequence[json_stream.Way] = (),
    *,
    xml: Callable[[Path, str], Records] | None = None,
) -> Callable[[Sequence[Path]], Records]:
    """Make the ``records`` of a source of JSON, or of JSON and XML.

    Parameters
    ----------
    make : callable
        Takes one JSON object and its place, and gives the record or the reason why there is none.
    endings : sequence of str
        How its files end in a folder.
    ways : sequence of sequence of str
        Where the list stands in a file that is an object around a list.
    xml : callable, optional
        Takes the path and the name of a file whose first character opens a tag, and yields its
        records.

    Returns
    -------
    callable
        ``records(paths)``, an iterator of ``Record`` or ``Dropped``: every record of every file.
    """

    def records(paths: Sequence[Path]) -> Records:
        """Every record of every file.

        Parameters
        ----------
        paths : sequence of Path
            Files, or folders of them.

        Yields
        ------
        Record or Dropped

        Raises
        ------
        DataError
            If a file is not what the source reads, is damaged, or reports an error.
        MissingError, StorageError
            If a file cannot be read.
        """
        for label, path in labelled(paths, endings).items():
            if xml is not None and is_xml(path):
                yield from xml(path, label)
            else:
                yield from json_stream.records({label: path}, make, ways)

    return records


def reader(
    source: str, records: Callable[[Sequence[Path]], Records], endings: Sequence[str]
) -> Callable[..., Corpus]:
    """Make the ``read`` of a source.

    Parameters
    ----------
    source : str
        Name of the source.
    records : callable
        Takes paths and yields records.
    endings : sequence of str
        How its files end in a folder.

    Returns
    -------
    callable
        ``read(paths, **options) -> Corpus``.
    """

    def read(
        paths: Sequence[Path],
        *,
        name: str = source,
        languages: Sequence[str] = (),
        min_chars: int = 0,
        collected_on: dt.date | str | None = None,
        observed_from: dt.date | str | None = None,
        observed_until: dt.date | str | None = None,
    ) -> Corpus:
        """Read files, plain or gzip, as a corpus.

        Parameters
        ----------
        paths : sequence of Path
            Files, or folders of them.
        name : str
            How reports call the corpus.
        languages : sequence of str
            Keep documents in these languages only (ISO 639-1).
        min_chars : int
            Drop documents with a shorter text.
        collected_on : datetime.date or str, optional
            Day on which the files were fetched; later dates are listed.
        observed_from, observed_until : datetime.date or str, optional
            First and last day that the files cover as a whole.

        Returns
        -------
        Corpus

        Raises
        ------
        TrendsError
            If a file cannot be read as what it is, or nothing is left.
        """
        from trends.sources.records.build import collect
        from trends.sources.records.provenance import days

        named = labelled(paths, endings)
        # What `trends fetch` wrote beside its output: the day of collection and the days that it
        # asked for.
        known = days(list(named.values()))
        return collect(
            records(paths),
            name=name,
            source=source,
            inputs=hashes(named),
            languages=languages,
            min_chars=min_chars,
            collected_on=day_option("collected_on", collected_on) or known.get("collected_on"),
            observed_from=day_option("observed_from", observed_from) or known.get("observed_from"),
            observed_until=day_option("observed_until", observed_until)
            or known.get("observed_until"),
        )

    return read


def day_option(option: str, value: dt.date | str | None) -> dt.date | None:
    """A day given as such or as YYYY-MM-DD.

    Raises
    ------
    UsageError
        If it is something else.
    """
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        message = f"{option} is {value!r}; write a day as YYYY-MM-DD."
        raise UsageError(message) from error
