"""Make the packaged features from the saved pages.

Titles, ids, dates, term counts and vectors, but no abstracts.

python experiments/pretraining/make_features.py PAGES
"""

from __future__ import annotations

import sys
from pathlib import Path

from trends.api import corpus as api

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(
            "usage: python experiments/pretraining/make_features.py FOLDER_WITH_THE_SAVED_PAGES"
        )
    target = Path(__file__).resolve().parents[2] / "trends" / "data" / "pretraining"
    made = api.export_features(api.read_corpus(sys.argv[1], name="pretraining"), target)
    print(
        f"{made['documents']} documents, {made['terms']} terms, {made['bytes'] / 1e6:.2f} MB in "
        f"{target.name}/"
    )
