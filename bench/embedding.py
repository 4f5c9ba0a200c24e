"""Texts embedded a second by each engine, and the cost of a second run with one per cent more.

python bench/embedding.py [CORPUS.jsonl.gz]     # records with "title" and "abstract"; without one,
abstracts of made words

Each round gives every engine the same texts, other ones than the rounds before, one engine after
the other in turning order, in one process; models are loaded and warm (from texts that are not
measured), and the store is off. The reference is
``SentenceTransformer(folder, device="cpu").encode(texts)`` with all its defaults. CPU seconds,
those of all threads, stand beside those of the clock, as other work on the machine changes the one
and hardly the other. The static model is made once and kept in the cache folder; making it is not
measured.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

ROUNDS, TEXTS, STATIC_TEXTS, STORED, WARM = 3, 200, 2_000, 4_040, 32
RNG = 20260301
EXACT = ("torch", "bf16")


def texts_of(corpus: str) -> tuple[list[str], str]:
    """Titles and abstracts in random order, and what they are."""
    from coherence import find_corpus
    from ingest import originals

    pairs = [p for p in originals(corpus) if p[1]]
    order = np.random.default_rng(RNG).permutation(len(pairs))
    path = find_corpus(corpus)
    return [f"{pairs[i][0]}. {pairs[i][1]}" for i in order], path.name if path else "made words"


def engines(some: list[str]) -> tuple[dict[str, Callable[..., Any]], dict[str, str]]:
    """Functions from texts to vectors and counts, loaded and warm; and why others cannot run."""
    from sentence_transformers import SentenceTransformer

    from trends.embed import loading, minilm
    from trends.embed.encode import encode
    from trends.embed.engines.choice import ENGINES, Model, open_engine
    from trends.errors import TrendsError

    place = minilm.model_folder()
    with loading.quiet():
        plain = SentenceTransformer(str(place), device="cpu")
    out: dict[str, Callable[..., Any]] = {"reference": lambda texts: (plain.encode(texts), {})}
    left_out = {}
    model = Model(
        "m",
        place,
        minilm.SHA256,
        lambda device: loading.load(str(place), local_files_only=True, device=device),
    )
    for name in ENGINES:
        try:
            out[name] = partial(encode, open_engine(name, model, "cpu"))
        except TrendsError as error:
            left_out[name] = str(error)
    for run in out.values():
        run(some)
    return out, left_out


def stored(name: str, run: Callable[..., Any], texts: list[str]) -> dict[str, Any]:
    """Texts embedded into an empty store, and then the same with one per cent more."""
    n = len(texts) * 100 // 101
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for part in (texts[:n], texts):
            begin = time.perf_counter()
            _, counts = run(part, store=folder)
            rows.append({"documents": len(part), "seconds": time.perf_counter() - begin, **counts})
    return {"engine": name, "first": rows[0], "second": rows[1]}


def measure(corpus: str = "") -> dict[str, Any]:
    texts, name = texts_of(corpus)
    runs, left_out = engines(texts[-WARM:])
    names, rows = list(runs), []
    for turn in range(ROUNDS):
        vectors: dict[str, np.ndarray] = {}
        for which in names[turn % len(names) :] + names[: turn % len(names)]:
            n = STATIC_TEXTS if which == "static" else TEXTS
            some = [texts[i % len(texts)] for i in range(turn * n, (turn + 1) * n)]
            wall, cpu = time.perf_counter(), time.process_time()
            vectors[which] = runs[which](some)[0]
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            rows.append({"engine": which, "turn": turn, "rate": n / wall, "cpu": n / cpu})
        reference = vectors["reference"] / np.linalg.norm(
            vectors["reference"], axis=1, keepdims=True
        )
        for row in rows[-len(names) :]:
            if row["engine"] in EXACT:
                row["cosines"] = (vectors[row["engine"]] * reference).sum(1).tolist()
    best = max(
        (e for e in EXACT if e in runs),
        key=lambda e: np.median([r["cpu"] for r in rows if r["engine"] == e]),
    )
    return {
        "corpus": name,
        "rounds": ROUNDS,
        "texts": TEXTS,
        "static_texts": STATIC_TEXTS,
        "engines": [_summary(engine, rows) for engine in runs],
        "best": best,
        "left_out": left_out,
        "stored": [
            stored(e, runs[e], texts[:n])
            for e, n in (("static", STORED), (best, TEXTS + 2))
            if e in runs
        ],
    }


def _summary(engine: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rates, and ratios to the reference within the same round."""
    own = [r for r in rows if r["engine"] == engine]
    base = [r for r in rows if r["engine"] == "reference"]
    out: dict[str, Any] = {"engine": engine, "rate": float(np.median([r["rate"] for r in own]))}
    for kind in ("rate", "cpu"):
        ratios = [a[kind] / b[kind] for a, b in zip(own, base, strict=True)]
        out |= {
            f"ratio_{kind}": float(np.median(ratios)),
            f"range_{kind}": [min(ratios), max(ratios)],
        }
    if "cosines" in own[0]:
        every = np.concatenate([r["cosines"] for r in own])
        out |= {
            "cosine": float(every.min()),
            "cosine_median": float(np.median(every)),
            "cosine_texts": len(every),
        }
    return out


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    head = (
        f"all-MiniLM-L6-v2, titles and abstracts ({result['corpus']}), {result['rounds']} rounds "
        f"of {result['texts']:,} texts "
        f"({result['static_texts']:,} for `static`); ratios to `SentenceTransformer.encode` with "
        "its defaults in the same round, median (smallest to "
        "largest). Cosine to its vectors: the smallest over all texts of all rounds, in brackets "
        "the median.\n\n"
        "| engine | texts/s | ratio, clock | ratio, CPU | cosine |\n|---|---|---|---|---|\n"
    )
    body = ""
    for r in result["engines"]:
        ratio = [
            f"{r[f'ratio_{k}']:.3g} ({r[f'range_{k}'][0]:.3g} to {r[f'range_{k}'][1]:.3g})"
            for k in ("rate", "cpu")
        ]
        cosine = "another space" if r["engine"] == "static" else ""
        if "cosine" in r:
            seen = [np.floor(r[k] * 1e6) / 1e6 for k in ("cosine", "cosine_median") if k in r]
            cosine = " (".join(f"{c:.6f}" for c in seen) + ")" * (len(seen) - 1)
        ratios = " | ".join(ratio if r["engine"] != "reference" else ["1", "1"])
        body += f"| {r['engine']} | {r['rate']:,.0f} | {ratios} | {cosine} |\n"
    body += "".join(f"\n`{name}` was left out: {why}\n" for name, why in result["left_out"].items())
    if result["stored"]:
        body += (
            "\nThe same texts again with one per cent more, from the store:\n\n"
            "| engine | texts | embedded, first run | seconds | texts, second run | from the store "
            "| embedded | seconds |\n"
            "|---|---|---|---|---|---|---|---|\n"
        )
    for s in result["stored"]:
        one, two = s["first"], s["second"]
        body += (
            f"| {s['engine']} | {one['documents']:,} | {one['made']:,} | {one['seconds']:.1f} | "
            f"{two['documents']:,} | "
            f"{two['from_store']:,} | {two['made']:,} | {two['seconds']:.1f} |\n"
        )
    return head + body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", nargs="?", default="")
    print(table(measure(parser.parse_args().corpus)))


if __name__ == "__main__":
    main()
