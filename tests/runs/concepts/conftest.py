"""A corpus in which it is known what rises."""

import numpy as np
import pandas as pd
import pytest

import trends as tr

#: Share of the documents with each word in the first and the last year.
PLANTED = {
    "solar panel": (0.05, 0.35),
    "photovoltaic": (0.04, 0.25),
    "coal": (0.4, 0.1),
    "wind": (0.2, 0.2),
    "turbine": (0.15, 0.15),
}
YEARS = range(2010, 2022)


def drawn(seed=3, each=70, planted=PLANTED):
    """Documents of other words at constant rates, and the planted ones."""
    rng = np.random.default_rng(seed)
    rate = np.clip(rng.lognormal(-3, 1, 120), 0.005, 0.4)
    others = np.array([f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(len(rate))])
    rows = []
    for at, year in enumerate(YEARS):
        x = at / (len(YEARS) - 1)
        for i in range(each):
            words = list(others[rng.random(len(rate)) < rate])
            for word, (first, last) in planted.items():
                if rng.random() < first + (last - first) * x:
                    words.append(word if rng.random() < 0.5 else f"{word}s")
            rng.shuffle(words)
            rows.append((f"{year}-{i:03d}", f"{year}-06-15", ". ".join(words)))
    return pd.DataFrame(rows, columns=["id", "date", "text"])


@pytest.fixture(scope="session")
def documents():
    return drawn()


@pytest.fixture(scope="session")
def corpus(documents):
    return tr.read_corpus(documents, text="text", date="date", id="id")
