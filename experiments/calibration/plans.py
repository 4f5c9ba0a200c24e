"""What each row of the end-to-end calibration simulates, and the lines that were made under these
plans.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

SEED = 20260302

#: The test that was used; lines made by another one are not mixed with these.
TEST = "a line that may bend or jump once, wider errors with few topics"

#: Settings of gibbs-lda: simulated topics are found within some fifty sweeps, so fewer than the
#: default are enough.
GIBBS = {"iterations": 200, "burn_in": 140, "n_chains": 2, "init_sweeps": 30, "thin": 20}
FLAT: tuple[str, ...] = ()
#: Corpora of the full result (A12: fits of each real corpus).
FULL = {"A7": 8, "A8": 60, "A9": 4, "A10": 24, "A11": 16, "A12": 1}

#: What each row simulates. The base simulator is that of the defaults: 12 topics, 12 periods, 150
#: documents in the median period (sizes lognormal, sd 1), 80 tokens a document, 30 % of them from
#: words that all topics share, period shocks of sd .15.
PLANS: dict[str, dict[str, Any]] = {
    "A7": {"design": {}, "words": {}, "n_topics": 12, "gibbs": GIBBS},
    "A8": {
        "design": {"movers": FLAT, "documents": 40.0},
        "words": {},
        "n_topics": 12,
        "gibbs": GIBBS,
    },
    "A9": {"design": {"documents": 40.0}, "words": {}, "n_topics": 12, "gibbs": GIBBS, "fits": 6},
    "A10": {
        "flat": {"movers": FLAT, "documents": 40.0, "spread": 0.5, "periods": 8, "off_topic": 0.1},
        "movers": {"documents": 120.0, "spread": 0.5, "periods": 12, "off_topic": 0.1},
        "words": {"terms": 300, "length": 20.0},
        "n_topics": 12,
        # Besides every fourth of the first 160 flat corpora, one with movers.
        "every": 4,
        "until": 160,
        "bertopic": {},
    },
    "A11": {
        "design": {"movers": FLAT, "documents": 80.0},
        "words": {"length_drift": 4.0},
        "n_topics": 12,
        "gibbs": GIBBS,
        # The fit of whole documents is slow and only for comparison: on the first corpora.
        "unmatched": 12,
    },
    "A12": {
        "shuffles": 1000,
        "moved": ["documents", "blocks", "periods"],
        "pretraining": {"period": "half-year", "n_topics": 12},
        "neurips": {"period": "year", "n_topics": 20},
        "gibbs": {"iterations": 300, "burn_in": 200, "n_chains": 2, "init_sweeps": 50, "thin": 20},
    },
}

COLUMNS = (
    "row",
    "variant",
    "corpus",
    "rng",
    "setup",
    "documents",
    "fitted",
    "matched",
    "similarity",
    "unassigned",
    "changed",
    "changed_matched",
    *(
        f"{e}_{w}"
        for e in ("hard", "mean", "oracle")
        for w in ("discoveries", "false", "found", "right")
    ),
    "covered",
    "cells",
    "length",
    "kept",
    "shuffles",
    "block",
    "seconds",
)


def setup(row: str) -> str:
    """A short name of what a row simulates.

    Lines made under another plan are not mixed with these.
    """
    plan = json.dumps([TEST, PLANS[row]], sort_keys=True)
    return hashlib.sha256(plan.encode()).hexdigest()[:8]


def read(path: Path) -> pd.DataFrame:
    """Lines that were made under the present plans, in the order of rows, corpora and variants."""
    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS))
    frame = pd.read_csv(path, dtype={"setup": str})
    frame = frame[frame["setup"] == frame["row"].map(setup)]
    order = frame["row"].str[1:].astype(int)
    return (
        frame.assign(order=order)
        .sort_values(["order", "rng", "corpus"], kind="stable")
        .drop(columns="order")
        .reset_index(drop=True)
    )
