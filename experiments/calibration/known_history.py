"""Does the test find histories that nobody doubts? Words of abstracts by year, no topic model.

python experiments/calibration/known_history.py

The rule, written before the first look: the 400 most frequent words (three letters or more) that
stand in 1 to 40 % of the abstracts of the span. *Unmistakable*: Kendall's tau of share and year of
.6 or more on either side, and a threefold difference between the outer thirds. *Flat*: tau within
.1. Words are tested in one corpus of 400, and in corpora of 30 drawn at random, by years and by
bins of two and three years. Reads development data beside the repository (8,107 NeurIPS abstracts,
51,997 of the ACL Anthology) and writes results/known_history.csv.
"""

from __future__ import annotations

import collections
import gzip
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.trend.fit import fit_trends

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[2] / "shared" / "data"
CORPORA = {"neurips_1987_2018": (1987, 2018), "acl": (1990, 2023)}
SEED = 3

Array = NDArray[np.float64]


def counts(name: str, first: int, last: int) -> tuple[Array, Array]:
    """Abstracts of each year that hold each of the words, and abstracts of each year."""
    found = []
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            year = int(record.get("year") or str(record.get("date") or "0")[:4])
            if first <= year <= last:
                text = f"{record.get('title') or ''} {record.get('abstract') or ''}".lower()
                found.append((year - first, set(re.findall(r"[a-z][a-z-]{2,}", text))))
    often = collections.Counter(word for _, words in found for word in words)
    limits = (0.01 * len(found), 0.4 * len(found))
    words = [w for w, n in often.most_common() if limits[0] <= n <= limits[1]][:400]
    place = {w: i for i, w in enumerate(words)}
    y, n = np.zeros((len(words), last - first + 1)), np.zeros(last - first + 1)
    for year, held in found:
        n[year] += 1
        for word in held & place.keys():
            y[place[word], year] += 1
    return y, n


def measure(name: str) -> pd.DataFrame:
    """One line for each size of bins and of corpora."""
    first, last = CORPORA[name]
    y, n = counts(name, first, last)
    years = np.arange(first, last + 1)[n > 0]
    y, n = y[:, n > 0], n[n > 0]
    share, third = y / n, len(n) // 3
    tau = np.array([stats.kendalltau(years, s).statistic for s in share])
    fold = (share[:, -third:].mean(1) + 1e-4) / (share[:, :third].mean(1) + 1e-4)
    clear = (np.abs(tau) >= 0.6) & (np.maximum(fold, 1 / fold) >= 3)
    still = np.abs(tau) <= 0.1
    order = np.random.default_rng(SEED).permutation(len(y))
    lines = []
    for size, sets in (
        (len(y), [np.arange(len(y))]),
        (30, np.array_split(order, len(y) // 30)),
    ):
        for width in (1, 2, 3):
            start = len(n) % width
            binned = y[:, start:].reshape(len(y), -1, width).sum(2)
            total = n[start:].reshape(-1, width).sum(1)
            middle = years[start:].reshape(-1, width).mean(1)
            finding, sign = np.empty(len(y), dtype=object), np.zeros(len(y))
            for part in sets:
                table = fit_trends((binned[part], total, middle)).table
                finding[part] = table["finding"]
                sign[part] = np.sign(table["log_odds"])
            changed = np.isin(finding, ["rising", "falling"])
            lines.append(
                {
                    "corpus": name,
                    "words_together": size,
                    "years_a_bin": width,
                    "unmistakable": int(clear.sum()),
                    "found": changed[clear].mean(),
                    "right_sign": (sign == np.sign(tau))[clear & changed].mean(),
                    "flat": int(still.sum()),
                    "flat_found": changed[still].mean(),
                    "flat_turned": (finding == "turned")[still].mean(),
                    "found_of_all": int(changed.sum()),
                }
            )
    return pd.DataFrame(lines)


if __name__ == "__main__":
    result = pd.concat([measure(name) for name in CORPORA], ignore_index=True)
    result.to_csv(
        HERE / "results" / "known_history.csv",
        index=False,
        float_format="%.4g",
        lineterminator="\n",
    )
    print(result.to_string(index=False))
