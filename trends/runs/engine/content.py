"""The content of files that settings name, on which a result depends wherever they lie."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from trends import files

#: The embedded corpus, and the table of dates that goes with it.
PACKAGED = "pretraining"


def content_of(path: str) -> dict[str, str]:
    """SHA-256 of each file that is or lies in a path; nothing where there is none."""
    place = Path(path)
    if path == PACKAGED:
        place = Path(str(resources.files("trends").joinpath("data", PACKAGED)))
    if path and place.is_file():
        return {place.name: files.sha256(place)}
    if path and place.is_dir():
        return {p.name: files.sha256(p) for p in sorted(place.iterdir()) if p.is_file()}
    return {}
