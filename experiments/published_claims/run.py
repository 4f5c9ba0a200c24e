"""Test the claims of claims.csv on the user's own copy of the data, by PROTOCOL.md.

    python experiments/published_claims/run.py --data FOLDER [--run 1] [--only kinney,pnas]

Each data set is tested by itself and kept in the work folder; `tables.py` puts them together.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import shares
import topics
import turn_of_the_century as century
import words
from blocks import KEYS, Block, differ, shuffled, test, turn_of
from rule import ALPHA, Said, judge

from trends.analysis.trend.multiplicity import adjust

HERE = Path(__file__).parent

#: Data set → where it lies in the folder of data (see README.md).
PLACES = {
    "kinney": "claims/kinney_formal_epistemology",
    "pnas": "claims/gs2004_pnas",
    "psych": "claims/psychtopics",
    "lcm": "claims/museumst_lcm",
    "lcm-topics": "claims/museumst_lcm",
    "sotu": "claims/sotu",
    "century": "claims/sotu",
    "poliblog": "claims/stm_poliblog",
    "acl": "acl.jsonl.gz",
    "nips": "neurips_1987_2018.jsonl.gz",
}


def claims() -> pd.DataFrame:
    """The claims, each with the data set that tests it."""
    table = pd.read_csv(HERE / "claims.csv", keep_default_na=False)
    own_fit = (table["data"] == "lcm") & table["target"].str.match("topic:|group:")
    table.loc[own_fit, "data"] = "lcm-topics"
    table.loc[table["target"] == "all words", "data"] = "century"
    return table


def blocks_of(name: str, folder: Path, mine: pd.DataFrame, run: int, fits: Path) -> list[Block]:
    """All specifications of a data set."""
    target = dict(zip(mine["id"], mine["target"], strict=True))
    dated = {r["id"]: (r["target"], r["first"], r["last"]) for r in mine.to_dict("records")}
    if name in ("kinney", "pnas", "psych"):
        return getattr(shares, name)(folder, target)  # type: ignore[no-any-return]
    if name in ("lcm-topics", "poliblog"):
        road = topics.lcm if name == "lcm-topics" else topics.poliblog
        return road(folder, target, run, fits)
    if name == "sotu":
        return words.sotu(folder, target)
    return getattr(words, name)(folder, dated)  # type: ignore[no-any-return]


def side(direction: str) -> int:
    """1 for rising, -1 for falling, 0 for what has no sign."""
    return {"rising": 1, "falling": -1}.get(direction, 0)


def window(direction: str) -> tuple[float, float]:
    """The stated time of a peak, in years."""
    text = direction.removeprefix("peak ")
    if " to " in text:
        first, last = (pd.Timestamp(t) for t in text.split(" to "))
        return first.year + first.dayofyear / 366, last.year + last.dayofyear / 366
    first, last = text.split("-")
    return float(first), float(last) + 1


def special(block: Block, row: int, direction: str, order: np.ndarray | None = None) -> Said:
    """What a block says of a peak or of a difference between groups."""
    if row < 0:
        return Said(0, False, 1.0, block.name)
    if direction == "differs":
        p = differ(block, order)
        return Said(1, bool(adjust(p)[row] <= ALPHA), float(p[row]), block.name)
    sign, at, p = turn_of(block, order)
    first, last = window(direction)
    beside = block.length * block.scale
    there = sign[row] > 0 and first - beside <= at[row] <= last + beside
    found = bool(adjust(p)[row] <= ALPHA) and there
    return Said(1 if there else -1, found, float(p[row]) if sign[row] > 0 else 1.0, block.name)


def usual_said(row: pd.Series | None, direction: str, name: str) -> Said:
    """What a block says of a rise, a fall or no trend."""
    if row is None:
        return Said(0, False, 1.0, name)
    sign = 1 if row["log_odds"] > 0 else -1
    found = row["finding"] in ("rising", "falling") or (
        direction == "no trend" and row["finding"] == "turned"
    )
    wanted = side(direction) or 1
    return Said(sign * wanted, bool(found), float(row["p"]), name)


class DataSet:
    """Claims, blocks, and what they say of the real and of shuffled years."""

    def __init__(self, mine: pd.DataFrame, blocks: Sequence[Block], keys: np.ndarray) -> None:
        self.mine, self.blocks, self.keys = mine, list(blocks), keys
        self.tables = test(self.blocks)
        self.known: dict[tuple[str, int], list[np.ndarray]] = {}

    def of(self, claim: str, *roles: str) -> list[int]:
        """Numbers of the blocks of a claim, without those that leave too few periods to test."""
        out = []
        for i, block in enumerate(self.blocks):
            if claim in block.targets and block.role in roles:
                row = block.targets[claim]
                if row < 0 or np.isfinite(self.tables[i]["p"].iloc[row]):
                    out.append(i)
        return out

    def real(self, claim: str, direction: str, i: int) -> Said:
        """What a block says."""
        block, row = self.blocks[i], self.blocks[i].targets[claim]
        if direction == "differs" or direction.startswith("peak"):
            return special(block, row, direction)
        return usual_said(self.tables[i].iloc[row] if row >= 0 else None, direction, block.name)

    def shuffle(self, claim: str, direction: str, i: int, some: Sequence[int]) -> list[Said]:
        """What a block says of shuffles; turns are not asked for."""
        block, row = self.blocks[i], self.blocks[i].targets[claim]
        if row < 0:
            return [Said(0, False, 1.0, block.name) for _ in some]
        if direction == "differs" or direction.startswith("peak"):
            return [special(block, row, direction, block.order(self.keys[s])) for s in some]
        change, p, q = self._scores(i, some)[:, :, row]
        wanted = side(direction) or 1
        return [
            Said(int(np.sign(c)) * wanted, bool(b <= ALPHA), float(a), block.name)
            for c, a, b in zip(change, p, q, strict=True)
        ]

    def _scores(self, i: int, some: Sequence[int]) -> np.ndarray:
        """Change, p and adjusted p of a block under shuffles, with those of its family."""
        family = [
            k for k, b in enumerate(self.blocks)
            if (b.name, b.role) == (self.blocks[i].name, self.blocks[i].role)
        ]  # fmt: skip
        missing = [s for s in some if (self.blocks[i].name, s) not in self.known]
        if missing:
            mine = [self.blocks[k] for k in family]
            found = shuffled(mine, [[b.order(self.keys[s]) for b in mine] for s in missing])
            for at, s in enumerate(missing):
                self.known[self.blocks[i].name, s] = [f[:, at] for f in found]
        place = family.index(i)
        return np.stack([self.known[self.blocks[i].name, s][place] for s in some], axis=1)

    def claim(self, claim: str, direction: str) -> tuple[dict, np.ndarray]:
        """The row of results of a claim, and in which shuffles it survives."""
        (main,) = self.of(claim, "main")
        every, fixed = self.of(claim, "main", "choice"), self.of(claim, "held")
        said = self.real(claim, direction, main)
        nulls = self.shuffle(claim, direction, main, range(len(self.keys)))
        p = np.array([s.p for s in nulls])
        placebo = (1 + (p <= said.p * (1 + 1e-9)).sum()) / (1 + len(p))
        held = [self.real(claim, direction, i) for i in fixed]
        choices = [self.real(claim, direction, i) for i in every]
        verdict = judge(direction, said, choices, placebo, held)
        survives = np.zeros(len(p))
        hit = [s for s in range(len(p)) if nulls[s].found and nulls[s].sign > 0]
        if hit and direction != "no trend":
            other = [self.shuffle(claim, direction, i, hit) for i in every]
            kept = [self.shuffle(claim, direction, i, hit) for i in fixed]
            for at, s in enumerate(hit):
                own = (p <= p[s]).sum() / len(p)
                one = judge(direction, nulls[s], [o[at] for o in other], own, [k[at] for k in kept])
                survives[s] = one.verdict == "survives"
        block = self.blocks[main]
        fixed_said = [
            f"{h.name}: {'same' if h.sign > 0 else 'other'} sign, p {h.p:.2g}" for h in held
        ]
        out = {"id": claim, **self._numbers(main, block.targets[claim], direction),
               "p": said.p, "placebo_p": placebo, "found": verdict.found,
               "against": verdict.against, "sign": verdict.sign, "specifications": len(choices),
               "main": block.name, "held": "; ".join(fixed_said), "verdict": verdict.verdict,
               "reason": verdict.reason}  # fmt: skip
        return out, survives

    def _numbers(self, i: int, row: int, direction: str) -> dict:
        """Estimates of a row; p of the turn or of the difference where these are claimed."""
        names = ("finding", "change", "change_lower", "change_upper", "p_adjusted", "power",
                 "share_first", "share_last")  # fmt: skip
        if row < 0:
            return dict.fromkeys(names, np.nan)
        out = {name: self.tables[i].iloc[row][name] for name in names}
        if direction.startswith("peak"):
            out["p_adjusted"] = adjust(turn_of(self.blocks[i])[2])[row]
        if direction == "differs":
            out = dict.fromkeys(names, np.nan)
            out["p_adjusted"] = adjust(differ(self.blocks[i]))[row]
        return out

    def series(self, claim: str) -> pd.DataFrame:
        """Shares of the main specification, else of the first that has the topic."""
        every = self.of(claim, "main") + self.of(claim, "choice")
        block = next(b for b in (self.blocks[i] for i in every) if b.targets[claim] >= 0)
        row, s = block.targets[claim], block.series()
        columns = {"start": s.starts, "share": s.y[row] / s.n[row], "n": s.n[row]}
        return pd.DataFrame({"id": claim, **columns, "span": block.spans_of(s)})


def change_point(folder: Path, keys: np.ndarray) -> tuple[dict, np.ndarray, pd.DataFrame]:
    """The claim about 1917."""
    about, every = words.addresses(folder)
    said, others, main_p = [], [], np.nan
    for width in (20, 10, 15):
        for top in (300, 600):
            y, n, first = century.counts(about, every, top)
            p, own, rest = century.rank(y, n, first, width)
            name = f"{width} years, {top} words"
            said.append(Said(1, p <= ALPHA, p, name))
            if (width, top) == (20, 300):
                main_p, count, others = p, own, rest
                null = [
                    century.rank(*century.shuffle(y, n, first, k), first, width)[:2]
                    for k in keys[:40]
                ]
    placebo = (1 + sum(words_ >= count for _, words_ in null)) / (1 + len(null))
    verdict = judge("change point", said[0], said, placebo)
    out = {"id": "S14", "p": main_p, "p_adjusted": main_p, "change": count,
           "placebo_p": placebo, "found": verdict.found, "against": verdict.against,
           "sign": np.mean([s.found for s in said]), "specifications": len(said),
           "main": said[0].name, "held": "", "verdict": verdict.verdict,
           "reason": f"{verdict.reason}; {count} of 300 words change about 1917, more about "
                     f"{sum(o > count for o in others)} of {len(others)} other years"}  # fmt: skip
    rows = [(c, o) for c, o in zip(century.CANDIDATES, others, strict=True)] + [(1917, count)]
    series = pd.DataFrame(sorted(rows), columns=["start", "share"]).assign(
        id="S14", n=300, span=lambda t: (t["start"] == 1917) * 2
    )
    return out, np.array([float(p <= ALPHA) for p, _ in null]), series


def one(name: str, data: Path, run: int, work: Path, shuffles: int) -> None:
    """Test the claims of one data set and keep what was found."""
    folder = data / PLACES[name]
    table = claims()
    mine = table[(table["data"] == name) & (table["test"] == "yes")]
    rng = np.random.default_rng([run, list(PLACES).index(name)])
    keys = rng.random((shuffles, KEYS))
    rows, series, survived = [], [], {}
    if name == "century":
        row, survived["S14"], frame = change_point(folder, keys)
        rows, series = [row], [frame]
    else:
        data_set = DataSet(mine, blocks_of(name, folder, mine, run, work / "fits"), keys)
        for claim, direction in zip(mine["id"], mine["direction"], strict=True):
            row, null = data_set.claim(claim, direction)
            rows.append(row)
            series.append(data_set.series(claim))
            if direction != "no trend":
                survived[claim] = null
    out = work / f"run{run}"
    out.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(survived).to_csv(out / f"{name}.nulls.csv", index=False)
    pd.concat(series).to_csv(out / f"{name}.series.csv", index=False)
    pd.DataFrame(rows).to_csv(out / f"{name}.csv", index=False)
    print(pd.DataFrame(rows)[["id", "change", "p_adjusted", "placebo_p", "verdict", "reason"]])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data (README.md)")
    parser.add_argument("--run", type=int, default=1, help="1 gives the results, 2 the second run")
    parser.add_argument("--only", default="", help="data sets, separated by commas")
    parser.add_argument("--work", type=Path, default=Path("build/published_claims"))
    parser.add_argument("--shuffles", type=int, default=200)
    given = parser.parse_args(arguments)
    for name in given.only.split(",") if given.only else PLACES:
        if not (given.data / PLACES[name]).exists():
            print(f"{name}: there is no {given.data / PLACES[name]}, its claims are left out.")
            continue
        if not (given.work / f"run{given.run}" / f"{name}.csv").exists():
            one(name, given.data, given.run, given.work, given.shuffles)


if __name__ == "__main__":
    main()
