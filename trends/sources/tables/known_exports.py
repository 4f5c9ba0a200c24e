"""Tables that bibliographic databases export: which of their columns is what.

Text, title and id are taken from here where the user names none. The date is not: an export has
several, and which one counts is for the user to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Export:
    """The columns of one database, in any letter case; those that are not there are left out.

    Parameters
    ----------
    name : str
        Of the database.
    marks : tuple of str
        Columns by which it is known.
    text, title, id, venue, language, url : str
        Columns with these meanings.
    dates : tuple of str
        Columns with the date of publication, the finest first.
    """

    name: str
    marks: tuple[str, ...]
    text: str
    title: str
    id: str
    dates: tuple[str, ...]
    venue: str = ""
    language: str = ""
    url: str = ""

    def advice(self) -> str:
        """What to name as the date."""
        columns = " or ".join(f"--date {name!r}" for name in self.dates if name)
        return (
            f"This is an export of {self.name}, whose columns of text, title and id are known; "
            f"its date of publication is {columns}."
        )


EXPORTS = (
    Export(
        "Dimensions",
        ("Publication ID", "PubYear"),
        "Abstract",
        "Title",
        "Publication ID",
        ("Publication date", "Publication date (online)", "PubYear"),
        venue="Source title",
        url="Dimensions URL",
    ),
    Export(
        "The Lens",
        ("Lens ID", "Publication Year"),
        "Abstract",
        "Title",
        "Lens ID",
        ("Date Published", "Publication Year"),
        venue="Source Title",
        url="External URL",
    ),
    Export(
        "Scopus",
        ("EID", "Source title", "Year"),
        "Abstract",
        "Title",
        "EID",
        ("Year",),
        venue="Source title",
        language="Language of Original Document",
        url="Link",
    ),
    Export(
        "IEEE Xplore",
        ("Document Title", "Publication Year"),
        "Abstract",
        "Document Title",
        "DOI",
        ("Issue Date", "Publication Year"),
        venue="Publication Title",
        url="PDF Link",
    ),
    Export(
        "Zotero",
        ("Key", "Item Type", "Abstract Note"),
        "Abstract Note",
        "Title",
        "Key",
        ("Date", "Publication Year"),
        venue="Publication Title",
        language="Language",
        url="Url",
    ),
    Export(
        "Web of Science",
        ("UT (Unique WOS ID)", "Article Title"),
        "Abstract",
        "Article Title",
        "UT (Unique WOS ID)",
        ("Publication Year",),
        venue="Source Title",
        language="Language",
    ),
    Export("Web of Science", ("PT", "TI", "UT"), "AB", "TI", "UT", ("PY",), "SO", "LA"),
    Export(
        "OpenAlex",
        ("display_name", "publication_date"),
        "abstract",
        "display_name",
        "id",
        ("publication_date", "publication_year"),
        language="language",
    ),
)


def recognized(columns: Sequence[str]) -> Export | None:
    """The export that a table is, its columns as the table spells them; ``None`` for any other."""
    spelt = {name.strip().lower(): name for name in reversed(columns)}

    def there(name: str) -> str:
        return spelt.get(name.lower(), "")

    for export in EXPORTS:
        if all(mark.lower() in spelt for mark in export.marks):
            single = {
                field: there(getattr(export, field))
                for field in ("text", "title", "id", "venue", "language", "url")
            }
            dates = tuple(filter(None, map(there, export.dates)))
            return Export(export.name, export.marks, dates=dates, **single)
    return None
