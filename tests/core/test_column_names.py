"""One look-up of the column that a user means, for groups, clusters and standardization."""

from __future__ import annotations

import pandas as pd
import pytest

import trends as tr
from trends.core.given.columns import name_of
from trends.errors import UsageError
from trends.runs.tasks.analysis_parts.periods import clusters_of
from trends.runs.tasks.analysis_parts.standardized import strata


def test_the_tables_own_venue_is_meant_everywhere() -> None:
    table = pd.DataFrame(
        {"text": ["a b c", "d e f"] * 9, "day": "2020-01-01", "venue": ["ACL", "EMNLP"] * 9}
    )
    corpus = tr.read_corpus(table.assign(text=[f"{t} {i}" for i, t in enumerate(table["text"])]),
                            text="text", date="day")  # fmt: skip
    assert name_of(corpus.documents, "venue", "by") == "venue_in_source"
    assert set(strata(corpus, "venue")) == {"ACL", "EMNLP"}
    clusters = clusters_of(corpus, "venue")
    assert clusters is not None and clusters.nunique() == 2
    assert name_of(corpus.documents, "venue_in_source", "by") == "venue_in_source"
    with pytest.raises(UsageError, match=r"by is 'party', but the corpus has no such column; it"):
        name_of(corpus.documents, "party", "by")
