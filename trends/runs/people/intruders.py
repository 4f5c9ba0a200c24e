"""Intrusion tests of a run's topics: sheets out, scores in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from trends import store
from trends.analysis.annotation.agreement import agreement
from trends.analysis.annotation.intrusion import intrusion_items
from trends.analysis.annotation.intrusion import intrusion_scores as scored
from trends.core.computing.rng import Rng, seed_from
from trends.core.statements import equals
from trends.core.wording import percent
from trends.errors import DataError, UsageError
from trends.runs.people.measured import measured
from trends.runs.people.sheet_file import CODE, Codes, CodingSheet, read_codes

#: What is shown: words, or titles of documents.
Kind = Literal["words", "documents"]

#: Options of a topic itself that are shown: words as Chang et al. do; titles take longer to read.
OWN = {"words": 5, "documents": 3}


def intrusion_sample(
    run: store.Run | Path,
    kind: Kind = "words",
    *,
    backend: str = "",
    coders: int = 1,
    rng: Rng | None = None,
) -> CodingSheet:
    """See :func:`trends.intrusion_sample`."""
    if kind not in OWN:
        message = f"An intrusion test shows {' or '.join(OWN)}; got {kind!r}."
        raise UsageError(message)
    found, seed = measured(run, backend), seed_from(rng)
    if kind == "words":
        # Ranked as the run shows its terms.
        own = found.topics.relevance
        weights = np.asarray(found.topics.phi if own is None else own)
        names = np.asarray(found.topics.vocabulary, dtype=object)
    else:
        weights = np.asarray(found.topics.theta).T
        titles = found.corpus.documents["title"].fillna("").astype(str).to_numpy(dtype=object)
        names = np.where(titles != "", titles, np.asarray(found.corpus.ids, dtype=object))
    items = intrusion_items(weights, own=OWN[kind], rng=seed)
    options = OWN[kind] + 1
    sheet = pd.DataFrame({"id": [f"q{i + 1:03d}" for i in range(len(items))]})
    for place in range(options):
        sheet[f"option_{place + 1}"] = [names[row[place]] for row in items["options"]]
    sheet[CODE], sheet["remark"] = "", ""
    codes = [str(place + 1) for place in range(options)]
    codebook = pd.DataFrame(
        {CODE: codes, "meaning": [f"Option {c} does not belong to the others." for c in codes]}
    )
    key = {
        "kind": kind,
        "about": found.about,
        "draw": {"rng": seed},
        "coders": coders,
        "codes": codes,
        "items": [
            {"id": name, "topic": int(t), "label": found.labels[t], "intruder": str(place)}
            for name, t, place in zip(sheet["id"], items["topic"], items["intruder"], strict=True)
        ],
    }
    return CodingSheet((sheet,) * coders, codebook, key)


@dataclass(frozen=True)
class Intrusion:
    """How often people found the intruders.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a topic: ``topic``, ``label``, ``answers``, ``found``, ``score``, ``lower``,
        ``upper``, ``p``, ``p_adjusted``.
    agreement : dict
        Krippendorff's alpha, where several people answered.
    codes : Codes
        What was read, and what was left out.
    """

    table: pd.DataFrame
    agreement: dict[str, Any]
    codes: Codes

    @property
    def sentences(self) -> list[str]:
        """What was read, and the score of each topic, in words."""
        rows: Any = self.table.itertuples()
        return self.codes.sentences() + [
            f"{row.label}: {row.found} of {row.answers} answers found the intruder "
            f"({percent(row.score, 0)}, {percent(row.lower, 0)} to {percent(row.upper, 0)}); "
            f"adjusted p of mere guessing {equals(row.p_adjusted)}."
            for row in rows
        ]


def intrusion_scores(sheets: Sequence[Any], key: dict[str, Any]) -> Intrusion:
    """See :func:`trends.intrusion_scores`."""
    if key["kind"] not in OWN:
        message = "This is the key of documents that were drawn for coding; use tr.corrected."
        raise UsageError(message)
    codes = read_codes(sheets, key)
    try:
        about = {
            item["id"]: (int(item["topic"]), str(item["label"]), str(item["intruder"]))
            for item in key["items"]
        }
    except (KeyError, TypeError, ValueError) as error:
        message = "The key does not say which options are the intruders; draw the test again."
        raise DataError(message) from error
    answers = [
        (about[str(name)], answer)
        for coder in codes.codes
        for name, answer in codes.codes[coder].dropna().items()
    ]
    if not answers:
        message = "Nobody has answered yet: the column code is empty in every sheet."
        raise DataError(message)
    right = [answer == item[2] for item, answer in answers]
    table = scored(right, [item[0] for item, _ in answers], options=len(key["codes"]))
    labels = {topic: label for topic, label, _ in about.values()}
    table.insert(1, "label", [labels[t] for t in table["topic"]])
    return Intrusion(table, agreement(codes.codes) if len(sheets) > 1 else {}, codes)
