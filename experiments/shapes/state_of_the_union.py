"""Words of the published burst list of the State of the Union, beside our test.

    python experiments/shapes/state_of_the_union.py documents.jsonl.gz

The file is the user's own copy: one JSON object a line with ``year`` and ``text`` (as in the public
corpora of the addresses). Words are counted in spans of four years to 2002, the year of the list
(Kleinberg 2002, as Cornell's annual report of 2003 and the Washington Times of 26 March 2003 give
it). How much words move from span to span anyway is learnt from :data:`OTHERS` words beside them,
drawn from the vocabulary with the seed. Facts are kept in ``state_of_the_union.csv``, no text.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

import trends as tr
from trends.analysis.shapes.bursts import burst_states
from trends.files import write_csv

HERE = Path(__file__).parent
FIRST, LAST, YEARS, SEED = 1790, 2002, 4, 17_008
#: Words in the order of the list; "militias" of the list occurs in no address, "militia" does.
LIST = {
    "british": "british",
    "militias": "militia",
    "spain": "spain",
    "slavery": "slavery",
    "emancipation": "emancipation",
    "coinage": "coinage",
    "interstate": "interstate",
    "depression": "depression",
    "atoms": "atoms?",
    "communism": "communism",
    "jobs": "jobs",
    "children": "children",
    "medicare": "medicare",
    "america": "america",
    "century": "century",
    "banks": "banks",
    "recovery": "recovery",
    "atomic": "atomic",
}
#: Years that the newspaper gives.
DATED = {
    "depression": (1930, 1939),
    "banks": (1930, 1939),
    "recovery": (1930, 1939),
    "atomic": (1946, 1959),
}


#: Words that are drawn beside those of the list, and how often they occur.
OTHERS, RANGE = 40, (40, 1500)


def counts(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Occurrences of the words and of others, all words, and first years of the spans."""
    spans = (LAST - FIRST) // YEARS + 1
    y, n = np.zeros((len(LIST), spans)), np.zeros(spans)
    total: Counter[str] = Counter()
    each = [Counter() for _ in range(spans)]
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            if not FIRST <= item["year"] <= LAST:
                continue
            at = (item["year"] - FIRST) // YEARS
            words = Counter(re.findall(r"[a-z]+", item["text"].lower()))
            n[at] += sum(words.values())
            total += words
            each[at] += words
            for k, form in enumerate(LIST.values()):
                y[k, at] += sum(c for word, c in words.items() if re.fullmatch(form, word))
    taken = re.compile("|".join(LIST.values()))
    known = sorted(
        word
        for word, count in total.items()
        if RANGE[0] <= count <= RANGE[1] and len(word) > 3 and not taken.fullmatch(word)
    )
    drawn = np.random.default_rng(SEED).choice(known, OTHERS, replace=False)
    others = np.array([[counted[word] for counted in each] for word in drawn], dtype=float)
    return np.vstack([y, others]), n, FIRST + YEARS * np.arange(spans)


def runs(states: np.ndarray, times: np.ndarray) -> list[tuple[int, int]]:
    """First and last years of the stretches in which a state is 1."""
    edges = np.flatnonzero(np.diff(states, prepend=0, append=0))
    return [
        (int(times[a]), int(times[b - 1]) + YEARS - 1)
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]


def between(rows: pd.DataFrame) -> str:
    return "; ".join(f"{r.start:.0f}-{r.stop + YEARS - 1:.0f}" for r in rows.itertuples())


def explain(row: dict[str, object], note: str) -> str:
    """Why a word of the list is no burst here."""
    if row["burst"]:
        return "agrees"
    if note.startswith("a lasting"):
        return "rose for good rather than in a burst: " + (
            f"change point {row['change_point']}"
            if row["change_point"]
            else "a step fits better than a window, neither beyond the shocks of such words"
        )
    if row["change_point"]:
        return f"a change point ({row['change_point']}), not a burst"
    return "the automaton's bursts are waves that lasting shocks of words explain as well"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path)
    given = parser.parse_args()
    y, n, times = counts(given.documents)
    data, labels = (y, n, times.astype(float)), [*LIST, *(f"other {i}" for i in range(OTHERS))]
    states = burst_states(y, n)
    found = tr.bursts(data, labels=labels, draws=99, rng=SEED)
    steps = tr.change_points(data, labels=labels, draws=99, rng=SEED)
    rows = []
    for k, word in enumerate(LIST):
        own, step = found[found["topic"] == k], steps[(steps["topic"] == k) & steps["found"]]
        automaton = runs(states[k], times)
        row: dict[str, object] = {
            "word": word,
            "occurrences": int(y[k].sum()),
            "most_in": f"{times[(y[k] / n).argmax()]}-{times[(y[k] / n).argmax()] + YEARS - 1}",
            "automaton": "; ".join(f"{a}-{b}" for a, b in automaton),
            "burst": between(own[own["found"]]),
            "nearest": between(own.nsmallest(1, "adjusted_p")),
            "adjusted_p": own["adjusted_p"].min(),
            "change_point": between(step),
            "published": "-".join(map(str, DATED[word])) if word in DATED else "",
        }
        near = own.nsmallest(1, "adjusted_p").iloc[0]
        row["nearest_in_automaton"] = any(
            s <= near["stop"] + YEARS - 1 and e >= near["start"] for s, e in automaton
        )
        if word in DATED:
            a, b = DATED[word]
            row["automaton_meets"] = any(s <= b and e >= a for s, e in automaton)
            row["window_meets"] = bool(near["start"] <= b and near["stop"] + YEARS - 1 >= a)
        row["explained"] = explain(row, str(own["note"].iloc[0]))
        rows.append(row)
    table = pd.DataFrame(rows)
    others = found[found["topic"] >= len(LIST)]
    print(f"{others.loc[others['found'], 'topic'].nunique()} of {OTHERS} other words burst")
    write_csv(HERE / "state_of_the_union.csv", table)
    print(table.to_string())
    print(
        f"{(table['automaton'] != '').sum()} of {len(table)} by the automaton, "
        f"{(table['burst'] != '').sum()} by the test, "
        f"{((table['burst'] != '') | (table['change_point'] != '')).sum()} burst or change point"
    )


if __name__ == "__main__":
    main()
