"""The run whose claims are altered: a made corpus with a rise and a fall, plan and features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import trends as tr

WORDS = {
    stem: [f"{stem}{letter}" for letter in "abcdefghij"] for stem in ("solar", "whale", "violin")
}
YEARS, A_YEAR, SEED = 12, 30, 20261130
QUESTION = "Does the share of documents about solar rise?"


def corpus_table(years: int = YEARS, a_year: int = A_YEAR, seed: int = SEED) -> pd.DataFrame:
    """Documents of three topics, of which the first rises from a tenth to six tenths."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(years * a_year):
        year = i // a_year
        rising = 0.1 + 0.5 * year / (years - 1)
        stem = str(rng.choice(list(WORDS), p=[rising, 0.6 - rising + 0.1, 0.3]))
        words = " ".join(rng.choice(WORDS[stem], 30))
        month, day = 1 + i % 12, 1 + int(rng.integers(28))
        rows.append(
            {
                "id": f"d{i:03d}",
                "title": f"{stem} paper {i}",
                "abstract": words,
                "published": f"{2010 + year}-{month:02d}-{day:02d}",
                "venue": ("letters", "notes")[i % 2],
            }
        )
    return pd.DataFrame(rows)


SETTINGS = """rng = 7
plan = "plan.json"
[corpus]
path = "corpus.csv"
text = ["abstract"]
date = ["published"]
[models]
backends = ["nmf", "kmeans", "gibbs-lda"]
n_topics = 3
seeds = 2
[models.settings.gibbs-lda]
iterations = 200
[prevalence]
period = "year"
[multiverse]
seeds = 1
period = ["half-year", "year"]
n_topics = [3]
backend = ["nmf", "gibbs-lda"]
embedding = []
shuffles = 49
[placebo]
shuffles = 50
[figures]
formats = ["svg"]
map = false
"""


def settings_of(folder: Path) -> list[str]:
    """Options that name the vectors and, last, the plan of the case."""
    vectors = ["-s", f"embed.path={folder / 'vectors.npz'}", "-s", "embed.model=precomputed"]
    return [*vectors, "-s", f"plan={folder / 'plan.json'}"]


def make(folder: Path) -> None:
    """Register, run, repeat over choices, shuffle, and keep the features: all in a folder."""
    from trends.cli.main import main

    folder.mkdir(parents=True, exist_ok=True)
    corpus_table().to_csv(folder / "corpus.csv", index=False)
    vectors = np.random.default_rng(SEED).standard_normal((YEARS * A_YEAR, 8)) / 10
    table = pd.read_csv(folder / "corpus.csv")
    for i, stem in enumerate(WORDS):
        vectors[table["title"].str.startswith(stem), i] += 1
    np.savez(folder / "vectors.npz", ids=table["id"].to_numpy(str), vectors=vectors.astype("f4"))
    corpus = tr.read_corpus(folder / "corpus.csv", text="abstract", date="published")
    tr.export_features(
        corpus,
        folder / "features",
        embedding="precomputed",
        embedding_path=str(folder / "vectors.npz"),
    )
    config = folder / "config.toml"
    config.write_text(SETTINGS.replace('plan = "plan.json"\n', ""))
    plan, (*sets, s, planned) = folder / "plan.json", settings_of(folder)
    plan.unlink(missing_ok=True)
    calls = [["register", str(config), "--question", QUESTION, "-o", str(plan), *sets]]
    sets += [s, planned]
    calls += [
        [name, str(config), "-o", str(folder / "run"), "--no-progress", *sets]
        for name in ("run", "multiverse", "placebo")
    ]
    for call in calls:
        try:
            main(call)
        except SystemExit as left:
            if left.code not in (0, None):
                raise
