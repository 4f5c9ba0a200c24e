"""What is particular to the backend ``hdp``: it finds the number of topics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import trends as tr


def test_the_planted_number_is_found(planted_corpus, agreement):
    from trends.models import BACKENDS

    p = planted_corpus(n_topics=7, per_topic=16, rng=4)
    fit = BACKENDS.load("hdp")(p.counts, n_topics=20, seed=2, settings={"burn_in": 150})
    assert 7 <= fit.n_topics <= 9
    assert fit.provenance["chosen"]["n_topics_found"] == fit.n_topics
    assert not fit.provenance["warnings"]
    assert agreement(fit.hard, p.labels) > 0.9


def test_of_more_topics_the_largest_are_kept_and_the_rest_is_unassigned(fits, corpus):
    fit = fits("hdp", n_topics=3)
    assert fit.n_topics == 3
    largest = np.sort(np.bincount(corpus.labels))[-3:].sum() / len(corpus.labels)
    assert fit.unassigned.mean() == pytest.approx(1 - largest, abs=0.05)
    assert "the 3 largest are kept" in fit.provenance["warnings"][0]


@pytest.mark.slow
def test_a_run_publishes_fits_of_unequal_numbers_of_topics(tmp_path, planted_corpus):
    p = planted_corpus(n_topics=6, per_topic=20, rng=3)
    terms = np.array(
        [f"{chr(97 + j // 26)}{chr(97 + j % 26)}word" for j in range(p.counts.n_terms)]
    )
    rows = p.counts.matrix.toarray()
    texts = [" ".join(np.repeat(terms, row)) for row in rows]
    dates = [f"{2015 + i % 6}-0{1 + i % 9}-15" for i in range(len(texts))]
    pd.DataFrame({"title": "", "abstract": texts, "date": dates}).to_csv(tmp_path / "made.csv")
    settings = {
        "rng": 5,
        "corpus": {"path": str(tmp_path / "made.csv"), "text": "abstract", "date": "date"},
        "models": {
            "backends": ["hdp", "nmf"],
            "n_topics": 12,
            "seeds": 2,
            "settings": {"hdp": {"burn_in": 60, "states": 3}},
        },
        "prevalence": {"period": "year"},
    }
    tr.run(settings, tmp_path / "out", progress=False)
    quality = pd.read_csv(tmp_path / "out" / "quality.csv")
    numbers = quality.loc[quality["backend"] == "hdp", "n_topics"]
    assert numbers.between(2, 12).all()
    topics = pd.read_csv(tmp_path / "out" / "topics.csv")
    assert set(topics["backend"]) == {"hdp", "nmf"}
    assert len(pd.read_csv(tmp_path / "out" / "claims.csv")) in set(numbers)
    alignment = pd.read_csv(tmp_path / "out" / "alignment.csv")
    assert set(alignment["backend_b"].dropna()) >= {"nmf"}
