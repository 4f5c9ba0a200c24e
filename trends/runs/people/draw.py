"""Documents of a run, drawn for coding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import store
from trends.analysis.annotation.design import Design, draw_sample
from trends.core import Corpus
from trends.core.computing.rng import Rng, seed_from, seeds_from
from trends.errors import UsageError
from trends.runs.people.measured import Measured, measured, texts_of
from trends.runs.people.sheet_file import CODE, CodingSheet

#: Code of a document that is about no topic of the codebook.
NONE = "none"
#: More coders have no letter.
MOST_CODERS = 9


def label_sample(
    run: store.Run | Path,
    n: int,
    *,
    topic: int | str | None = None,
    backend: str = "",
    coders: int = 1,
    floor: int = 2,
    corpus: Corpus | None = None,
    rng: Rng | None = None,
) -> CodingSheet:
    """See :func:`trends.label_sample`."""
    if not 1 <= coders <= MOST_CODERS:
        message = f"There may be 1 to {MOST_CODERS} coders; got {coders}."
        raise UsageError(message)
    if n < 1 or floor < 1:
        message = f"Labels and floor are at least 1; got {n} and {floor}."
        raise UsageError(message)
    found, seed = measured(run, backend), seed_from(rng)
    chosen = None if topic is None else found.topic_of(topic)
    design = design_of(found, {"topic": chosen, "n": n, "floor": floor, "rng": seed})
    documents = texts_of(found, corpus)
    titles = found.corpus.documents["title"].fillna("").astype(str).tolist()
    ids = [found.corpus.ids[row] for row in design.rows]
    sheet = pd.DataFrame(
        {
            "id": ids,
            "title": [titles[row] for row in design.rows],
            "text": [documents.get(name, "") for name in ids],
            CODE: "",
            "remark": "",
        }
    )
    orders = [np.arange(len(sheet))]
    orders += [
        np.random.default_rng(s).permutation(len(sheet))
        for s in seeds_from(seed, "coders", coders - 1)
    ]
    codebook = _codebook(found, chosen)
    names, at = found.periods.names, design.stratum[design.rows]
    predicted = found.predicted(chosen)
    key = {
        "kind": "labels",
        "about": found.about,
        "draw": {"topic": chosen, "n": n, "floor": floor, "rng": seed},
        "coders": coders,
        "strata": design.by,
        "texts": bool(documents),
        "codes": codebook[CODE].tolist(),
        "items": [
            {
                "id": name,
                "period": names[found.periods.index[row]],
                "predicted": int(predicted[row]),
                "stratum": int(s),
                "documents": int(design.sizes[s]),
                "drawn": int(design.drawn[s]),
                "probability": float(p),
            }
            for name, row, s, p in zip(ids, design.rows, at, design.probability, strict=True)
        ],
    }
    sheets = tuple(sheet.iloc[order].reset_index(drop=True) for order in orders)
    return CodingSheet(sheets, codebook, key)


def design_of(found: Measured, draw: dict[str, Any]) -> Design:
    """The draw that a key describes: the same documents whenever it is made again."""
    return draw_sample(
        found.periods.index,
        found.predicted(draw["topic"]),
        draw["n"],
        floor=draw["floor"],
        rng=draw["rng"],
    )


def _codebook(found: Measured, topic: int | None) -> pd.DataFrame:
    terms = [", ".join(t) for t in found.topics.top_terms(10)]
    if topic is not None:
        about = f"{found.labels[topic]} ({terms[topic]})"
        rows = [("1", f"The document is about: {about}"), ("0", "It is about something else.")]
    else:
        rows = [(str(k), f"{found.labels[k]} ({terms[k]})") for k in range(len(terms))]
        rows.append((NONE, "The document is about none of these."))
    return pd.DataFrame(rows, columns=[CODE, "meaning"])
