"""Alignment on fits whose truth is known.

How many matches are right, and how many topics without a partner are left alone.

python experiments/planted/alignment.py --repeats 1      # a minute, for a first look
python experiments/planted/alignment.py                  # some minutes on one core
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parent))

from alignment_pairs import FATES, Cell, make_pair

from trends.analysis.alignment.hungarian import MINIMUM, RELATIVE, align, assign, p_values
from trends.analysis.alignment.similarity import compare
from trends.analysis.simulation.words import Words, topic_words
from trends.core import TermCounts, Topics

HERE = Path(__file__).resolve().parent
COUNTS = ("right", "wrong", "missed", "lonely", "rejected")
N_NULL = 99


def grid() -> list[tuple[str, Cell]]:
    """The cells: name of the group and what the fits are like."""
    out = []
    for k, n, family, fate in itertools.product(
        (5, 10, 20, 40), (300, 1000, 5000), ("soft", "hard", "mixed"), FATES
    ):
        out.append(("size", Cell(k, n, lost=1 if k == 5 else 2, families=family, fate=fate)))
    for k in (10, 20):
        base = Cell(k, 1000, lost=2, families="mixed")
        out += [("noise", base.but(noise=noise)) for noise in (0.0, 0.1, 0.3, 0.4)]
        out += [("lost", base.but(lost=lost)) for lost in (0, 1, 3)]
        out += [("documents in common", base.but(shared=shared)) for shared in (0.2, 0.5, 0.8)]
        out += [("more topics in truth", base.but(unequal=unequal)) for unequal in (1, 3)]
        out += [("split", base.but(lost=1, split=split)) for split in (1, 3)]
        out += [("merged", base.but(lost=1, merged=merged)) for merged in (1, 2)]
    for kind in ("words", "embeddings"):
        for k, n, shared in itertools.product((5, 10, 20, 40), (300, 1000, 5000), (1.0, 0.0)):
            out.append(
                (
                    kind,
                    Cell(
                        k,
                        n,
                        lost=1 if k == 5 else 2,
                        families="mixed",
                        shared=shared,
                        similarity=kind,
                    ),
                )
            )
    return out


def plain(left: Topics, right: Topics, kind: str, vectors: object, rng: int) -> dict[int, int]:
    """The obvious rule, to compare with.

    One maximum over all pairs on one scale, one floor, nothing known of scatter.
    """
    comparison = compare(left, right, kind, vectors)
    observed, null = comparison.observed(), comparison.permuted(N_NULL, np.random.default_rng(rng))
    chance = null.mean(0)
    beyond = (observed - chance) / np.maximum(1 - chance, 1e-12)
    p = p_values(beyond, ((null - chance) / np.maximum(1 - chance, 1e-12)).max((1, 2)))
    pairs = assign(np.where((p <= 0.05) & (beyond >= MINIMUM), beyond, 0.0))
    size = beyond[pairs[:, 0], pairs[:, 1]]
    return dict(pairs[size >= RELATIVE * np.median(size)].tolist()) if len(pairs) else {}


def judge(
    partner: dict[int, int], main: dict[int, int], lonely_left: list[int], lonely_right: list[int]
) -> dict[str, int]:
    taken = set(partner.values())
    right = sum(partner.get(i) == j for i, j in main.items())
    missed = sum(i not in partner for i in main)
    rejected = sum(i not in partner for i in lonely_left) + sum(
        j not in taken for j in lonely_right
    )
    counted = (
        right,
        len(main) - right - missed,
        missed,
        len(lonely_left) + len(lonely_right),
        rejected,
    )
    return dict(zip(COUNTS, counted, strict=True))


def measure(cell: Cell, seed: int) -> dict[str, int]:
    pair = make_pair(cell, np.random.default_rng([seed, cell.topics, cell.documents]))
    left, right = pair.left, pair.right
    found = align(
        left, right, similarity=cell.similarity, embeddings=pair.vectors, n_null=N_NULL, rng=seed
    )
    obvious = plain(left, right, cell.similarity, pair.vectors, seed)
    known = {t for names in pair.true_left for t in names}
    lonely_left = [i for i in range(left.n_topics) if i not in pair.main]
    lonely_right = [j for j in range(right.n_topics) if not set(pair.true_right[j]) & known]
    # Of a topic that the right fit merged with another one, either part may be its partner; the
    # part that is not counts neither way.
    main = dict(pair.main)
    for j, names in enumerate(pair.true_right):
        holders = [i for i in main if main[i] == j]
        if len(names) > 1 and len(holders) > 1:
            for i in sorted(holders, key=lambda i: -left.share[i])[1:]:
                del main[i]
    out = {}
    for name, partner in (("", dict(found.pairs.tolist())), ("plain_", obvious)):
        merged = {i: j for i, j in partner.items() if i in main or i in lonely_left}
        out |= {f"{name}{k}": v for k, v in judge(merged, main, lonely_left, lonely_right).items()}
    return out


def measure_fitted(topics: int, fewer: int, seed: int) -> dict[str, int]:
    """A real fit against the truth without ``fewer`` of its topics.

    Which fitted topic is which is known by its words alone.
    """
    from trends.models import BACKENDS

    rng = np.random.default_rng([seed, topics, 77])
    phi, _ = topic_words(topics, Words(terms=800, overlap=0.3), rng)
    theta = rng.dirichlet(0.1 * topics * rng.dirichlet(np.full(topics, 5.0)), 1000)
    counts = sparse.csr_matrix(rng.poisson(80 * theta @ phi).astype(np.int32))
    ids, terms = tuple(f"d{i}" for i in range(1000)), tuple(f"w{j:03}" for j in range(800))
    fit = BACKENDS.load("gibbs-lda")(
        TermCounts(counts, terms, ids),
        n_topics=topics,
        seed=seed,
        embeddings=None,
        settings={"iterations": 300, "burn_in": 150},
    )
    a, b = (
        phi / np.linalg.norm(phi, axis=1)[:, None],
        fit.phi / np.linalg.norm(fit.phi, axis=1)[:, None],
    )
    cosine = a @ b.T
    same = [
        (t, int(cosine[t].argmax()))
        for t in range(topics)
        if cosine[t].max() > 0.8 and cosine[:, cosine[t].argmax()].argmax() == t
    ]
    gone = set(rng.choice([t for t, _ in same], fewer, replace=False).tolist())
    kept = [t for t in range(topics) if t not in gone]
    truth = Topics(theta[:, kept], theta[:, sorted(gone)].sum(1), phi[kept], terms, ids)
    main = {kept.index(t): j for t, j in same if t not in gone}
    lonely = [j for t, j in same if t in gone]
    out = {}
    found = dict(align(truth, fit, n_null=N_NULL, rng=seed).pairs.tolist())
    for name, partner in (("", found), ("plain_", plain(truth, fit, "documents", None, seed))):
        out |= {f"{name}{k}": v for k, v in judge(partner, main, [], lonely).items()}
    return out


def row(counted: list[dict[str, int]]) -> dict[str, float]:
    """Rates and their standard errors, pairs of fits taken as the units."""
    table = pd.DataFrame(counted)
    out: dict[str, float] = {"pairs": len(table)}
    for name in ("", "plain_"):
        right, wrong, missed, lonely, rejected = (
            table[f"{name}{k}"].to_numpy(float) for k in COUNTS
        )
        for rate, above, below in (
            ("right", right, right + wrong),
            ("found", right, right + wrong + missed),
            ("rejected", rejected, lonely),
        ):
            total = below.sum()
            out[f"{name}{rate}_n"] = int(total)
            value = above.sum() / total if total else np.nan
            out[f"{name}{rate}"] = value
            out[f"{name}{rate}_se"] = (
                np.sqrt(((above - value * below) ** 2).sum()) / total if total else np.nan
            )
    return out


def summary(table: pd.DataFrame, cells: pd.DataFrame) -> str:
    """Rates by group; the lowest cell beside the whole."""
    lines = [
        (
            "Right: share of the matches of topics with a partner that are right. Found: "
            "share of such "
            "topics that are matched rightly."
        ),
        (
            "Rejected: share of topics without a partner that are left alone. Plain: one "
            "maximum over "
            "all pairs, a floor, no scatter."
        ),
        (
            f"{int(table['pairs'].sum()):,} pairs of fits, {N_NULL} permutations each; "
            "standard errors "
            "in parentheses, pairs as units."
        ),
        "",
        (
            "| fits | pairs | right | found | rejected | n lonely | lowest cell, rejected | right, "
            "plain | found, plain | rejected, plain |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (group, topics, documents), part in cells.groupby(
        ["group", "topics", "documents"], sort=False
    ):
        whole = row(
            part[[c for c in part.columns if c.removeprefix("plain_") in COUNTS]].to_dict("records")
        )
        of_cells = table[
            (table["group"] == group)
            & (table["topics"] == topics)
            & (table["documents"] == documents)
        ]
        value = {
            k: f"{whole[k]:.3f} ({whole[f'{k}_se']:.3f})" if whole[f"{k}_n"] else "–"
            for k in ("right", "found", "rejected")
        }
        low = f"{of_cells['rejected'].min():.3f}" if of_cells["rejected"].notna().any() else "–"
        old = [
            f"{whole[f'plain_{k}']:.3f}" if whole[f"{k}_n"] else "–"
            for k in ("right", "found", "rejected")
        ]
        name = f"{group}: {topics} topics, {documents:,} documents"
        n_lonely = int(whole["rejected_n"])
        shown = (
            name,
            whole["pairs"],
            value["right"],
            value["found"],
            value["rejected"],
            n_lonely,
            low,
            *old,
        )
        lines.append(f"| {' | '.join(map(str, shown))} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--repeats",
        type=int,
        default=4,
        help="pairs of fits a cell; a quarter of it, at least one, at 5,000 documents",
    )
    parser.add_argument("--rng", type=int, default=20260301, help="seed of all simulations")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    begin, rows, single = time.perf_counter(), [], []
    for group, cell in grid():
        repeats = options.repeats if cell.documents <= 1000 else max(1, options.repeats // 4)
        counted = [measure(cell, options.rng + r) for r in range(repeats)]
        about = {"group": group, **cell.__dict__}
        rows.append({**about, **row(counted)})
        single += [{**about, **c} for c in counted]
        print(
            f"{len(rows)}: {group}, {cell.topics} topics, {cell.documents} documents: "
            f"{rows[-1]['rejected']:.3f}",
            flush=True,
        )
    for topics, fewer in ((5, 1), (10, 1), (10, 3), (20, 3)):
        counted = [measure_fitted(topics, fewer, options.rng + r) for r in range(options.repeats)]
        about = {
            "group": f"gibbs-lda, truth lacks {fewer}",
            "topics": topics,
            "documents": 1000,
            "similarity": "documents",
        }
        rows.append({**about, **row(counted)})
        single += [{**about, **c} for c in counted]
    table = pd.DataFrame(rows)
    table.to_csv(
        options.out / "alignment.csv", index=False, float_format="%.6g", lineterminator="\n"
    )
    text = (
        f"Seed {options.rng}, {options.repeats} pairs of fits a cell (a quarter of it at 5,000 "
        f"documents).\n\n{summary(table, pd.DataFrame(single))}"
    )
    (options.out / "alignment.md").write_text(text, encoding="utf-8")
    print(text)
    print(f"{time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
