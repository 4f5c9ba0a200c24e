"""Made abstracts, as many as asked for: words made by rule, themes with known drift, no real text.

    python experiments/large/make.py build/large/125k --documents 125000
    python experiments/large/make.py build/large/1m --documents 1000000 --workers 2
    python experiments/large/make.py build/large/lines --format openalex --broken 0.01

Each file holds 25,000 documents and has a generator of its own, of the seed and the number of the
file: the first files of a large corpus are those of a small one, whoever makes them. The folder
`<folder>-truth` says the share of each theme in each year, and how many records of each file were
broken on purpose.
"""

from __future__ import annotations

import argparse
import gzip
import json
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

PER_FILE = 25_000
YEARS = np.arange(2005, 2025)
#: Change of the log of a theme's weight over all years: a quarter grows, a quarter shrinks.
SLOPES = (1.2, 0.0, -1.2, 0.0)
N_BACKGROUND, N_OWN = 400_000, 3_000
#: How often a word is a function word, of the background, or of the document's theme.
KINDS = np.array([0.38, 0.27, 0.35])
SECOND = 0.15
#: The most frequent words of a theme come with a fixed second word half of the time: phrases.
N_PHRASES = 40
VENUES = 24
_FUNCTION = (
    "the of and to in a is for that we with on this are as by an be from which it at our can have "
    "not these has or but been their more were was than also such its into between when they will "
    "if some all each over only most other both while may how two"
)
FUNCTION = _FUNCTION.split()
DIMENSIONS = 64


@lru_cache(maxsize=1)
def words(n_themes: int) -> pa.Array:
    """All words and phrases: function words, background, the own words of themes, their phrases."""
    # Numbers are scattered, so that words of one theme do not end alike.
    total = N_BACKGROUND + n_themes * N_OWN
    names = [made(i * 7_368_787 % total) for i in range(total)]
    own = names[N_BACKGROUND:]
    phrases = [
        f"{own[theme * N_OWN + i]} {own[theme * N_OWN + N_OWN // 2 + i]}"
        for theme in range(n_themes)
        for i in range(N_PHRASES)
    ]
    return pa.array([*FUNCTION, *names, *phrases])


def made(number: int) -> str:
    """A word that can be spoken, another one for each number: 0 is ``bab``, the last are longer."""
    out, rest = "bdfglmnprstvkz"[number % 14], number // 14
    while True:
        out += "aeiou"[rest % 5] + "bdfglmnprstvkz"[rest // 5 % 14]
        rest //= 70
        if not rest:
            return out


@lru_cache(maxsize=4)
def zipf(n: int, exponent: float) -> NDArray[np.float64]:
    """Cumulative probabilities of ranks, by Zipf and Mandelbrot."""
    mass = (np.arange(n) + 3.7) ** -exponent
    return np.cumsum(mass) / mass.sum()


def shares(n_themes: int) -> NDArray[np.float64]:
    """Share of each theme in each year (rows): the truth."""
    start = np.linspace(0.7, -0.7, n_themes)
    change = np.resize(SLOPES, n_themes)
    weight = np.exp(start + change * np.linspace(-0.5, 0.5, len(YEARS))[:, None])
    return weight / weight.sum(axis=1, keepdims=True)


def documents(file: int, n: int, *, seed: int, n_themes: int, vectors: bool) -> pa.Table:
    """The documents of one file."""
    rng = np.random.default_rng([seed, file])
    growth = np.exp(0.06 * np.arange(len(YEARS)))
    year = rng.choice(len(YEARS), n, p=growth / growth.sum())
    cumulative = np.cumsum(shares(n_themes), axis=1)
    theme = (rng.random(n)[:, None] > cumulative[year]).sum(axis=1).clip(max=n_themes - 1)
    second = rng.integers(n_themes, size=n)
    lengths = np.clip(rng.lognormal(4.95, 0.35, n), 30, 400).astype(np.int64)
    title_lengths = rng.integers(6, 13, n)
    texts = _texts(rng, lengths, theme, second, n_themes)
    titles = _texts(rng, title_lengths, theme, second, n_themes)
    day = np.array(YEARS[year] - 1970, dtype="datetime64[Y]").astype("datetime64[D]")
    day = day + rng.integers(365, size=n)
    venue = (rng.random(n)[:, None] > zipf(VENUES, 1.0)).sum(axis=1)
    first = file * PER_FILE
    columns = {
        "id": [f"W{first + i:09d}" for i in range(n)],
        "title": pc.utf8_capitalize(titles),
        "abstract": pc.binary_join_element_wise(pc.utf8_capitalize(texts), "", "."),
        "published": pa.array(day).cast(pa.date32()),
        "language": pa.array(["en"] * n),
        "venue": [f"venue {v}" for v in venue.tolist()],
        "theme": theme,
    }
    if vectors:
        centres = np.random.default_rng(seed).normal(size=(n_themes, DIMENSIONS))
        found = centres[theme] + 0.4 * centres[second] + rng.normal(size=(n, DIMENSIONS)) * 0.9
        found = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
        columns["vector"] = pa.FixedSizeListArray.from_arrays(found.ravel(), DIMENSIONS)
    return pa.table(columns)


def _texts(
    rng: np.random.Generator,
    lengths: NDArray[np.int64],
    theme: NDArray[np.int64],
    second: NDArray[np.int64],
    n_themes: int,
) -> pa.Array:
    total = int(lengths.sum())
    kind = np.searchsorted(np.cumsum(KINDS)[:2], rng.random(total))
    of = np.repeat(theme, lengths)
    of = np.where(rng.random(total) < SECOND, np.repeat(second, lengths), of)
    number = np.empty(total, dtype=np.int64)
    for which, table in enumerate(
        (zipf(len(FUNCTION), 1.0), zipf(N_BACKGROUND, 1.05), zipf(N_OWN, 0.9))
    ):
        here = kind == which
        number[here] = np.searchsorted(table, rng.random(int(here.sum())))
    phrase = (kind == 2) & (number < N_PHRASES) & (rng.random(total) < 0.5)
    at = number + np.where(kind > 0, len(FUNCTION), 0)
    at += np.where(kind == 2, N_BACKGROUND + of * N_OWN, 0)
    start = len(FUNCTION) + N_BACKGROUND + n_themes * N_OWN
    at = np.where(phrase, start + of * N_PHRASES + number, at)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    lists = pa.ListArray.from_arrays(offsets, words(n_themes).take(pa.array(at)))
    return pc.binary_join(lists, " ")


def write(
    file: int,
    n: int,
    *,
    folder: Path,
    how: str,
    broken: float,
    seed: int,
    n_themes: int,
    vectors: bool,
) -> int:
    """Write one file; how many of its records were broken."""
    table = documents(file, n, seed=seed, n_themes=n_themes, vectors=vectors)
    if how == "parquet":
        # Groups of rows are where readers divide a file.
        path = folder / f"part-{file:04d}.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=PER_FILE // 4)
        return 0
    rng = np.random.default_rng([seed, file, 1])
    spoiled = rng.random(n) < broken
    opened = gzip.open if how == "jsonl.gz" else Path.open
    ending = "jsonl" if how == "openalex" else how
    with opened(folder / f"part-{file:04d}.{ending}", "wt", encoding="utf-8") as lines:
        for row, bad in zip(table.to_pylist(), spoiled.tolist(), strict=True):
            row["published"] = row["published"].isoformat()
            line = json.dumps(openalex(row) if how == "openalex" else row)
            # Cut in the middle, as a copy that was broken off leaves a line.
            lines.write(f"{line[: len(line) // 2] if bad else line}\n")
    return int(spoiled.sum())


def openalex(row: dict[str, object]) -> dict[str, object]:
    """A document as OpenAlex writes a work: its abstract as an inverted index."""
    places: dict[str, list[int]] = {}
    for i, word in enumerate(str(row["abstract"]).split()):
        places.setdefault(word, []).append(i)
    return {
        "id": f"https://openalex.org/{row['id']}",
        "title": row["title"],
        "publication_date": row["published"],
        "language": row["language"],
        "primary_location": {"source": {"display_name": row["venue"]}},
        "abstract_inverted_index": places,
    }


def make(
    folder: Path,
    n_documents: int,
    *,
    how: str = "parquet",
    broken: float = 0.0,
    n_themes: int = 40,
    vectors: bool = False,
    seed: int = 1,
    workers: int = 1,
) -> None:
    """Write all files, the truth, and how many records of each file were broken."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [min(PER_FILE, n_documents - at) for at in range(0, n_documents, PER_FILE)]
    one = partial(
        write, folder=folder, how=how, broken=broken, seed=seed, n_themes=n_themes, vectors=vectors
    )
    if workers == 1:
        spoiled = list(map(one, range(len(sizes)), sizes))
    else:
        with ProcessPoolExecutor(workers) as pool:
            spoiled = list(pool.map(one, range(len(sizes)), sizes))
    about = folder.with_name(f"{folder.name}-truth")
    about.mkdir(exist_ok=True)
    truth = pd.DataFrame(shares(n_themes), index=pd.Index(YEARS, name="year"))
    truth.to_csv(about / "shares.csv")
    pd.DataFrame({"rows": sizes, "broken": spoiled}).to_csv(about / "files.csv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=20_000)
    choices = ("parquet", "jsonl", "jsonl.gz", "openalex")
    parser.add_argument("--format", dest="how", choices=choices, default="parquet")
    parser.add_argument("--broken", type=float, default=0.0, help="share of broken lines")
    parser.add_argument("--themes", type=int, default=40)
    parser.add_argument("--vectors", action="store_true", help="with a column of vectors")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    make(
        asked.folder,
        asked.documents,
        how=asked.how,
        broken=asked.broken,
        n_themes=asked.themes,
        vectors=asked.vectors,
        seed=asked.seed,
        workers=asked.workers,
    )
