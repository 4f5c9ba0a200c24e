"""How often updates raise an alarm or name a new topic where nothing is new, and where one is.

    python experiments/updates/run.py             # goes on where it was; writes results.csv
    python experiments/updates/run.py --corpora 20 --output try.csv

Every corpus has 5,000 documents in 20 periods; the last tenth is new, its topics are those of the
past, as a perfect fit would have found them (see ``corpora.py``). What happens: nothing; nothing
but shocks between periods (standard deviation .4 log-odds); a known topic rises by 1.5 log-odds;
a new theme takes 3 % of the new documents, with words of its own or without.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from corpora import clusters, frames, made

from trends.analysis.updates.alarm import alarm
from trends.analysis.updates.misfits import beyond_wide, limits
from trends.analysis.updates.new_topics import new_topics
from trends.files import write_csv

HERE = Path(__file__).parent
DOCUMENTS, SHUFFLES = 5000, 199
NOTHING: dict[str, Any] = {"shock": 0.0, "theme": 0.0, "own_words": False, "rise": 0.0}
CELLS: dict[str, dict[str, Any]] = {
    "nothing": NOTHING,
    "shocks": NOTHING | {"shock": 0.4},
    "known topic rises, shocks": NOTHING | {"shock": 0.4, "rise": 1.5},
    "new theme": NOTHING | {"theme": 0.03, "own_words": True},
    "new theme, shocks": NOTHING | {"shock": 0.4, "theme": 0.03, "own_words": True},
    "new theme of common words, shocks": NOTHING | {"shock": 0.4, "theme": 0.03},
    "clusters, split: shocks": NOTHING | {"shock": 0.4},
    "clusters, split: known topic rises, shocks": NOTHING | {"shock": 0.4, "rise": 1.5},
    "clusters, split: new theme of common words, shocks": NOTHING | {"shock": 0.4, "theme": 0.03},
}


def measure(cell: str, seed: int) -> dict[str, object]:
    """One corpus."""
    rng = np.random.default_rng([list(CELLS).index(cell), seed])
    one = made(rng, documents=DOCUMENTS, **CELLS[cell])
    if cell.startswith("clusters"):
        past, new, old = clusters(one, rng)
    else:
        past, new = frames(one)
        old = np.arange(len(past))
    # Documents on which topics were learnt, where these are not the past, are in neither.
    place = np.concatenate([old, np.arange(one.past.n_documents, len(one.theme))])
    both = pd.concat([past, new], ignore_index=True)
    rows = np.flatnonzero(beyond_wide(past, both))
    names = [str(j) for j in range(one.every.shape[1])]
    topic = both["topic"].to_numpy()[rows]
    search = new_topics(
        one.every[place[rows]], rows >= len(past), topic, names, shuffles=SHUFFLES, rng=seed
    )
    found, limit = search.groups, limits(past)
    table = alarm(limit.beyond(past), one.period[old], {"update": limit.beyond(new)}, search=search)
    row: dict[str, object] = {"cell": cell, "seed": seed, "alarm": bool(table["alarm"].any())}
    row |= {f"p_{r.measure}": r.p for r in table.itertuples()}
    row |= {"groups": len(found), "planted": int(one.theme.sum())}
    inside = place[rows[found["rows"].iloc[0]]] if len(found) else np.zeros(0, dtype=int)
    row["of_theme"] = float(one.theme[inside].mean()) if len(inside) else np.nan
    row["recall"] = (
        float(one.theme[inside].sum() / one.theme.sum())
        if len(inside) and one.theme.any()
        else np.nan
    )
    return row


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a cell: rates with standard errors, and what the first group holds."""
    out = []
    for cell in CELLS:
        mine = rows[rows["cell"] == cell]
        if mine.empty:
            continue
        rates: dict[str, object] = {"cell": cell, "corpora": len(mine)}
        for name, hit in (("alarm", mine["alarm"]), ("new_topic", mine["groups"] > 0)):
            rate = float(hit.mean())
            rates |= {name: rate, f"{name}_se": float(np.sqrt(rate * (1 - rate) / len(mine)))}
        rates |= {name: mine[name].mean() for name in ("of_theme", "recall")}
        out.append(rates)
    return pd.DataFrame(out)


def main() -> None:
    """Measure what is missing and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=int, default=150)
    parser.add_argument("--output", type=Path, default=HERE / "results.csv")
    given = parser.parse_args()
    each = given.output.with_suffix(".corpora.csv")
    rows = pd.read_csv(each) if each.exists() else pd.DataFrame(columns=["cell", "seed"])
    for first in range(0, 2 * given.corpora, 10):
        for cell, happens in CELLS.items():
            # Rates of what is false are small, so they are measured on twice as many.
            last = given.corpora * (1 if happens["theme"] else 2)
            done = set(rows.loc[rows["cell"] == cell, "seed"])
            seeds = [s for s in range(first, min(first + 10, last)) if s not in done]
            if not seeds:
                continue
            made_now = pd.DataFrame([measure(cell, seed) for seed in seeds])
            rows = made_now if rows.empty else pd.concat([rows, made_now], ignore_index=True)
            write_csv(each, rows)
            write_csv(given.output, summary(rows))


if __name__ == "__main__":
    main()
