"""The Daily Papers listing as a corpus file.

Dated, without duplicates, from the first month that was listed in full.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
from collections import Counter
from pathlib import Path

import pandas as pd

from trends.core import Corpus
from trends.core.dates import parse_iso
from trends.errors import DataError
from trends.files import sha256
from trends.sources.stored import corpus_file

HERE = Path(__file__).resolve().parent
DEFAULT = HERE.parents[2] / "shared" / "data" / "hf_daily.jsonl.gz"


def prepare(listing: Path, since: dt.date) -> Corpus:
    """Read a listing: JSON lines with id, title, abstract, date (the day of the first arXiv
    version).
    """
    seen: set[tuple[str, str]] = set()
    rows: list[dict[str, str]] = []
    dropped: list[dict[str, str]] = []
    with gzip.open(listing, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    for record in records:
        paper, title, text = (
            " ".join(str(record.get(key) or "").split()) for key in ("id", "title", "abstract")
        )
        try:
            day = parse_iso(str(record.get("date") or "")).first
        except DataError:
            day = None
        keys = {("id", paper), ("title", title.casefold())}
        reason = (
            "no abstract"
            if not text
            else "no date"
            if day is None
            else f"before {since}"
            if day < since
            else ""
        )
        reason = reason or ("duplicate" if keys & seen else "")
        if reason or day is None:
            dropped.append({"record": paper, "reason": reason})
            continue
        seen |= keys
        rows.append(
            {
                "id": paper,
                "title": title,
                "text": text,
                "date": day.isoformat(),
                "source": "Daily Papers",
            }
        )
    frame = pd.DataFrame(rows).assign(date_precision="day", date_evidence="stated")
    notes = {
        "records": len(records),
        "per_input": {listing.name: len(records)},
        "inputs": {listing.name: sha256(listing)},
    }
    last = dt.date.fromisoformat(max(frame["date"]))
    return Corpus(
        frame, name="Daily Papers", observed_until=last, notes={**notes, "dropped": dropped}
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("listing", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument(
        "--since", type=dt.date.fromisoformat, default=dt.date(2024, 6, 1), help="first arXiv day"
    )
    arguments = parser.parse_args()
    corpus = prepare(arguments.listing, arguments.since)
    corpus_file.write(corpus, HERE / "corpus.parquet")
    counts = Counter(d["reason"] for d in corpus.notes["dropped"])
    print(
        f"{corpus.notes['records']:,} records, {len(corpus):,} kept from {arguments.since} on; "
        "dropped:"
    )
    print(
        *(
            f"  {r}: {counts[r]:,}"
            for r in ("no abstract", "no date", f"before {arguments.since}", "duplicate")
        ),
        sep="\n",
    )
