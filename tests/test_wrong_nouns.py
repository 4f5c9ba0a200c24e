"""A wrong argument is answered with the call that makes the right one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import trends as tr
from trends.errors import UsageError

CALLS: dict[str, tuple[Callable[..., Any], str]] = {
    "fit": (lambda x: tr.fit(x, rng=1), "read_corpus"),
    "transform": (lambda x: tr.transform(x, x), "tr.fit"),
    "write_topics": (lambda x: tr.write_topics(x, "folder"), "tr.fit"),
    "prevalence": (lambda x: tr.prevalence(x, x), "tr.fit"),
    "words_over_time": (lambda x: tr.words_over_time(x, x), "tr.fit"),
    "report": (lambda x: tr.report("r.html", x, x, x, x), "read_corpus"),
    "align": (lambda x: tr.align(x, x, rng=1), "tr.fit"),
    "audit": (tr.audit, "read_corpus"),
    "label": (tr.label, "tr.fit"),
    "write_corpus": (lambda x: tr.write_corpus(x, "c.csv"), "read_corpus"),
    "choose_topics": (lambda x: tr.choose_topics(x, rng=1), "read_corpus"),
    "describe_corpus": (tr.describe_corpus, "read_corpus"),
    "export_features": (lambda x: tr.export_features(x, "folder"), "read_corpus"),
    "join": (lambda x: tr.join([x]), "read_corpus"),
    "run": (tr.run, "Mapping"),
}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_wrong_argument_is_answered_with_the_right_call(name: str) -> None:
    call, right = CALLS[name]
    with pytest.raises(UsageError, match=rf"tr\.{name}: .* not DataFrame.*") as error:
        call(pd.DataFrame({"text": ["a"]}))
    assert right in str(error.value)


def test_topics_and_corpus_in_the_wrong_order() -> None:
    corpus = tr.read_corpus("pretraining")
    with pytest.raises(
        UsageError, match=r"topics must be Topics, not Corpus; make it with tr\.fit"
    ):
        tr.prevalence(corpus, corpus)  # type: ignore[arg-type]


def test_a_trend_needs_shares() -> None:
    with pytest.raises(
        UsageError, match=r"shares must be Prevalence or DataFrame or tuple, not Corpus;.*"
    ):
        tr.fit_trends(tr.read_corpus("pretraining"))  # type: ignore[arg-type]
