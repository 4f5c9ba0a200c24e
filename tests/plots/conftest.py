"""Made-up tables in the shape of a run's files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pytest

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
    k: int = 12, periods: int = 14, n: int = 355, labels: list[str] | None = None, freq: str = "6MS", seed: int = 0
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
            lower, upper = (np.clip(share[i] - band, 0, 1), np.clip(share[i] + band, 0, 1)) if i < k else (np.nan, np.nan)
            label = labels[i] if i < k else "unassigned"
            rows.append(("gibbs-lda", i if i < k else -1, label, start, docs[j], share[i], lower, upper, j < periods - 1))
    names = ["backend", "topic", "label", "period", "n_docs", "share", "lower", "upper", "complete"]
    return pd.DataFrame(rows, columns=names)


def make_trends(k: int = 12, labels: list[str] | None = None, backend: str = "gibbs-lda", seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    slope, half = rng.normal(0, 0.9, k), rng.uniform(0.3, 1.2, k)
    p = rng.uniform(0, 0.2, k)
    frame = pd.DataFrame(
        {
            "backend": backend,
            "topic": range(k),
            "label": labels or make_labels(k, 10, 25, seed),
            "slope": slope,
            "lower": slope - half,
            "upper": slope + half,
            "p": p / 2,
            "p_adjusted": p,
            "power": 0.5,
            "note": "",
        }
    )
    if k > 2:
        frame.loc[k - 1, ["slope", "lower", "upper", "p", "p_adjusted"]] = np.nan
        frame.loc[k - 1, "note"] = "too few documents"
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
        ("gibbs-lda", i, "bertopic", int(other[i]), float(rng.uniform(0.2, 0.9)), 0.01) for i in range(k - 1)
    ]
    rows += [
        ("gibbs-lda", k - 1, "bertopic", -1, np.nan, np.nan),
        ("gibbs-lda", -1, "bertopic", int(other[k - 1]), np.nan, np.nan),
    ]
    return pd.DataFrame(rows, columns=["backend_a", "topic_a", "backend_b", "topic_b", "similarity", "null_p"])


def make_ranks(k: int = 12, periods: int = 14, labels: list[str] | None = None, freq: str = "6MS") -> pd.DataFrame:
    frame = make_prevalence(k, periods, labels=labels, freq=freq)
    frame = frame[frame["topic"] >= 0].copy()
    frame["rank"] = frame.groupby("period")["share"].rank(ascending=False)
    frame["best"] = (frame["rank"] - 2).clip(lower=1).round()
    frame["worst"] = (frame["rank"] + 2).clip(upper=k).round()
    return frame.reset_index(drop=True)


def make_words(k: int = 12, labels: list[str] | None = None, least: int = 3, most: int = 30, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    labels = labels or make_labels(k, 10, 25, seed)
    names = make_labels(10 * k, least, most, seed + 1)
    rows = [
        (t, labels[t], j + 1, names[10 * t + j], float(rng.uniform(0.005, 0.2)), float(10 ** rng.uniform(-6, -1.5)))
        for t in range(k)
        for j in range(10)
    ]
    return pd.DataFrame(rows, columns=["topic", "label", "place", "term", "in_topic", "in_corpus"])


def make_seeds(k: int = 12, labels: list[str] | None = None, n: int = 4, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    labels = labels or make_labels(k, 10, 25, seed)
    rows = [(t, labels[t], s, float(rng.uniform(0.3, 1)) if rng.random() < 0.8 else np.nan) for t in range(k) for s in range(n)]
    return pd.DataFrame(rows, columns=["topic", "label", "seed", "similarity"])


def make_crossed(k: int = 12, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    counts = rng.negative_binomial(0.3, 0.05, size=(k + 1, k + 1))
    counts += np.diag(rng.integers(5, 40, k + 1))
    rows = [("gibbs-lda", a - 1, "bertopic", b - 1, int(counts[a, b])) for a in range(k + 1) for b in range(k + 1)]
    return pd.DataFrame(rows, columns=["backend_a", "topic_a", "backend_b", "topic_b", "n_docs"])


def make_map(k: int = 12, n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    topic = rng.integers(-1, k, n)
    at = rng.normal(size=(k + 1, 2))[topic] + 0.15 * rng.normal(size=(n, 2))
    return pd.DataFrame({"id": [f"d{i}" for i in range(n)], "x": at[:, 0], "y": at[:, 1], "topic": topic})


def make_marks(periods: int = 14, freq: str = "6MS") -> pd.DataFrame:
    starts = pd.date_range("2019-01-01", periods=periods, freq=freq)
    return pd.DataFrame({"period": starts[1:3], "before": "a", "after": "b"})


def as_many(draw: Callable[[int | None], object], top: int | None = None) -> object:
    """Draw all topics, or as many as the venue has room for."""
    from trends.plots import TooTallError

    while True:
        try:
            return draw(top)
        except TooTallError as error:
            top = error.most if top is None else min(error.most, top - 1)
            assert top >= 1, error


def recipes(
    k: int = 12, labels: list[str] | None = None, periods: int = 14, freq: str = "6MS", documents: int = 400
) -> dict[str, Callable[[], object]]:
    """Every figure of a run, by its stem."""
    import trends.plots as plots

    labels = labels or make_labels(k, 10, 25)
    shares = make_prevalence(k, periods, labels=labels, freq=freq)
    both = pd.concat([make_trends(k, labels), make_trends(k, labels[::-1], "bertopic", seed=1)])
    names = both[["backend", "topic", "label"]]
    pairs = make_alignment(k)
    matched = pairs[(pairs["topic_a"] >= 0) & (pairs["topic_b"] >= 0)]
    ranks, marks = make_ranks(k, periods, labels, freq), make_marks(periods, freq)
    fit = {
        "prevalence": lambda n: plots.prevalence(shares, top=n),
        "prevalence-free": lambda n: plots.prevalence(shares, top=n, free_y=True, stem="prevalence-free"),
        "heatmap": lambda n: plots.heatmap(shares, top=n),
        "coverage": lambda n: plots.coverage(make_coverage(periods, freq), dates=make_dates(), marks=marks),
        "changes": lambda n: plots.changes(make_trends(k, labels).head(n or k), n_docs=355),
        "agreement": lambda n: plots.agreement(matched.head(n or k), names, both),
        "composition": lambda n: plots.composition(shares),
        "ranks": lambda n: plots.ranks(ranks, top=n or 8),
        "terms": lambda n: plots.terms(make_words(k, labels), top=n),
        "seeds": lambda n: plots.seeds(make_seeds(k, labels), top=n),
        "flows": lambda n: plots.flows(make_crossed(n or k), names, pairs),
        "map": lambda n: plots.documents(make_map(k, documents), names[["topic", "label"]]),
    }
    return {stem: partial(as_many, draw) for stem, draw in fit.items()}


def draw_all(k: int = 12, labels: list[str] | None = None, periods: int = 14, freq: str = "6MS") -> list[object]:
    """Every figure of a run, once."""
    return [draw() for draw in recipes(k, labels, periods, freq).values()]


@pytest.fixture
def each_figure() -> Callable[..., dict[str, Callable[[], object]]]:
    return recipes


@pytest.fixture
def every_figure() -> Callable[..., list[object]]:
    return draw_all


@pytest.fixture
def tables() -> dict[str, Callable[..., pd.DataFrame]]:
    return {
        "prevalence": make_prevalence,
        "trends": make_trends,
        "coverage": make_coverage,
        "dates": make_dates,
        "alignment": make_alignment,
        "ranks": make_ranks,
        "words": make_words,
        "seeds": make_seeds,
        "crossed": make_crossed,
        "map": make_map,
        "marks": make_marks,
    }


@pytest.fixture
def labels() -> Callable[..., list[str]]:
    return make_labels
