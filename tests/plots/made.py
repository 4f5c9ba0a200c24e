"""Made-up tables in the shape of a run's files, and every figure that the package draws of them."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

WORDS = [
    "language",
    "model",
    "vision",
    "transformer",
    "contrastive",
    "learning",
    "medical",
    "image",
    "masked",
    "autoencoder",
    "data",
    "scaling",
    "law",
    "speech",
    "code",
    "protein",
    "graph",
    "video",
    "robot",
    "world",
    "reasoning",
    "token",
    "mixture",
    "expert",
]


def make_labels(k: int, least: int = 3, most: int = 60, seed: int = 0) -> list[str]:
    """``k`` different labels of ``least`` to ``most`` letters."""
    rng = np.random.default_rng(seed)
    out: list[str] = []
    while len(out) < k:
        length = int(rng.integers(least, most + 1))
        label = " ".join(rng.choice(WORDS, size=12))[:length].strip()
        if len(label) >= least and label not in out:
            out.append(label)
    return out


def make_prevalence(
    k: int = 12,
    periods: int = 14,
    n: int = 355,
    labels: list[str] | None = None,
    freq: str = "6MS",
    seed: int = 0,
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    labels = labels or make_labels(k, 10, 25, seed)
    starts = pd.date_range("2019-01-01", periods=periods, freq=freq)
    weights = np.linspace(1, 6, periods)
    docs = rng.multinomial(n, weights / weights.sum())
    if periods > 4:
        docs[2] = 0
    mean = rng.dirichlet(np.ones(k + 1))
    rows = []
    for j, start in enumerate(starts):
        share = rng.multinomial(docs[j], mean) / docs[j] if docs[j] else np.full(k + 1, np.nan)
        for i in range(k + 1):
            band = 1.96 * np.sqrt((share[i] + 0.01) * (1 - share[i]) / max(docs[j], 1))
            lower, upper = (
                (np.clip(share[i] - band, 0, 1), np.clip(share[i] + band, 0, 1))
                if i < k
                else (np.nan, np.nan)
            )
            label = labels[i] if i < k else "unassigned"
            rows.append(
                (
                    "gibbs-lda",
                    i if i < k else -1,
                    label,
                    start,
                    docs[j],
                    share[i],
                    lower,
                    upper,
                    j < periods - 1,
                )
            )
    names = ["backend", "topic", "label", "period", "n_docs", "share", "lower", "upper", "complete"]
    return pd.DataFrame(rows, columns=names)


def make_curves(
    k: int = 12, periods: int = 14, labels: list[str] | None = None, freq: str = "6MS"
) -> pd.DataFrame:
    """Fitted curves of all topics but the last, which was not tested."""
    labels = labels or make_labels(k, 10, 25)
    starts = pd.date_range("2019-01-01", periods=periods, freq=freq)
    rows = [
        ("gibbs-lda", t, labels[t], start, m, m / 2, 1.0 - (1.0 - m) * 0.8)
        for t in range(max(k - 1, 1))
        for start, m in zip(starts, np.linspace(0.02 * (t % 5 + 1), 0.1, periods), strict=True)
    ]
    names = ["backend", "topic", "label", "period", "fitted", "lower", "upper"]
    return pd.DataFrame(rows, columns=names)


def make_seasons(k: int = 12, labels: list[str] | None = None) -> pd.DataFrame:
    """Months of all topics, of which every other has a season."""
    labels = labels or make_labels(k, 10, 25)
    at = np.arange(12)
    rows = []
    for t in range(k):
        points = (2.5 if t % 2 == 0 else 0.3) * np.sin(2 * np.pi * (at - t) / 12)
        for month, size in zip(at, points, strict=True):
            name = pd.Timestamp(2020, month + 1, 1).strftime("%b")
            p = 0.001 if t % 2 == 0 else 0.6
            rows.append(
                ("gibbs-lda", t, labels[t], month + 1, name, size, size - 1, size + 1, p, p)
            )
    names = ["backend", "topic", "label", "season", "name", "points", "points_lower"]
    return pd.DataFrame(rows, columns=[*names, "points_upper", "p", "p_adjusted"])


def make_trends(
    k: int = 12, labels: list[str] | None = None, backend: str = "gibbs-lda", seed: int = 0
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    change, half = rng.normal(0, 3, k), rng.uniform(0.3, 1.2, k)
    frame = pd.DataFrame(
        {
            "backend": backend,
            "topic": range(k),
            "label": labels or make_labels(k, 10, 25, seed),
            "finding": "no change detected",
            "change": change,
            "change_lower": change - half,
            "change_upper": change + half,
            "slope": change / 4,
            "lower": (change - half) / 4,
            "upper": (change + half) / 4,
            "p": 0.2,
            "p_adjusted": 0.4,
            "power": 2.5,
            "turn": "",
            "turn_at": np.nan,
            "p_turn_adjusted": 1.0,
            "note": "",
        }
    )
    for finding, rows in (("rising", change > half), ("falling", change < -half)):
        frame.loc[rows, ["finding", "p", "p_adjusted"]] = [finding, 0.001, 0.01]
    if k > 3:
        turn = ["turned", "rose, then fell", 2021.5, 0.01]
        frame.loc[k - 2, ["finding", "turn", "turn_at", "p_turn_adjusted"]] = turn
    if k > 2:
        numbers = [c for c in frame if c not in {"backend", "topic", "label", "turn", "note"}]
        frame.loc[k - 1, numbers[1:]] = np.nan
        frame.loc[k - 1, ["finding", "note"]] = ["not tested", "too few documents"]
    return frame


def make_coverage(periods: int = 14, freq: str = "6MS") -> pd.DataFrame:
    docs = np.arange(3, 3 + 4 * periods, 4)
    return pd.DataFrame(
        {
            "period": pd.date_range("2019-01-01", periods=periods, freq=freq),
            "n_docs": docs,
            "n_dated": docs,
            "n_with_text": docs - 1,
            "complete": [i < periods - 1 for i in range(periods)],
        }
    )


def make_dates() -> pd.DataFrame:
    rows = [
        ("stated", "day", 150),
        ("snapshot-year", "day", 8),
        ("lookup", "day", 81),
        ("lookup", "month", 116),
        ("none", None, 1),
    ]
    return pd.DataFrame(rows, columns=["date_evidence", "date_precision", "n_docs"])


def make_alignment(k: int = 12, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    other = rng.permutation(k)
    rows: list[tuple[object, ...]] = [
        ("gibbs-lda", i, "bertopic", int(other[i]), float(rng.uniform(0.2, 0.9)), 0.01)
        for i in range(k - 1)
    ]
    rows += [
        ("gibbs-lda", k - 1, "bertopic", -1, np.nan, np.nan),
        ("gibbs-lda", -1, "bertopic", int(other[k - 1]), np.nan, np.nan),
    ]
    return pd.DataFrame(
        rows, columns=["backend_a", "topic_a", "backend_b", "topic_b", "similarity", "null_p"]
    )


def make_words(
    k: int = 12, labels: list[str] | None = None, least: int = 3, most: int = 30, seed: int = 0
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    labels = labels or make_labels(k, 10, 25, seed)
    names = make_labels(10 * k, least, most, seed + 1)
    rows = [
        (
            t,
            labels[t],
            j + 1,
            names[10 * t + j],
            float(rng.uniform(0.005, 0.2)),
            float(10 ** rng.uniform(-6, -1.5)),
        )
        for t in range(k)
        for j in range(10)
    ]
    return pd.DataFrame(rows, columns=["topic", "label", "place", "term", "in_topic", "in_corpus"])


def make_seeds(
    k: int = 12, labels: list[str] | None = None, n: int = 4, seed: int = 0
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    labels = labels or make_labels(k, 10, 25, seed)
    rows = [
        (t, labels[t], s, float(rng.uniform(0.3, 1)) if rng.random() < 0.8 else np.nan)
        for t in range(k)
        for s in range(n)
    ]
    return pd.DataFrame(rows, columns=["topic", "label", "seed", "similarity"])


def make_crossed(k: int = 12, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    counts = rng.negative_binomial(0.3, 0.05, size=(k + 1, k + 1))
    counts += np.diag(rng.integers(5, 40, k + 1))
    rows = [
        ("gibbs-lda", a - 1, "bertopic", b - 1, int(counts[a, b]))
        for a in range(k + 1)
        for b in range(k + 1)
    ]
    return pd.DataFrame(rows, columns=["backend_a", "topic_a", "backend_b", "topic_b", "n_docs"])


def make_map(k: int = 12, n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    topic = rng.integers(-1, k, n)
    at = rng.normal(size=(k + 1, 2))[topic] + 0.15 * rng.normal(size=(n, 2))
    return pd.DataFrame(
        {"id": [f"d{i}" for i in range(n)], "x": at[:, 0], "y": at[:, 1], "topic": topic}
    )


def make_marks(periods: int = 14, freq: str = "6MS") -> pd.DataFrame:
    starts = pd.date_range("2019-01-01", periods=periods, freq=freq)
    return pd.DataFrame({"period": starts[1:3], "before": "a", "after": "b"})


def make_curve(*backends: str) -> pd.DataFrame:
    """``topic_number.csv``: what recurs over seeds and families."""
    rows: list[tuple[object, ...]] = []
    for k in (4, 6, 8, 11, 16, 23, 32):
        rows += [
            (k, "seeds", b, b, 3, 0.8, 0.02, min(k, 9.5), min(k, 8), min(k, 11), 0.1 + 0.01 * i)
            for i, b in enumerate(backends)
        ]
        rows += [
            (k, "families", backends[0], b, 9, 0.5, 0.02, min(k, 6.0), 4, 7, np.nan)
            for b in backends[1:]
        ]
    names = (
        "n_topics compared backend_a backend_b pairs similarity similarity_se recurring "
        "recurring_low recurring_high npmi"
    )
    return pd.DataFrame(rows, columns=names.split())


def make_cells(
    panels: int = 2, rows: int = 4, each: int = 3, labels: list[str] | None = None
) -> pd.DataFrame:
    """Measured error rates."""
    labels = labels or [f"a row with some words, {r}" for r in range(rows)]
    made = [
        (f"rate {p}", labels[r], 0.04 + 0.004 * i, 0.002, 0.05, np.nan, 0.0479)
        for p in range(panels)
        for r in range(rows)
        for i in range(each)
    ]
    return pd.DataFrame(made, columns=["panel", "row", "value", "se", "nominal", "low", "high"])


def make_specifications(
    topics: int = 3, seeds: int = 5, labels: list[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``specifications.csv`` and ``claims.csv`` of a multiverse."""
    rng = np.random.default_rng(2)
    names = labels or [f"topic of words {k}" for k in range(topics)]
    choices = {
        "backend": ["gibbs-lda", "lda", "bertopic"],
        "n_topics": [10, 12, 15],
        "seed": range(1, seeds + 1),
        "theta": ["hard", "mean"],
        "period_length": ["quarter", "half-year", "year"],
    }
    cells = list(itertools.product(*choices.values()))
    rows, claims = [], []
    for k in range(topics):
        centre = 1.2 - 0.8 * k % 4
        for i, cell in enumerate(cells):
            change = centre + rng.normal(0, 0.4) if rng.random() > 0.1 else np.nan
            half = rng.gamma(4, 0.2)
            found = abs(change) > half
            row = {"specification": f"s{i}", **dict(zip(choices, cell, strict=True))}
            row |= {
                "topic": k,
                "label": names[k],
                "finding": "not tested"
                if np.isnan(change)
                else ("rising" if change > 0 else "falling")
                if found
                else "no change detected",
                "change": change,
                "change_lower": change - half,
                "change_upper": change + half,
                "p_adjusted": 0.01 if found else 0.4,
            }
            rows.append(row)
        claims.append(
            {
                "topic": k,
                "label": names[k],
                "finding": ["rising", "falling", "no change detected"][k % 3],
                "change": centre,
                "change_lower": centre - 0.5,
                "change_upper": centre + 0.5,
                "agreement": 0.9,
                "stability": ["stable", "depends on choices", "not examined"][k % 3],
            }
        )
    return pd.DataFrame(rows), pd.DataFrame(claims)


def make_standardized(k: int = 12, labels: list[str] | None = None) -> pd.DataFrame:
    """``trends_standardized.csv`` of one backend."""
    frame = make_trends(k, labels)
    for tail, seed in (("same", 1), ("standardized", 2)):
        other = make_trends(k, labels, seed=seed)
        for name in ("finding", "change", "change_lower", "change_upper", "p", "p_adjusted"):
            frame[f"{name}_{tail}"] = other[name]
    return frame


def _starts(periods: int, freq: str) -> pd.DatetimeIndex:
    return pd.date_range("2019-01-01", periods=periods, freq=freq)


def make_mix(
    periods: int = 14, freq: str = "6MS", n: int = 8, seed: int = 0, labels: list[str] | None = None
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    names = (labels or [f"journal of things number {i}" if i % 2 else f"v{i}" for i in range(n)])[
        :n
    ]
    counts = rng.multinomial(60, rng.dirichlet(np.ones(len(names))), size=periods)
    if periods > 4:
        counts[2] = 0
    starts = _starts(periods, freq)
    rows = [
        (s, m, int(c))
        for s, row in zip(starts, counts, strict=True)
        for m, c in zip(names, row, strict=True)
    ]
    return pd.DataFrame(rows, columns=["period", "label", "n_docs"])


def make_evidence(periods: int = 14, freq: str = "6MS") -> pd.DataFrame:
    kinds = [("stated", "day"), ("lookup", "month"), ("arxiv-id", "month"), ("none", np.nan)]
    rows = [(s, e, p, 3 + i) for s in _starts(periods, freq) for i, (e, p) in enumerate(kinds)]
    return pd.DataFrame(
        [*rows, (pd.NaT, "none", np.nan, 4)],
        columns=["period", "date_evidence", "date_precision", "n_docs"],
    )


def make_lengths(periods: int = 14, freq: str = "6MS") -> pd.DataFrame:
    frame = pd.DataFrame({"period": _starts(periods, freq), "n_docs": 40})
    for i, name in enumerate(("q10", "q25", "median", "q75", "q90")):
        frame[name] = 80.0 + 40 * i + np.arange(periods)
    if periods > 4:
        frame.loc[2, ["n_docs", "q10", "q25", "median", "q75", "q90"]] = [0, *[np.nan] * 5]
    return frame


def make_lag(periods: int = 14, freq: str = "6MS", known: bool = True) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "period": _starts(periods, freq),
            "n_docs": 1200.0 + np.arange(periods),
            "complete": [i < periods - 1 for i in range(periods)],
        }
    )
    late = np.arange(periods) >= periods - 3
    frame["expected"], frame["lower"], frame["upper"] = (
        np.where(late, v, np.nan) for v in (1300.0, 700.0, 90000.0)
    )
    frame["completeness"] = np.where(late, 0.8, 1.0) if known else np.nan
    return frame


def make_repeats(periods: int = 14, freq: str = "6MS") -> pd.DataFrame:
    rows = [
        (s, k, n, 50)
        for s in _starts(periods, freq)
        for k, n in (("ids", 1), ("titles", 2), ("texts", 0))
    ]
    return pd.DataFrame(rows, columns=["period", "kind", "n_repeats", "n_docs"])


def make_drift(updates: int) -> pd.DataFrame:
    """Misfits of updates by four measures; the last ones raise an alarm."""
    rng, rows = np.random.default_rng(5), []
    for number in range(1, updates + 1):
        for measure in ("unassigned", "surprise", "distance", "outside"):
            alarm = measure == "surprise" and number > updates - 2
            share = rng.uniform(0.0, 0.02) + 0.05 * alarm
            rows.append(
                {
                    "update": number,
                    "date": f"{2020 + number // 12}-{1 + number % 12:02d}-01",
                    "measure": measure,
                    "documents": 200,
                    "share": share,
                    "share_past": 0.01,
                    "alarm": alarm,
                }
            )
    return pd.DataFrame(rows)
