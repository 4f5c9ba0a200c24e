"""Tables: frames as rows of text for the page, and as CSV files in ``data:`` links."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pandas as pd

from trends.core.wording import DASH, missing, percent, period_name, probability, signed
from trends.reports.words import plain

#: Rows of a figure's data shown on the page; the CSV has all.
MOST_ROWS = 60
#: Cells of a figure's data shown on the page.
MOST_CELLS = 300
#: Bytes of a file that is worth packing.
MOST_PLAIN = 2000
#: First characters of text that a spreadsheet may take for a formula, wide forms too.
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
#: Columns of each kind of number.
FRACTIONS = frozenset(
    {"share", "lower_share", "upper_share", "mean_share", "unassigned", "agreement"}
)
SIGNED = frozenset(
    {
        *("slope", "change", "change_a", "change_b", "change_corrected", "slope_without"),
        *("volume", "ratio"),
    }
)
PROBABILITIES = frozenset(
    {
        *("p", "p_adjusted", "null_p", "joint_p", "p_turn_adjusted", "p_adjusted_corrected"),
        *("p_adjusted_without", "ratio_p_adjusted"),
    }
)
HEADINGS = {
    "n_docs": "documents",
    "n_dated": "dated",
    "n_with_text": "with words to count",
    "complete": "wholly covered",
    "p_adjusted": "adjusted p",
    "null_p": "p under chance",
    "npmi": "NPMI",
    "c_v": "C_v",
    "n_topics": "topics",
    "topic_a": "topic",
    "topic_b": "matched topic",
    "log2_ratio": "log₂ ratio",
    "date_evidence": "date known from",
    "date_precision": "precision",
    "power": "detectable change",
    "change": "change (points)",
    "change_lower": "lower",
    "change_upper": "upper",
    "slope": "points a year",
    "autocorrelation": "serial correlation",
    "p_turn_adjusted": "adjusted p of the turn",
    "joint_p": "joint p",
    "choice_that_matters": "choice that matters",
    "finding_corrected": "corrected finding",
    "change_corrected": "corrected change",
    "p_adjusted_corrected": "corrected adjusted p",
    "volume": "volume (documents a year, each year)",
    "volume_lower": "lower",
    "volume_upper": "upper",
    "ratio": "against reference topics (% a year)",
    "ratio_lower": "lower",
    "ratio_upper": "upper",
    "ratio_p_adjusted": "adjusted p",
    "slope_without": "points a year without largest mover",
    "p_adjusted_without": "adjusted p",
}


@dataclass(frozen=True)
class Table:
    """Text for the cells of one table.

    Headings, rows, which columns hold numbers, and how many rows were left out.
    """

    headings: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    left_out: int = 0
    note: str = ""
    #: Whether all columns but the first hold numbers.
    wide: bool = False
    #: Anchors on the page that the first cells of the rows lead to, "" for none.
    anchors: list[str] = field(default_factory=list)

    @property
    def classes(self) -> str:
        """Which columns the style sets as numbers, said once for the table.

        ``wide``, or ``n<column>`` for each.
        """
        return (
            "wide"
            if self.wide
            else " ".join(f"n{i}" for i, yes in enumerate(self.numeric, 1) if yes)
        )


@dataclass
class File:
    """A table that can be saved from the page.

    ``href`` stays empty where the page would grow too large.
    """

    name: str
    content: bytes
    href: str | None = None


@dataclass
class Downloads:
    """CSV files inside the page, as long as there is room.

    Else the page names a file of the run instead.
    """

    files: list[File] = field(default_factory=list)

    def offer(self, frame: pd.DataFrame, name: str) -> File:
        """Put a frame in line."""
        self.files.append(File(name, csv_bytes(frame)))
        return self.files[-1]

    def grant(self, room: int) -> None:
        """Give ``data:`` links to the first files in line that fit.

        The links have at most ``room`` bytes together.
        """
        for file in self.files:
            href = data_link(file.content)
            if len(href) <= room:
                file.href, room = href, room - len(href)


def data_link(content: bytes) -> str:
    """A CSV as an address that holds it.

    Spelled out, in base64, or packed (gzip), whichever is shortest.

    The page's script unpacks a packed file when it is asked for; without the script it is saved as
    it is, with the ending .gz.
    """
    spelled = "data:text/csv;charset=utf-8," + quote(content, safe=" ,;:!?()*+-._~/$=@[]{}^|")
    coded = "data:text/csv;charset=utf-8;base64," + base64.b64encode(content).decode("ascii")
    packed = "data:application/gzip;base64," + base64.b64encode(
        gzip.compress(content, 9, mtime=0)
    ).decode("ascii")
    # Plain text is worth some bytes: it needs no script.
    plain = min(spelled, coded, key=len)
    return plain if len(plain) < MOST_PLAIN else min(plain, packed, key=len)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV that a spreadsheet opens without running anything.

    Text that a spreadsheet would take for a formula gets an apostrophe before it, as OWASP advises
    ("CSV Injection"). Numbers keep six digits: the run's own files have them all.
    """
    out = frame.copy()
    out.columns = [_harmless(str(name)) for name in out.columns]
    for name in out.columns:
        if not pd.api.types.is_numeric_dtype(
            out[name]
        ) and not pd.api.types.is_datetime64_any_dtype(out[name]):
            out[name] = out[name].map(lambda v: _harmless(v) if isinstance(v, str) else v)
    return out.to_csv(
        index=False, lineterminator="\n", float_format="%.6g", date_format="%Y-%m-%d"
    ).encode("utf-8", "replace")


def _harmless(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "'" + plain if text[:1] in FORMULA else plain


def table(frame: pd.DataFrame, unit: str, most: int | None = None) -> Table:
    """A frame as text: wide if it holds a share for each topic and period, else row by row.

    The fewer columns there are, the more rows are shown.
    """
    if {"topic", "label", "period", "share"} <= set(frame.columns) and not frame.duplicated(
        [_key(frame), "period"]
    ).any():
        return _wide(frame, unit)
    shown = frame.head(
        min(MOST_ROWS, max(MOST_CELLS // max(frame.shape[1], 1), 10)) if most is None else most
    )
    units = _fraction_bounds(frame)
    rows = [
        [cell(value, name, unit, units) for name, value in zip(frame.columns, row, strict=True)]
        for row in shown.itertuples(index=False)
    ]
    numeric = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns]
    return Table([heading(name) for name in frame.columns], rows, numeric, len(frame) - len(shown))


def _key(frame: pd.DataFrame) -> str:
    """What identifies rows: the number of the topic, or the label for a sum of topics."""
    return "topic" if frame["topic"].notna().all() else "label"


def _wide(frame: pd.DataFrame, unit: str) -> Table:
    periods = sorted(frame["period"].unique())
    key = _key(frame)
    names = dict(zip(frame[key], frame["label"], strict=True))
    wide = frame.pivot(index=key, columns="period", values="share").reindex(
        index=list(names), columns=periods
    )
    most = max(MOST_CELLS // max(len(periods), 1), 5)
    rows = [[names[t], *[percent(v) for v in wide.loc[t]]] for t in wide.index[:most]]
    heads = ["topic", *[period_name(p, unit, short=True) for p in periods]]
    note = "Shares in percent; the CSV has intervals and documents too."
    return Table(
        heads, rows, [False] + [True] * len(periods), max(len(wide) - most, 0), note, wide=True
    )


def _fraction_bounds(frame: pd.DataFrame) -> frozenset[str]:
    """``lower`` and ``upper`` belong to a share or to a change, whichever the table holds."""
    return (
        FRACTIONS | {"lower", "upper"}
        if "share" in frame.columns and "change" not in frame.columns
        else FRACTIONS
    )


def heading(name: str) -> str:
    """A column's name as words."""
    return HEADINGS.get(str(name), str(name).replace("_", " "))


def cell(value: Any, name: str, unit: str, fractions: frozenset[str] = FRACTIONS) -> str:
    """One cell as text."""
    if missing(value) if not isinstance(value, list | tuple) else False:
        return DASH
    if name == "period":
        return period_name(value, unit, short=True)
    if name in PROBABILITIES:
        return probability(float(value))
    if name in fractions:
        return percent(float(value))
    if name in SIGNED or name.startswith(("lower", "upper")) or name.endswith(("_lower", "_upper")):
        return signed(float(value))
    if isinstance(value, bool) or str(value) in {"True", "False"}:
        return "yes" if str(value) == "True" else "no"
    if isinstance(value, float):
        return (
            f"{value:,.0f}"
            if value.is_integer() and abs(value) < 1e9 and name.startswith("n_")
            else f"{value:.3g}".replace("-", "−")
        )
    if name.startswith("n_") and isinstance(value, int):
        return f"{value:,}"
    return plain(value)
