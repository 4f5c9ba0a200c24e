"""Make ``trends/data/pretraining/dates.csv`` from the compiled list of dates of the founding
corpus.

    python experiments/pretraining/make_dates.py LIST.csv

LIST.csv has the columns title, arxiv_id, date, precision, source, date_est. What is taken and what
is not:

* rows dated by a saved page contribute their arXiv identifier alone: the page is read anew, and is
  the better evidence;
* ``date_est`` is an estimate from neighbouring identifiers, not a fact, and is left out;
* a month taken from a listing is the month of the identifier, and is called that;
* an identifier that lost its last zero to a spreadsheet gets it back: since 2015 the number after
  the point has five digits.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "trends" / "data" / "pretraining" / "dates.csv"
COLUMNS = ("title", "arxiv_id", "date", "precision", "source")


def whole_id(arxiv_id: str) -> str:
    """Give back zeros that were lost at the end of an identifier."""
    match = re.fullmatch(r"(\d{4})\.(\d{1,5})", arxiv_id)
    if match and match[1] >= "1501":
        return f"{match[1]}.{match[2].ljust(5, '0')}"
    return arxiv_id


def public_source(source: str, precision: str) -> str:
    """Name a source that others can look up."""
    if re.match(r"[a-z_]+ index \(public GitHub", source):
        return "public GitHub listing of arXiv papers" if precision == "day" else "arXiv identifier"
    return re.sub(r";\s*[a-z_]+ file id [^)]*", "", source)


def main(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    out = []
    for row in rows:
        fact = {
            **{c: row[c].strip() for c in COLUMNS},
            "arxiv_id": whole_id(row["arxiv_id"].strip()),
        }
        if fact["source"].startswith("page:"):
            if not fact["arxiv_id"]:
                continue
            fact |= {"date": "", "precision": "", "source": "arXiv identifier"}
        fact["source"] = public_source(fact["source"], fact["precision"])
        fact["precision"] = "" if fact["precision"] == "undated" else fact["precision"]
        out.append(fact)
    out.sort(key=lambda fact: (fact["title"].casefold(), fact["arxiv_id"]))
    with TARGET.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(out)
    print(f"{TARGET.name}: {len(out)} rows, {sum(bool(fact['date']) for fact in out)} dated")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
