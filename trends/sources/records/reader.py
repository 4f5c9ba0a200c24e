"""From a parser of one file to a source: its ``records`` and its ``read``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends.errors import UsageError
from trends.sources.dates.file_order import FileOrder
from trends.sources.io import json_stream, tagged
from trends.sources.io.parquet_objects import is_parquet, parquet_objects
from trends.sources.io.paths import hashes, labelled
from trends.sources.io.span import Span
from trends.sources.io.xml_stream import is_xml
from trends.sources.records.options import ReadOptions
from trends.sources.records.record import Dropped, Place, Record, Records

if TYPE_CHECKING:
    from trends.core import Corpus

#: Takes the path of a file and the name that messages use, and yields its records.
Parser = Callable[..., Records]
#: What a source makes of one JSON object.
Make = Callable[[Mapping[str, Any], Place], Record | Dropped]


def json_objects(
    path: Path, label: str, ways: Sequence[json_stream.Way] = (), span: Span | None = None
) -> Iterator[tuple[Place, Mapping[str, Any]] | Dropped]:
    """The JSON objects of a file with their places; what is none is dropped.

    Raises
    ------
    DataError
        See :func:`trends.sources.io.json_stream.items`.
    """
    for item in json_stream.items(path, ways, span):
        place = Place(label, item.number, item.line)
        if item.problem:
            yield Dropped(place, "not JSON", f"{place}: {item.problem}.")
        elif not isinstance(item.value, Mapping):
            detail = f"{place}: a JSON object with fields was expected."
            yield Dropped(place, "not an object", detail)
        else:
            yield place, item.value


def tagged_text(
    path: Path,
    label: str,
    layout: tagged.Layout,
    encoding: str,
    title: str,
    make: Callable[[tagged.TaggedRecord, Place], Record | Dropped],
) -> Records:
    """The records of a file of tagged text; broken ones are dropped with their ``title`` tag."""
    for number, found in enumerate(tagged.records(path, layout, encoding), start=1):
        place = Place(label, number, found.line)
        if found.problem:
            reason, detail = found.problem
            yield Dropped(place, reason, f"{place}: {detail}.", title=found.first(title)[:120])
        else:
            yield make(found, place)


@dataclass(frozen=True)
class JsonParser:
    """The parser of a source of JSON objects, on lines, in arrays or in rows of Parquet.

    Parameters
    ----------
    make : callable
        Takes one JSON object and its place, and gives the record or the reason why there is none.
    ways : sequence of sequence of str
        Where the list stands in a file that is an object around a list, by names of fields.
    xml : callable, optional
        The parser of a file whose first character opens a tag.
    nested : tuple of str
        Fields that are objects or lists; in Parquet they may be written as texts of JSON.
    """

    make: Make
    ways: Sequence[json_stream.Way] = ()
    xml: Parser | None = None
    nested: tuple[str, ...] = ()

    def __call__(self, path: Path, label: str) -> Records:
        """The records of a file."""
        if is_parquet(path):
            return self.rows(path, label)
        if self.xml is not None and is_xml(path):
            return self.xml(path, label)
        return self.objects(path, label)

    def objects(self, path: Path, label: str, span: Span | None = None) -> Records:
        """The records of a file of JSON, or of a part of one of JSON lines."""
        for found in json_objects(path, label, self.ways, span):
            yield found if isinstance(found, Dropped) else self.make(found[1], found[0])

    def rows(self, path: Path, label: str, first: int = 0, stop: int | None = None) -> Records:
        """The records of a file of Parquet whose columns are the fields, or of some of its rows."""
        for number, value in parquet_objects(path, first, stop, nested=self.nested):
            place = Place(label, number)
            if isinstance(value, str):
                yield Dropped(place, "not JSON", f"{place}: {value}.")
            else:
                yield self.make(value, place)


#: The parser of each source that :func:`source` made, by name.
PARSERS: dict[str, Parser] = {}


def source(
    name: str, endings: Sequence[str], parse: Parser
) -> tuple[Callable[..., Records], Callable[..., Corpus]]:
    """Make the ``records`` and the ``read`` of a source of records.

    Parameters
    ----------
    name : str
        Name of the source, as in :data:`trends.sources.SOURCES`.
    endings : sequence of str
        How its files end in a folder, in lower case and with the dot; ``.gz`` may follow.
    parse : callable
        ``parse(path, label) -> iterator of Record or Dropped``: every record of one file, in its
        order, each kept or dropped for a reason.

    Returns
    -------
    records : callable
        ``records(paths)`` yields every record of every file.
    read : callable
        ``read(paths, options=ReadOptions()) -> Corpus``.

    Examples
    --------
    >>> from trends.sources.records.record import Place, Record
    >>> def parse(path, label):
    ...     for number, line in enumerate(path.read_text().splitlines(), start=1):
    ...         yield Record(Place(label, number), "", line, "", None, "lines")
    >>> records, read = source("lines", (".lines",), parse)
    """

    def records(paths: Sequence[Path], **own: Any) -> Records:
        """Every record of every file.

        Parameters
        ----------
        paths : sequence of Path
            Files, or folders of them.
        **own
            Passed to the parser.

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
            yield from parse(path, label, **own)

    PARSERS[name] = parse
    is_text = "encoding" in inspect.signature(parse).parameters

    def read(
        paths: Sequence[Path],
        options: ReadOptions | None = None,
        *,
        encoding: str = "",
        date_order: str = "",
        **own: Any,
    ) -> Corpus:
        """Read files, plain or gzip, as a corpus.

        Parameters
        ----------
        paths : sequence of Path
            Files, or folders of them.
        options : ReadOptions, optional
            What every source takes.
        encoding : str
            Of text files, where it is not found out.
        date_order : {"", "dmy", "mdy", "ymd"}
            Order of dates in numbers, where the records of a file do not decide.
        **own
            Passed to the parser.

        Returns
        -------
        Corpus

        Raises
        ------
        TrendsError
            If a file cannot be read as what it is, or nothing is left.
        """
        from trends.sources.records.build import build
        from trends.sources.records.provenance import days

        if encoding:
            if not is_text:
                message = f"Files of the source {name} state their encoding; leave it out."
                raise UsageError(message)
            own["encoding"] = encoding
        named = labelled(paths, endings)
        # What `trends fetch` wrote beside its output: the day of collection and the days that it
        # asked for.
        options = (options or ReadOptions()).completed(days(list(named.values())))
        orders = {label: FileOrder(label, date_order) for label in named}

        def made() -> Corpus:
            said: list[str] = []

            def found() -> Records:
                for label, path in named.items():
                    yield from orders[label].over(parse(path, label, **own))
                said.extend(filter(None, (order.sentence() for order in orders.values())))

            return build(found(), name, inputs=hashes(named), options=options, warnings=said)

        corpus = made()
        # Another pass where dates that can be read in two ways turn out to have one reading.
        settled = [order.settle() for order in orders.values()]
        return made() if any(settled) else corpus

    return records, read
