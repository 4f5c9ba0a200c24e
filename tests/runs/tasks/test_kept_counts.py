"""Functions called one after the other on the same documents count their texts once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import trends as tr
from trends.runs.tasks import terms
from trends.text.counting import count, fixed_vocabulary, kept

SUBJECTS = ("whale song ocean reef", "solar cell panel light", "voter ballot poll party")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often texts were counted; nothing is kept from another test, or for one."""
    made: Counter[str] = Counter()

    def watch(module: Any, name: str) -> None:
        real: Callable[..., Any] = getattr(module, name)

        def counting(*args: Any, **options: Any) -> Any:
            made[name] += 1
            return real(*args, **options)

        monkeypatch.setattr(module, name, counting)

    watch(count, "count_stream")
    watch(fixed_vocabulary, "count_vocabulary")
    monkeypatch.setattr(kept, "_kept", type(kept._kept)())
    return made


def corpus(extra: str = "") -> tr.Corpus:
    """Ninety documents of three subjects."""
    rng = np.random.default_rng(1)
    texts = [
        " ".join(rng.choice(SUBJECTS[i % 3].split(), 12)) + " " + extra * (i == 0)
        for i in range(90)
    ]
    frame = pd.DataFrame({"id": [f"d{i:02}" for i in range(90)], "text": texts})
    frame["date"] = pd.date_range("2015-01-01", periods=90, freq="MS")
    return tr.read_corpus(frame, text="text", date="date", id="id")


@pytest.mark.slow
def test_fits_of_the_same_texts_count_them_once(calls: Counter[str]) -> None:
    documents = corpus()
    first = tr.fit(documents, "nmf", n_topics=3, rng=1)
    assert calls == {"count_stream": 1}
    others = [
        tr.fit(documents, "nmf", n_topics=3, rng=2),
        tr.fit(corpus(), "lda", n_topics=2, rng=1),
    ]
    tr.choose_topics(documents, ["nmf"], candidates=[2, 3], seeds=2, rng=1)
    assert calls == {"count_stream": 1}
    assert {fit.provenance["terms"] for fit in others} == {first.provenance["terms"]}
    # Shares, tests and words of the fits count no more than once over the terms of the fit.
    for fit in (first, others[0]):
        tr.fit_trends(tr.prevalence(fit, documents, period="year"))
        tr.words_over_time(fit, documents, period="year")
        tr.transform(fit, documents)
    assert calls == {"count_stream": 1, "count_vocabulary": 1}


def test_other_texts_and_texts_changed_in_place_are_counted_anew(calls: Counter[str]) -> None:
    documents = corpus()
    before = tr.fit(documents, "nmf", n_topics=3, rng=1)
    tr.fit(corpus("whale"), "nmf", n_topics=3, rng=1)
    assert calls["count_stream"] == 2
    documents.documents.loc[0, "text"] += " reef reef"
    after = tr.fit(documents, "nmf", n_topics=3, rng=1)
    assert calls["count_stream"] == 3
    assert before.provenance["terms"] != after.provenance["terms"]
    # Which function words are left out depends on the languages.
    documents.documents["language"] = "de"
    tr.fit(documents, "nmf", n_topics=3, rng=1)
    assert calls["count_stream"] == 4


def test_what_is_kept_is_what_would_be_counted_and_is_bounded(
    calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = corpus()
    plain, _ = terms.choose_terms(
        terms.all_counts(documents, terms.TextConfig()), terms.TextConfig()
    )
    for _ in range(2):
        assert terms.modelled(documents).fingerprint == plain.fingerprint
        words = plain.vocabulary[:4]
        assert (
            terms.known(documents, words).fingerprint
            == terms.known_counts(documents, words).fingerprint
        )
    one = kept._size(plain)
    monkeypatch.setattr(kept, "MOST", 2 * one + one // 2)
    for extra in ("whale", "reef", "solar", "poll"):
        terms.modelled(corpus(extra))
        assert sum(map(kept._size, kept._kept.values())) <= kept.MOST
    before = calls["count_stream"]
    terms.modelled(corpus("poll"))
    assert calls["count_stream"] == before
    terms.modelled(corpus("whale"))
    assert calls["count_stream"] == before + 1
    # What is too large by itself is not kept, and drives nothing out.
    monkeypatch.setattr(kept, "MOST", one // 2)
    terms.modelled(corpus("ocean"))
    terms.modelled(corpus("ocean"))
    assert calls["count_stream"] == before + 3
