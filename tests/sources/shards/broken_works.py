"""Made works of OpenAlex, some of them broken in every way that is known, with what must come out.

Words are made by rule; nothing here is real.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

NESTED = ("abstract_inverted_index", "ids", "primary_location", "locations")


def word(number: int) -> str:
    out = ""
    while not out or number:
        out += "bdfglmnprstvkz"[number % 14] + "aeiou"[number // 14 % 5]
        number //= 70
    return out


def index(text: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, each in enumerate(text.split()):
        found.setdefault(each, []).append(at)
    return found


@dataclass
class Made:
    """Records of a file in order, as JSON values or as bytes of a line, and what they become."""

    records: list[dict[str, Any] | bytes] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    undated: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)

    def kept(self) -> int:
        return len(self.records) - self.dropped.total() - self.repeated.total()


def work(number: int, rng: np.random.Generator) -> dict[str, Any]:
    """A sound work; every tenth text holds letters of two to four bytes."""
    text = " ".join(word(n) for n in rng.zipf(1.3, 60).clip(max=50_000).tolist())
    more = " dégât größer über Straße \u6587\u5b57 \U0001f600" if number % 10 == 0 else ""
    return {
        "id": f"https://openalex.org/W{number}",
        "title": f"The {word(number)} of {word(number // 3)}",
        "publication_date": f"{2000 + number % 20}-{1 + number % 12:02d}-{2 + number % 27:02d}",
        "publication_year": 2000 + number % 20,
        "language": "en",
        "type": "article",
        "abstract_inverted_index": index(f"In document {number} {text}{more}"),
        "ids": {"openalex": f"https://openalex.org/W{number}"},
        "primary_location": {"source": {"display_name": f"venue {number % 5}"}},
        "is_retracted": False,
        "is_paratext": False,
    }


WITHDRAWN = index("This paper has been withdrawn by the author.")
#: Ways to break a sound record that files of lines and of Parquet share: name, change, reason to
#: be dropped, reason to be undated.
CHANGED: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("neither id nor title", {"id": None, "title": None, "ids": {}}, "neither id nor title", ""),
    ("nothing but an id", {"title": "", "abstract_inverted_index": None},
     "no title and no text", ""),
    ("paratext", {"is_paratext": True}, "paratext", ""),
    ("withdrawn", {"abstract_inverted_index": WITHDRAWN},
     "withdrawn", ""),
    ("no abstract", {"abstract_inverted_index": None}, "", ""),
    ("empty index", {"abstract_inverted_index": {}}, "", ""),
    ("places outside", {"abstract_inverted_index": {"word": [-1, 10**9], "other": [3]}}, "", ""),
    ("no date", {"publication_date": None, "publication_year": None}, "", "no date stated"),
    ("no day of the calendar", {"publication_date": "nineteen", "publication_year": None}, "",
     "cannot be read"),
    ("far future", {"publication_date": "2999-12-31", "publication_year": 2999}, "",
     "after the collection"),
    ("too early", {"publication_date": "1066-10-14", "publication_year": 1066}, "", "too early"),
    ("two ways", {"publication_date": "05/06/2011", "publication_year": None}, "",
     "can be read in two ways"),
    ("a year in another type", {"publication_date": None, "publication_year": 2011}, "", ""),
    ("hidden characters", {"title": "A title\u0000 with \u202e signs\ufeff"}, "", ""),
)  # fmt: skip

#: Ways to break a line, as a function of its bytes.
LINES = {
    "cut off": (lambda line: line[: len(line) // 2], "not JSON"),
    "not UTF-8": (lambda line: line[:40] + b"\xff\xfe\xe9" + line[40:], "not JSON"),
    "a list": (lambda line: b"[" + line + b"]", "not an object"),
    "a number": (lambda _: b"12", "not an object"),
    "nothing": (lambda _: b"null", "not an object"),
    "no quotes": (lambda line: line.replace(b'"', b"'"), "not JSON"),
    "a field twice": (lambda line: line[:-1] + b', "title": "Another"}', "not JSON"),
    "too deep": (lambda _: b"[" * 100_000, "not JSON"),
    "a long number": (lambda line: line[:-1] + b', "n": ' + b"9" * 5_000 + b"}", "not JSON"),
    "two objects": (lambda line: line + line, "not JSON"),
}  # fmt: skip


def made(n: int, *, share: float, lines: bool, seed: int = 1) -> Made:
    """Records with a share of broken ones; as files of lines they may also be no JSON at all."""
    rng = np.random.default_rng(seed)
    out = Made()
    broken = np.flatnonzero(rng.random(n) < share)
    kinds = [*CHANGED, *(LINES if lines else ()), "same again", "same id", "same, later"]
    which = {at: kinds[i % len(kinds)] for i, at in enumerate(broken.tolist())}
    sound = -1
    for number in range(n):
        record: dict[str, Any] | bytes = work(number, rng)
        kind = which.get(number)
        if isinstance(kind, tuple):
            _, change, dropped, undated = kind
            record = {**work(number, rng), **change}
            out.dropped.update([dropped] if dropped else [])
            out.undated.update([undated] if undated else [])
        elif kind in LINES:
            spoil, reason = LINES[str(kind)]
            record = spoil(json.dumps(record).encode())
            out.dropped[reason] += 1
        elif kind is not None and sound >= 0:
            earlier = out.records[sound]
            assert isinstance(earlier, dict)
            record = dict(earlier)
            if kind == "same id":
                record["title"] = f"Another {word(number)}"
                out.repeated["repeated id with another text"] += 1
            elif kind == "same, later":
                record |= {"publication_date": "2021-03-04", "publication_year": 2021}
                out.repeated["repeated record with another date"] += 1
            else:
                out.repeated["repeated record"] += 1
        elif kind is None:
            sound = number
        out.records.append(record)
    return out


def write_lines(found: Made, path: Path, end: bytes = b"\n") -> None:
    """One record a line, with blank lines in between."""
    lines = [
        each if isinstance(each, bytes) else json.dumps(each, ensure_ascii=False).encode()
        for each in found.records
    ]
    blank = [end if i % 97 == 0 else b"" for i in range(len(lines))]
    path.write_bytes(b"".join(line + end + more for line, more in zip(lines, blank, strict=True)))


def write_parquet(found: Made, path: Path, rows: int) -> None:
    """Columns of OpenAlex; the index is a map, other objects are texts of JSON."""
    kind = pa.map_(pa.string(), pa.list_(pa.int64()))
    records = [r for r in found.records if isinstance(r, dict)]
    columns: dict[str, Any] = {}
    for name in records[0]:
        values = [r.get(name) for r in records]
        if name == "abstract_inverted_index":
            cells = [None if v is None else list(v.items()) for v in values]
            columns[name] = pa.array(cells, kind)
        elif name in NESTED:
            columns[name] = pa.array([None if v is None else json.dumps(v) for v in values])
        else:
            columns[name] = pa.array(values)
    pq.write_table(pa.table(columns), path, row_group_size=rows)
