"""Repeat the published comparison on BBC News and print its figures beside ours.

python experiments/bbc_news/run.py                                  # all models; the committed
result python experiments/bbc_news/run.py --models bertopic --topics 10    # some of it

A fit that was made is kept in results/.cache, so a run that was stopped goes on where it was. The
result is written from the models all of whose fits are there.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from fits import MODELS, Fit, key, make
from numpy.typing import NDArray
from protocol import N_TOPICS, SEEDS, Bbc, check, find, load, score
from table import HERE, insert, read, summary

from trends.embed import minilm
from trends.errors import TrendsError
from trends.files import replacing, sha256, write_csv, write_json, write_text
from trends.models import BACKENDS


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="folder with corpus.tsv and vocabulary.txt")
    parser.add_argument(
        "--models",
        nargs="+",
        choices=list(MODELS),
        default=available(),
        metavar="MODEL",
        help=", ".join(MODELS),
    )
    parser.add_argument("--topics", nargs="+", type=int, choices=N_TOPICS, default=list(N_TOPICS))
    parser.add_argument("--out", type=Path, default=HERE / "results")
    parser.add_argument(
        "--workers", type=int, default=1, help="fits that are made at the same time"
    )
    options = parser.parse_args(arguments)
    try:
        return replicate(options)
    except TrendsError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def available() -> list[str]:
    """The models that this version of the package has."""
    return [
        name for name, model in MODELS.items() if not model.backend or model.backend in BACKENDS
    ]


def replicate(options: argparse.Namespace) -> int:
    folder = find(options.data)
    different = check(folder)
    print(*different, sep="\n", end="\n" if different else "", file=sys.stderr)
    cache = options.out / ".cache"
    files = {name: sha256(folder / name) for name in ("corpus.tsv", "vocabulary.txt")}
    bbc = load(folder)
    if any(MODELS[name].vectors for name in options.models):
        vectors_of(bbc, cache, files)
    kept = {
        job: path
        for name in options.models
        for job, path in fits_of(name, cache, files).items()
        if job[1] in options.topics
    }
    todo = [job for job, path in kept.items() if not path.is_file()]
    print(f"{len(todo)} fits to make, {len(kept) - len(todo)} kept from before", flush=True)
    if options.workers > 1:
        with ProcessPoolExecutor(
            options.workers, mp_context=multiprocessing.get_context("spawn")
        ) as pool:
            futures = [pool.submit(fit, folder, cache, files, kept[job], *job) for job in todo]
            for done in as_completed(futures):
                print(done.result(), flush=True)
    else:
        for job in todo:
            print(fit(folder, cache, files, kept[job], *job), flush=True)
    print("\n" + summary(lines(bbc, kept), versions(options.models)))
    return publish(options.out, bbc, cache, {"files": files, "differences": different})


def publish(out: Path, bbc: Bbc, cache: Path, record: dict[str, Any]) -> int:
    """Write the result from the fits of every model that has all of them, unless rows would go that
    were written before.
    """
    kept = {name: fits_of(name, cache, record["files"]) for name in available()}
    complete = [name for name in kept if all(path.is_file() for path in kept[name].values())]
    before = set(read(out)["model"]) if (out / "replicate.csv").is_file() else set()
    absent = sorted(before - set(complete))
    if absent or not complete:
        why = (
            f"the written one has rows whose fits are not kept here: {', '.join(absent)}"
            if absent
            else "no model has all its fits"
        )
        print(f"The result was not written: {why}.")
        return 0
    timed = lines(bbc, {job: path for name in complete for job, path in kept[name].items()})
    write(out, timed, {**record, "versions": versions(complete)})
    waiting = [name for name in kept if name not in complete]
    print(
        f"Written to {out}."
        + (f" Not among the rows yet: {', '.join(waiting)}." if waiting else "")
    )
    return 0


def fits_of(name: str, cache: Path, files: dict[str, str]) -> dict[tuple[str, int, int], Path]:
    """Where each fit of a model is kept."""
    return {
        (name, k, run): place(cache, name, k, run, files)
        for k in N_TOPICS
        for run in range(len(SEEDS))
    }


def lines(bbc: Bbc, kept: dict[tuple[str, int, int], Path]) -> pd.DataFrame:
    """One line a fit: the columns of ``replicate.csv`` and the seconds that it took."""
    return pd.DataFrame([line(bbc, path, *job) for job, path in kept.items()])


def write(out: Path, timed: pd.DataFrame, record: dict[str, Any]) -> None:
    """The files of the result; the README too, where they are those that are committed."""
    seconds = {
        name: round(float(part.sum()), 1) for name, part in timed.groupby("model")["seconds"]
    }
    write_csv(out / "replicate.csv", timed.drop(columns="seconds"))
    text = summary(read(out), record["versions"])
    write_text(out / "replicate.md", text)
    write_json(
        out / "replicate.json", {**record, "python": platform.python_version(), "seconds": seconds}
    )
    if out == HERE / "results":
        page = HERE / "README.md"
        write_text(page, insert(page.read_text(encoding="utf-8"), text))


def fit(
    folder: Path, cache: Path, files: dict[str, str], kept: Path, name: str, n_topics: int, run: int
) -> str:
    """Make one fit, keep it at its place, and say what it scores."""
    bbc = _loaded(folder)
    seed = MODELS[name].seed(n_topics, SEEDS[run])
    vectors = vectors_of(bbc, cache, files) if MODELS[name].vectors else None
    begin = time.perf_counter()
    made = make(name, bbc, n_topics, seed, vectors)
    seconds = round(time.perf_counter() - begin, 1)
    record = {
        "model": name,
        "n_topics": n_topics,
        "seed": seed,
        "topics": made.topics,
        "unassigned": made.unassigned,
    }
    write_json(kept, {**record, "seconds": seconds})
    npmi, diversity = score(made.topics, bbc)
    return (
        f"{name}, {n_topics} topics, run {run + 1}: NPMI {npmi:.4f}, diversity {diversity:.3f}, "
        f"outliers {made.unassigned:.3f} ({seconds} s)"
    )


def line(bbc: Bbc, kept: Path, name: str, n_topics: int, run: int) -> dict[str, Any]:
    """The row of a run in ``replicate.csv``."""
    record = json.loads(kept.read_text(encoding="utf-8"))
    made = Fit(record["topics"], record["unassigned"])
    npmi, diversity = score(made.topics, bbc)
    return {
        "model": name,
        "asked": n_topics,
        "run": run + 1,
        "seed": record["seed"],
        "topics": len(made.topics),
        "npmi": npmi,
        "diversity": diversity,
        "unassigned": made.unassigned,
        "seconds": record["seconds"],
    }


def place(cache: Path, name: str, n_topics: int, run: int, files: dict[str, str]) -> Path:
    """Where a fit is kept."""
    made_of = key(name, n_topics, MODELS[name].seed(n_topics, SEEDS[run]), files)
    return cache / f"{name}-{n_topics}-{run + 1}-{made_of}.json"


def vectors_of(bbc: Bbc, cache: Path, files: dict[str, str]) -> NDArray[np.float32]:
    """The documents' vectors, shape (documents, 384); made once and kept."""
    kept = cache / f"vectors-{files['corpus.tsv'][:12]}-{minilm.SHA256[:12]}.npy"
    if not kept.is_file():
        print(
            f"Embedding {len(bbc.documents):,} documents with MiniLM (a few minutes) …", flush=True
        )
        vectors, _ = minilm.embed(bbc.texts)
        with replacing(kept) as temporary, temporary.open("wb") as file:
            np.save(file, vectors, allow_pickle=False)
    return np.load(kept, allow_pickle=False)


@lru_cache(maxsize=1)
def _loaded(folder: Path) -> Bbc:
    return load(folder)


def versions(models: list[str]) -> dict[str, str]:
    """The versions of the packages that these models use."""
    return {package: version(package) for name in models for package in MODELS[name].packages}


if __name__ == "__main__":
    sys.exit(main())
