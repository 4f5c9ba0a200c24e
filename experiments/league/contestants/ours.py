"""This package: the change between the first and the last third of the years (`trends test`)."""

from __future__ import annotations

from functools import cache

import exchange
import numpy as np
import pandas as pd

import trends as tr


@cache
def documents(years: bytes) -> tr.Corpus:
    """The dated documents, which all corpora of a batch share."""
    year = np.frombuffer(years, dtype=np.int64)
    days = pd.DataFrame({"id": [f"d{i}" for i in range(len(year))], "only": 1.0})
    return tr.from_theta(days.assign(date=(1990 + year).astype(str)), date="date", id="id")[0]


def ours(theta: np.ndarray, year: np.ndarray) -> exchange.Rows:
    names = [f"topic {k}" for k in range(theta.shape[1])]
    table = pd.DataFrame(theta, columns=names, index=[f"d{i}" for i in range(len(theta))])
    corpus, topics = tr.from_theta(table, documents(year.tobytes()), normalize=True)
    shares = tr.prevalence(topics, corpus, period="year", theta="mean")
    for row in tr.fit_trends(shares).frame().sort_values("topic").to_dict("records"):
        changed = row["finding"] in ("rising", "falling")
        yield {
            "p": row["p"],
            "found": changed or row["finding"] == "turned",
            "direction": np.sign(row["change"]) if changed else 0,
            "of": "change",
            "low": row["change_lower"] / 100,
            "high": row["change_upper"] / 100,
        }


if __name__ == "__main__":
    exchange.answer(ours, "topic-trends")
