"""tritopic: `compare_groups` of the years, a chi-square test over documents.

It is offered for groups of documents; years are such groups. Its p is adjusted over topics, its
share table has no direction. Each document is counted where its share is largest. The function is
loaded from its file, since importing the package asks for all that its models need.
"""

from __future__ import annotations

from importlib import metadata
from runpy import run_path
from types import SimpleNamespace

import exchange
import numpy as np

FILE = metadata.distribution("tritopic").locate_file("tritopic/research/prevalence.py")
compare_groups = run_path(str(FILE))["compare_groups"]


def groups(theta: np.ndarray, year: np.ndarray) -> exchange.Rows:
    topics = [SimpleNamespace(topic_id=k, label=str(k)) for k in range(theta.shape[1])]
    model = SimpleNamespace(labels_=theta.argmax(1), topics_=topics)
    for row in compare_groups(model, year).sort_values("topic").to_dict("records"):
        yield {"p": row["p_value"], "found": bool(row["significant"]), "direction": 0}


if __name__ == "__main__":
    exchange.answer(groups, "tritopic")
