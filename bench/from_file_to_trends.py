"""From a file of abstracts to topics and their course: ours beside BERTopic's topics_over_time.

python bench/from_file_to_trends.py [CORPUS.jsonl.gz] [--documents N]

The same file and the same vectors (singular vectors of the counts, made before the clock starts, so
that no encoder takes part) for a script of each side, carried out as a process of its own: what is
measured is what its user waits for, imports and compiling included, in processor seconds of the
process and all that it starts. The sides take turns. BERTopic's script reads the file, fits
`BERTopic(nr_topics=30)` and asks for `topics_over_time`: words and numbers of documents of every
topic and year. Ours reads the file (repeats, dates and languages looked after), fits the backend
bertopic with 29 topics, and makes shares with intervals, words of every topic and year, and the
table of trends with its tests.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from coherence import command_line, find_corpus
from ingest import originals

#: As many documents as BERTopic takes a minute or two of the processor for, each time.
DOCUMENTS, TOPICS, REPEATS = 8_000, 30, 2
RNG = 20260301


def records(path: Path | None, n: int) -> list[dict[str, str]]:
    """Title, text and month of the abstracts; made ones without a file."""
    if path is None:
        made = originals("")[:n]
        return [
            {"id": f"d{i}", "title": t, "text": x, "date": f"{2000 + i * 20 // len(made)}-06"}
            for i, (t, x) in enumerate(made)
        ]
    import whole_run

    rows = whole_run.records(str(path))
    # In the order of time, so that every year keeps its part.
    rows = [rows[i] for i in np.linspace(0, len(rows) - 1, min(n, len(rows))).astype(int)]
    return [{"id": f"d{i}", **row} for i, row in enumerate(rows)]


def prepare(folder: Path, path: Path | None, n: int) -> int:
    """Write the file of both sides, and one vector a row. How many rows there are."""
    from trends.embed.lsa import embed_counts
    from trends.text.counting.count import count_terms

    rows = records(path, n)
    with (folder / "abstracts.jsonl").open("w", encoding="utf-8") as f:
        f.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    texts = [f"{row['title']}. {row['text']}" for row in rows]
    counts = count_terms([row["id"] for row in rows], texts, phrases=False)
    np.save(folder / "vectors.npy", embed_counts(counts)[0])
    return len(rows)


def ours(folder: Path, topics: int, clusters: str) -> None:
    import pandas as pd

    import trends as tr

    corpus = tr.read_corpus(folder / "abstracts.jsonl", text="text", date="date")
    with (folder / "abstracts.jsonl").open(encoding="utf-8") as f:
        ids = [json.loads(line)["id"] for line in f]
    vectors = pd.DataFrame(np.load(folder / "vectors.npy"), index=ids)
    fit = tr.fit(
        corpus,
        "bertopic",
        n_topics=topics - 1,
        rng=RNG,
        embeddings=vectors,
        settings={"clusters": clusters},
    )
    shares = tr.prevalence(fit, corpus, period="year")
    tr.words_over_time(fit, corpus, period="year").to_csv(folder / "ours-words.csv")
    shares.frame().to_csv(folder / "ours-shares.csv")
    tr.fit_trends(shares).frame().to_csv(folder / f"ours-{clusters}.csv")


def theirs(folder: Path, topics: int) -> None:
    import pandas as pd
    from bertopic import BERTopic

    rows = pd.read_json(folder / "abstracts.jsonl", lines=True, convert_dates=False, dtype=False)
    texts = (rows["title"] + ". " + rows["text"]).tolist()
    model = BERTopic(nr_topics=topics)
    model.fit_transform(texts, embeddings=np.load(folder / "vectors.npy"))
    years = rows["date"].str[:4].astype(int).tolist()
    model.topics_over_time(texts, years).to_csv(folder / "bertopic.csv")


#: Name → what the script does.
SIDES = {
    "trends, as the library": lambda folder, topics: ours(folder, topics, "library"),
    "trends, default": lambda folder, topics: ours(folder, topics, "search"),
    "BERTopic": theirs,
}


def once(side: str, folder: Path, topics: int = TOPICS) -> dict[str, float]:
    """Processor seconds and peak memory of one script."""
    command = [sys.executable, __file__, *("--side", side), *("--topics", str(topics)), str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{side} ended with {process.returncode}.")
    return {"seconds": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024}


def measure(corpus: str = "", documents: int = DOCUMENTS) -> dict[str, Any]:
    """Every side in turn, once before the clock starts on few documents (numba compiles)."""
    path = find_corpus(corpus)
    found: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    with tempfile.TemporaryDirectory() as name:
        few, folder = Path(name) / "few", Path(name) / "all"
        few.mkdir()
        folder.mkdir()
        prepare(few, path, min(6_000, documents))
        n = prepare(folder, path, documents)
        once("trends, as the library", few, 5)
        for _ in range(REPEATS):
            for side, runs in found.items():
                runs.append(once(side, folder))
    return {"corpus": path.name if path else "made", "documents": n, "sides": found}


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    text = (
        f"From a file of {result['documents']:,} abstracts ({result['corpus']}) and a vector of "
        f"each to {TOPICS} topics and their course by year, each side a process of its own, "
        f"imports included; medians of {REPEATS} in turns, lowest and highest in brackets. "
        "BERTopic gives words and numbers of documents a year; ours looks after repeats, dates and "
        "languages while it reads, and gives words, shares with intervals, and a test of every "
        "trend.\n\n| script | processor seconds | BERTopic takes times as long | peak, MiB |\n"
        "|---|---|---|---|\n"
    )
    mid = {
        side: {key: float(np.median([r[key] for r in runs])) for key in runs[0]}
        for side, runs in result["sides"].items()
    }
    for side, runs in result["sides"].items():
        seconds = [r["seconds"] for r in runs]
        text += (
            f"| {side} | {mid[side]['seconds']:.1f} ({min(seconds):.1f} to {max(seconds):.1f}) | "
            f"{mid['BERTopic']['seconds'] / mid[side]['seconds']:.2f} | "
            f"{mid[side]['peak_mib']:,.0f} |\n"
        )
    return text


if __name__ == "__main__":
    if "--side" in sys.argv:
        parser = argparse.ArgumentParser()
        parser.add_argument("--side", choices=SIDES, required=True)
        parser.add_argument("--topics", type=int, required=True)
        parser.add_argument("folder", type=Path)
        options = parser.parse_args()
        SIDES[options.side](options.folder, options.topics)
    else:
        command_line(measure, table, __doc__)
