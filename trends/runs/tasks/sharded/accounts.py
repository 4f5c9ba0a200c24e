"""Tables of what became of all records: a row for each file or piece, and one for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from trends.sources.records.truncated import MOST_ROWS, listed, with_rest
from trends.sources.shards.account import Account


def table_of(account: Account) -> pd.DataFrame:
    """A row for each file and one for all: read, kept, and dropped and undated by reason."""
    rows = []
    for file in account.notes.read:
        row: dict[str, Any] = {
            "file": file, "read": account.notes.read[file], "kept": account.notes.kept[file],
        }  # fmt: skip
        row |= {f"dropped: {why}": n for (of, why), n in account.dropped.items() if of == file}
        row |= {f"undated: {why}": n for (of, why), n in account.undated.items() if of == file}
        rows.append(row)
    return _with_all(pd.DataFrame(rows), ["file"])


def pieces_table(counts: pa.Table) -> pd.DataFrame:
    """The same for each piece; dates are those before days that stand for no date are left out."""
    frame = counts.to_pandas()
    frame = frame[frame["what"].isin(["read", "kept", "dropped", "undated"])]
    reason = frame["reason"].where(frame["reason"] == "", ": " + frame["reason"])
    frame = frame.assign(what=frame["what"] + reason)
    wide = frame.pivot_table(
        index=["piece", "file"], columns="what", values="n", aggfunc="sum", fill_value=0
    )
    return _with_all(wide.reset_index(), ["piece", "file"])


def _with_all(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The rows and their sum, with columns for dropped and undated in all."""
    numbers = frame.drop(columns=names).fillna(0).astype("int64")
    for what in ("dropped", "undated"):
        numbers[what] = numbers.filter(regex=f"^{what}: ").sum(axis=1).astype("int64")
    order = ["read", "kept", "dropped", "undated"]
    order += sorted(set(numbers.columns) - set(order))
    numbers = numbers[order]
    total = pd.concat([numbers, numbers.sum().to_frame().T], ignore_index=True)
    last = pd.DataFrame([["all"] + [""] * (len(names) - 1)], columns=names)
    labels = pd.concat([frame[names].astype(object), last])
    return pd.concat([labels.reset_index(drop=True), total], axis=1)


def with_repeats(
    about: dict[str, Any], table: pd.DataFrame, repeats: Sequence[tuple[str, str, str]]
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Notes and table of the reading, with documents that were left out afterwards.

    Parameters
    ----------
    about : dict
        Notes of the reading.
    table : pandas.DataFrame
        A row for each file and one for all.
    repeats : sequence of (str, str, str)
        File, id and reason of each document that was left out.
    """
    reasons = Counter(why for _, _, why in repeats)
    by_file = Counter(file for file, _, _ in repeats)
    rows = [
        {"record": file, "id": name, "title": "", "reason": why}
        for file, name, why in repeats[:MOST_ROWS]
    ]
    dropped = Counter(about["dropped_by_reason"]) + reasons
    about = about | {
        "kept": about["kept"] - len(repeats),
        "dropped_by_reason": dict(dropped.most_common()),
        "per_input_kept": {f: n - by_file[f] for f, n in about["per_input_kept"].items()},
        "dropped": with_rest([*listed(about["dropped"]), *rows], dropped),
    }
    frame = table[table["file"] != "all"].drop(columns=["dropped", "undated"])
    for why in sorted(reasons):
        per_file = Counter(file for file, _, reason in repeats if reason == why)
        frame[f"dropped: {why}"] = frame["file"].map(per_file).fillna(0).astype("int64")
    frame["kept"] -= frame["file"].map(by_file).fillna(0).astype("int64")
    return about, _with_all(frame.reset_index(drop=True), ["file"])
