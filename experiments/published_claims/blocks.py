"""One specification as counts over base periods, its test, and the same with periods shuffled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.groups.model import fit_groups
from trends.analysis.trend.model import fit_model, scores
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.series import Series
from trends.analysis.trend.spans import Span, span_weights
from trends.analysis.trend.table import found_of, trend_of
from trends.analysis.trend.turning import turning

Array = NDArray[np.float64]

#: Year of the first of the random keys by which years are shuffled, and how many there are, so
#: that all specifications of a data set see the same shuffle.
KEY_FROM, KEYS = 1780, 300


@dataclass(frozen=True)
class Block:
    """Counts of rows (topics, words, categories) over base periods, and how they are tested.

    Parameters
    ----------
    name : str
        Of the specification; p is adjusted over the blocks of a data set that share it.
    y, n : ndarray, shape (rows, base periods)
        (Effective) counts and denominators.
    first : float
        When the first base period starts, in years.
    targets : dict of str to int
        Claim → row; -1 where this specification has no such row.
    length : int
        Base periods of a period.
    spans : str or pair of pairs
        ``"thirds"``, ``"halves"``, or spans in years.
    scale : float
        Years of a base period.
    role : str
        ``"main"``, ``"choice"``, or ``"held"`` (the confounder held fixed).
    beside : int
        So many last rows are learnt from and not tested.
    """

    name: str
    y: Array
    n: Array
    first: float
    targets: dict[str, int]
    length: int = 1
    spans: str | tuple[Span, Span] = "thirds"
    scale: float = 1.0
    role: str = "choice"
    beside: int = 0
    group: Block | None = field(default=None, compare=False)

    def order(self, key: Array) -> NDArray[np.int64]:
        """Base periods in the order of a random key of each; empty ones stay where they are."""
        out = np.arange(self.y.shape[1])
        some = np.flatnonzero(self.n.max(axis=0) > 0)
        begin = int(self.first) - KEY_FROM if self.scale == 1 else 0
        out[some] = some[np.argsort(key[begin + some], kind="stable")]
        return out

    def series(self, order: NDArray[np.int64] | None = None) -> Series:
        """Counts of the periods that have documents."""
        number = np.arange(self.y.shape[1]) // self.length
        into = np.eye(number[-1] + 1)[number]
        at = slice(None) if order is None else order
        y, n = self.y[:, at] @ into, self.n[:, at] @ into
        keep = np.flatnonzero((n > 0).all(axis=0))
        starts = self.first + keep * self.length * self.scale
        names = tuple(f"{s:.5g}" for s in starts)
        y, n = np.clip(y[:, keep], 0, n[:, keep]), n[:, keep]
        labels = tuple(map(str, range(len(y))))
        return Series(y, n, starts, labels, (), keep, starts, names, keep, starts)

    def between(self, starts: Array) -> tuple[Span, Span] | None:
        """The two spans, in years."""
        if self.spans == "thirds":
            return None
        if self.spans == "halves":
            half = len(starts) // 2
            return (
                (float(starts[0]) - 1e-4, float(starts[half - 1]) + 1e-4),
                (float(starts[-half]) - 1e-4, float(starts[-1]) + 1e-4),
            )
        (a, b), (c, d) = self.spans  # type: ignore[misc]
        return (float(a), float(b)), (float(c), float(d))

    def spans_of(self, series: Series) -> NDArray[np.int64]:
        """1 for periods of the first span, 2 for those of the last, else 0."""
        (a, b), _ = span_weights(series.starts, self.between(series.starts), series.names)
        return (a > 0) + 2 * (b > 0)


def table_of(block: Block, order: NDArray[np.int64] | None = None) -> pd.DataFrame:
    """The package's table of trends of the tested rows."""
    series = block.series(order)
    rows = len(series.y) - block.beside
    own = Series(
        series.y[:rows], series.n[:rows], series.x, series.labels[:rows], (),
        series.steps, series.starts, series.names, series.course, series.periods,
    )  # fmt: skip
    beside = None
    if block.beside:
        beside = Series(
            series.y[rows:], series.n[rows:], series.x, series.labels[rows:], (),
            series.steps, series.starts, series.names, series.course, series.periods,
        )  # fmt: skip
    return trend_of(own, spans=block.between(series.starts), beside=beside).frame()


def test(blocks: Sequence[Block]) -> list[pd.DataFrame]:
    """Tables of all blocks; p adjusted, and findings said, over those of one name."""
    tables = [table_of(b) for b in blocks]
    for name in {b.name for b in blocks}:
        some = [t for t, b in zip(tables, blocks, strict=True) if b.name == name]
        for p, q in (("p", "p_adjusted"), ("p_turn", "p_turn_adjusted")):
            whole = adjust(np.concatenate([t[p].to_numpy(float) for t in some]))
            ends = np.cumsum([len(t) for t in some])[:-1]
            for t, values in zip(some, np.split(whole, ends), strict=True):
                t[q] = values
        for t in some:
            t["finding"] = [
                found_of(*row)
                for row in t[["log_odds", "p_adjusted", "turn", "p_turn_adjusted"]].itertuples(
                    index=False
                )
            ]
    return tables


def turn_of(block: Block, order: NDArray[np.int64] | None = None) -> tuple[Array, Array, Array]:
    """Sign, time and p of the strongest turn of every row."""
    series = block.series(order)
    fit = fit_model(series.y, series.n, series.steps)
    found = turning(fit, series.steps)
    at = series.x[0] + found.knot * (series.x[-1] - series.x[0])
    return found.sign, at, found.p


def differ(block: Block, order: NDArray[np.int64] | None = None) -> Array:
    """P of the hypothesis that both groups of a block change alike, of every row."""
    one, other = block.series(order), block.group.series(order)  # type: ignore[union-attr]
    y, n = np.stack([one.y, other.y], axis=1), np.stack([one.n, other.n], axis=1)
    out = np.full(len(y), np.nan)
    tested = np.flatnonzero((y.sum(axis=2) > 0).all(axis=1))
    weights, _ = span_weights(one.starts, block.between(one.starts), one.names)
    out[tested] = fit_groups(y[tested], n[tested], one.steps, weights).p
    return out


def shuffled(blocks: Sequence[Block], orders: Sequence[Sequence[NDArray[np.int64]]]):
    """Change, p and adjusted p of every tested row under orders of the base periods.

    Parameters
    ----------
    blocks : sequence of Block
        Of one name: p is adjusted over all of them.
    orders : sequence of sequences
        For each shuffle an order for each block.

    Returns
    -------
    list of ndarray, shape (3, shuffles, rows)
        For each block.
    """
    out = []
    for b, block in enumerate(blocks):
        series = [block.series(o[b]) for o in orders]
        first = series[0]
        tested = first.tested
        y, n = (np.stack([getattr(s, v)[tested] for s in series]) for v in ("y", "n"))
        rows = len(first.y) - block.beside
        whole = np.full((2, len(orders), len(first.y)), np.nan)
        if len(first.x) > 1 and len(tested):
            weights, _ = span_weights(first.starts, block.between(first.starts), first.names)
            whole[:, :, tested] = np.stack(scores(y, n, first.steps, weights))
        out.append(whole[:, :, :rows])
    joined = np.concatenate([w[1] for w in out], axis=1)
    adjusted = np.stack([adjust(row) for row in joined])
    ends = np.cumsum([w.shape[2] for w in out])[:-1]
    parts = np.split(adjusted, ends, axis=1)
    return [np.concatenate([w, q[None]]) for w, q in zip(out, parts, strict=True)]
