"""A fit from extracted features is the fit from the full text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trends as tr
from trends.runs.config.settings import EmbedConfig, TextConfig
from trends.runs.tasks.terms import all_counts
from trends.runs.tasks.vectors import vectors

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def both(shared: Path) -> tuple[tr.Corpus, tr.Corpus]:
    return tr.read_corpus(str(shared / "seeds")), tr.read_corpus("pretraining")


def test_counts_are_the_same(both: tuple[tr.Corpus, tr.Corpus]) -> None:
    pages, features = both
    one, other = all_counts(pages, TextConfig()), all_counts(features, TextConfig())
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("backend", ["gibbs-lda", "lda"])
def test_lda_is_identical(both: tuple[tr.Corpus, tr.Corpus], backend: str) -> None:
    one, other = (tr.fit(corpus, backend, n_topics=12, rng=4) for corpus in both)
    assert one.fingerprint == other.fingerprint


def test_bertopic_is_identical(both: tuple[tr.Corpus, tr.Corpus], tmp_path: Path) -> None:
    """Vectors from the text are rounded to the half precision of the features.

    Without that, seeds of UMAP part company.
    """
    pages = both[0]
    tr.export_features(pages, tmp_path / "features")
    features = tr.read_corpus(str(tmp_path / "features"))
    one, other = (vectors(corpus, EmbedConfig())[0] for corpus in (pages, features))
    assert np.array_equal(one, other)
    given = pd.DataFrame(one, index=pages.ids)
    first = tr.fit(pages, "bertopic", n_topics=12, rng=4, embeddings=given)
    second = tr.fit(features, "bertopic", n_topics=12, rng=4)
    assert first.fingerprint == second.fingerprint
    # The embedded corpus was made on another machine: where processors add in another order, the
    # last bit may differ.
    embedded = vectors(both[1], EmbedConfig())[0]
    assert np.abs(one - embedded).max() <= np.spacing(np.float16(np.abs(one).max()))
