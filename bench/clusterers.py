"""hdbscan beside fast_hdbscan and EVoC: seconds, clusters and agreement at one size.

Why the backend bertopic keeps hdbscan.

python bench/clusterers.py [CORPUS.jsonl.gz] [--documents N]

hdbscan and fast_hdbscan get the same reduced vectors and the same settings; EVoC reduces by itself
and gets the full ones. All in one thread as far as they let themselves be told (OMP_NUM_THREADS,
NUMBA_NUM_THREADS), after a small fit that compiles. Packages that are not installed are left out.
"""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from bertopic_seeds import Kept, made, real
from coherence import DOCUMENTS, command_line, find_corpus
from numpy.typing import NDArray

SAMPLES, SIZE, COMPONENTS, NEIGHBOURS = 5, 100, 10, 10
WARM = 1_500

Labels = NDArray[np.int64]


def clusterers() -> dict[str, Callable[[NDArray[Any], NDArray[Any]], Labels]]:
    """Name → labels of (reduced points, vectors)."""
    found: dict[str, Callable[[NDArray[Any], NDArray[Any]], Labels]] = {}
    settings = {"min_samples": SAMPLES, "min_cluster_size": SIZE}

    def given(name: str) -> Any:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return importlib.import_module(name)
        except ImportError:
            return None

    if (hdbscan := given("hdbscan")) is not None:
        found["hdbscan"] = lambda points, _: np.asarray(
            hdbscan.HDBSCAN(core_dist_n_jobs=1, **settings).fit(points).labels_
        )
    if (fast := given("fast_hdbscan")) is not None:
        found["fast_hdbscan"] = lambda points, _: np.asarray(
            fast.HDBSCAN(**settings).fit(points).labels_
        )
    if (evoc := given("evoc")) is not None:
        found["evoc"] = lambda _, vectors: np.asarray(
            evoc.EVoC(
                base_min_cluster_size=min(SIZE, len(vectors) // 20), random_state=1
            ).fit_predict(vectors)
        )
    return found


def measure(corpus: str = "", documents: int = DOCUMENTS) -> dict[str, Any]:
    """For each: seconds of two fits, whether they are equal, clusters, share without one, ARI to
    hdbscan.
    """
    from sklearn.metrics import adjusted_rand_score

    from trends.models.umap.reduction import reduce

    path = find_corpus(corpus)
    vectors = (real(path, documents) if path else made(documents))[1]
    unit = vectors.astype(np.float64) / np.linalg.norm(vectors, axis=1, keepdims=True)
    share = Kept()
    reduce(unit[:WARM], NEIGHBOURS, COMPONENTS, 1)
    begin = time.perf_counter()
    points = reduce(unit, NEIGHBOURS, COMPONENTS, 1, share=share)
    reduction = time.perf_counter() - begin
    rows: dict[str, dict[str, Any]] = {}
    kept: dict[str, Labels] = {}
    for name, fit in clusterers().items():
        fit(points[:WARM], vectors[:WARM])
        begin = time.perf_counter()
        kept[name] = fit(points, vectors)
        first = time.perf_counter() - begin
        begin = time.perf_counter()
        again = fit(points, vectors)
        rows[name] = {
            "seconds": [first, time.perf_counter() - begin],
            "equal": bool(np.array_equal(kept[name], again)),
            "clusters": int(kept[name].max()) + 1,
            "unassigned": float((kept[name] < 0).mean()),
            "ari": float(adjusted_rand_score(kept["hdbscan"], kept[name])),
        }
    return {
        "corpus": path.name if path else "made",
        "documents": len(vectors),
        "reduction_seconds": reduction,
        "rows": rows,
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    head = (
        f"{result['documents']:,} documents ({result['corpus']}); `min_samples={SAMPLES}`, "
        f"`min_cluster_size={SIZE}`; the reduction that comes before "
        f"hdbscan and fast_hdbscan took {result['reduction_seconds']:.0f} s, neighbours included, "
        "and is not in their seconds. EVoC reduces by itself.\n\n"
        "| clusterer | seconds, twice | same labels twice | clusters | unassigned | ARI to hdbscan "
        "|\n|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {name} | {', '.join(f'{s:.1f}' for s in r['seconds'])} | "
        f"{'yes' if r['equal'] else 'no'} | {r['clusters']} | "
        f"{r['unassigned']:.2f} | {r['ari']:.2f} |\n"
        for name, r in result["rows"].items()
    )


if __name__ == "__main__":
    command_line(measure, table, __doc__)
