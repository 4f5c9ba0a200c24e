"""Edits of topics: what they do to shares, words and documents, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import trends as tr
from trends.analysis.curation.apply import Place, apply_edits, counts_of
from trends.analysis.curation.edits import edits_from
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.core import TermCounts, Topics
from trends.errors import DataError, UsageError

THEMES, WORDS, EACH = 5, 12, 60


def planted(
    themes: list[list[int]], seed: int = 0, noise: float = 0.1
) -> tuple[Topics, TermCounts, np.ndarray]:
    """Documents of five themes in turn, and a fit whose topics are lists of themes."""
    rng = np.random.default_rng(3)
    theme = np.arange(THEMES * EACH) % THEMES
    own = np.kron(np.eye(THEMES), np.full(WORDS, 1 / WORDS))
    words = np.hstack([0.8 * own, np.full((THEMES, 6), 0.2 / 6)])
    matrix = np.stack([rng.multinomial(30, words[k]) for k in theme])
    vocabulary = tuple(f"w{j:03}" for j in range(matrix.shape[1]))
    ids = tuple(f"d{i:03}" for i in range(len(theme)))
    counts = TermCounts(sparse.csr_matrix(matrix), vocabulary, ids)
    fit = np.random.default_rng(seed)
    of = {t: k for k, part in enumerate(themes) for t in part}
    label = np.array([of[t] for t in theme])
    label = np.where(
        fit.random(len(label)) < noise, fit.integers(len(themes), size=len(label)), label
    )
    theta = np.full((len(theme), len(themes)), 0.02)
    theta[np.arange(len(theme)), label] = 0.9 - 0.3 * fit.random(len(theme))
    rest = 1 - theta.sum(1)
    theta[np.arange(len(theme)), fit.integers(len(themes), size=len(theme))] += rest * 0.7
    phi = theta.T @ matrix
    phi = phi / phi.sum(1, keepdims=True)
    return Topics(theta, 1 - theta.sum(1), phi, vocabulary, ids), counts, theme


PERIODS = make_periods(
    np.array([f"{2001 + i // 50}-06-01" for i in range(THEMES * EACH)], dtype="datetime64[D]"),
    period="year",
)
SINGLE = [[0], [1], [2], [3], [4]]


def edited(fit: Topics, counts: TermCounts | None, **edits: object) -> Topics:
    every = {k: k for k in range(fit.n_topics)}
    ranked = np.argsort(-fit.theta, axis=0, kind="stable")
    standing = {k: [fit.doc_ids[i] for i in ranked[:, k] if fit.hard[i] == k][:200] for k in every}
    return apply_edits(fit, edits_from(edits), Place(every, standing), counts)


@pytest.mark.parametrize("theta", ["hard", "mean"])
def test_a_merged_topic_has_the_sum_and_nothing_else_moves(theta) -> None:
    fit, counts, _ = planted(SINGLE)
    after = edited(fit, counts, merge=[{"topics": [1, 3]}], exclude=[{"topics": [4]}])
    before, now = (estimate(t, PERIODS, theta=theta) for t in (fit, after))
    assert np.allclose(now.share[:, 1], before.share[:, 1] + before.share[:, 3])
    assert np.allclose(now.share[:, [0, 2]], before.share[:, [0, 2]])
    assert np.allclose(now.unassigned, before.unassigned + before.share[:, 4])
    assert (now.n_docs == before.n_docs).all()
    assert np.allclose(after.theta.sum(1) + after.unassigned, 1)


@pytest.mark.parametrize("theta", ["hard", "mean"])
def test_parts_add_up_to_the_whole_and_are_the_themes_in_it(theta) -> None:
    fit, counts, theme = planted([[0, 1], [2], [3], [4]])
    after = edited(fit, counts, split=[{"topic": 0, "names": ["one", "other"]}])
    before, now = (estimate(t, PERIODS, theta=theta) for t in (fit, after))
    assert np.allclose(now.share[:, :2].sum(1), before.share[:, 0])
    assert np.allclose(now.share[:, 2:], before.share[:, 1:])
    parts = [theme[after.hard == k] for k in (0, 1)]
    most = [np.bincount(p, minlength=THEMES) for p in parts]
    right = sum(m.max() for m in most) / sum((np.isin(p, [0, 1])).sum() for p in parts)
    assert {int(m.argmax()) for m in most} == {0, 1} and right > 0.95


def test_three_parts_and_the_same_parts_from_another_fit() -> None:
    fit, counts, theme = planted([[0, 1, 2], [3], [4]])
    other, _, _ = planted([[3], [0, 1, 2], [4]], seed=9)
    edits = edits_from({"split": [{"topic": 0, "parts": 3}]})
    ranked = np.argsort(-fit.theta[:, 0], kind="stable")
    standing = {0: [fit.doc_ids[i] for i in ranked if fit.hard[i] == 0][:90]}
    here = apply_edits(fit, edits, Place({0: 0}, standing), counts)
    there = apply_edits(other, edits, Place({0: 1}, standing), counts)
    assert there.provenance["edits"]["applied"][0]["becomes"] == [1, 2, 3]
    for k in range(3):
        mine, others = theme[here.hard == k], theme[there.hard == k + 1]
        assert np.bincount(mine).argmax() == np.bincount(others).argmax()


def test_words_of_parts_and_of_merged_topics_by_a_plain_reference() -> None:
    fit, counts, _ = planted([[0, 1], [2], [3, 4]])
    after = edited(fit, counts, split=[{"topic": 0}], merge=[{"topics": [1, 2]}])
    tokens = np.zeros((2, counts.n_terms))
    for d, row in enumerate(counts.matrix.toarray()):
        for w in np.flatnonzero(row):
            total = sum(fit.theta[d, k] * fit.phi[k, w] for k in range(3))
            part = 0 if after.theta[d, 0] > 0 else 1
            tokens[part, w] += row[w] * fit.theta[d, 0] * fit.phi[0, w] / total
    share = tokens / tokens.sum(0)
    for part in (0, 1):
        expected = fit.phi[0] * share[part]
        assert np.allclose(after.phi[part], expected / expected.sum())
    size = [(counts.tokens * fit.theta[:, k]).sum() for k in (1, 2)]
    mean = (size[0] * fit.phi[1] + size[1] * fit.phi[2]) / sum(size)
    assert np.allclose(after.phi[2], mean)


def test_documents_keep_their_topic_where_shares_of_two_add_up_to_more() -> None:
    theta = np.array([[0.3, 0.3, 0.4], [0.6, 0.2, 0.2]])
    fit = Topics(theta, np.zeros(2), np.full((3, 2), 0.5), ("a", "b"), ("x", "y"))
    after = edited(fit, None, merge=[{"topics": [0, 1]}])
    assert after.hard.tolist() == [1, 0]
    assert after.theta.tolist() == [[0.6, 0.4], [0.8, 0.2]]


def test_what_is_not_there_is_named_and_what_was_lost_of_a_merge() -> None:
    fit, counts, _ = planted(SINGLE)
    edits = edits_from(
        {"merge": [{"topics": [0, 7], "name": "both"}], "exclude": [{"topics": [8]}]}
    )
    gone = {7: "no topic 7", 8: "no topic 8"}
    after = apply_edits(fit, edits, Place({k: k for k in range(5)}, {}, gone), counts)
    about = after.provenance["edits"]
    assert about["missing"] == [
        {"edit": "exclude 1 (topic 8)", "kind": "exclude", "topics": [8], "why": "",
         "reason": "no topic 8"}
    ]  # fmt: skip
    assert about["applied"][0]["lost"] == "no topic 7" and about["names"] == {"0": "both"}


def test_a_topic_that_cannot_be_divided_stays_whole_and_is_named() -> None:
    fit, counts, _ = planted(SINGLE)
    few = Place({0: 0}, {0: fit.doc_ids[:4]})
    after = apply_edits(fit, edits_from({"split": [{"topic": 0}]}), few, counts)
    assert after.n_topics == 5
    assert "cannot be divided" in after.provenance["edits"]["missing"][0]["reason"]


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ({"marge": []}, "Did you mean 'merge'"),
        ({"merge": [{"topics": [1]}]}, r"merge 1: topics is a list of two topics or more"),
        ({"merge": [{"topics": [1, 1]}]}, "each once"),
        ({"merge": {"topics": [1, 2]}}, r"\[\[merge\]\]"),
        ({"merge": [{"topics": [1, 2], "nmae": "x"}]}, "Did you mean 'name'"),
        ({"merge": [{"topics": [1, True]}]}, "got"),
        ({"exclude": [{"topics": 9}]}, r"such as topics = \[9\]; got 9"),
        ({"split": [{"topic": 1, "parts": 1}]}, "from 2 to 20; got 1"),
        ({"split": [{"topic": 1, "parts": 3, "names": ["a", "b"]}]}, "2 names for 3 parts"),
        ({"rename": [{"topic": 1}]}, "new name is missing"),
        ({"rename": [{"topic": 1, "name": "…"}]}, "a letter or a digit"),
        ({"rename": [{"topic": 1, "name": 3}]}, "is a text; got 3"),
        ({"merge": [{"topics": [1, 2]}], "exclude": [{"topics": [2]}]}, "topic 2 is in merge 1"),
        (
            {"rename": [{"topic": 1, "name": "A"}, {"topic": 2, "name": "a"}]},
            "needs a name of its own",
        ),
    ],
)  # fmt: skip
def test_edits_that_cannot_mean_anything_are_refused(edits, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        edits_from(edits)


def test_models_number_their_topics_apart() -> None:
    both = [{"topics": [1]}, {"topics": [1], "model": "bertopic"}]
    assert len(edits_from({"exclude": both})) == 2


def test_not_every_topic_can_be_excluded_and_splitting_needs_words() -> None:
    fit, _, _ = planted(SINGLE)
    with pytest.raises(UsageError, match="every topic"):
        edited(fit, None, exclude=[{"topics": list(range(5))}])
    with pytest.raises(UsageError, match="counts="):
        edited(fit, None, split=[{"topic": 1}])


def test_counts_come_in_the_order_and_vocabulary_of_the_fit() -> None:
    fit, counts, _ = planted(SINGLE)
    turned = counts.take_documents(np.arange(counts.n_documents)[::-1])
    assert counts_of(fit, turned).fingerprint == counts.fingerprint
    fewer = TermCounts(counts.matrix[:, 1:], counts.vocabulary[1:], counts.doc_ids)
    again = counts_of(fit, fewer)
    assert again.vocabulary == fit.vocabulary and again.matrix[:, 0].sum() == 0
    with pytest.raises(DataError, match="lack documents"):
        counts_of(fit, counts.take_documents(np.arange(10)))


def test_from_python_edits_go_to_another_fit_or_are_named() -> None:
    fit, counts, theme = planted(SINGLE)
    other, _, _ = planted([[4], [3], [2], [1], [0]], seed=5)
    edits = {"merge": [{"topics": [0, 1], "name": "both"}], "exclude": [{"topics": [3]}]}
    after = tr.edit_topics(other, edits, counts, of=fit, rng=1)
    assert tr.label(after) is not None and after.provenance["labels"][2] == "both"
    assert set(np.bincount(theme[after.hard == 2], minlength=5).argsort()[-2:]) == {0, 1}
    with pytest.raises(DataError, match=r"there is no topic 9: topics are 0 to 4"):
        tr.edit_topics(fit, {"exclude": [{"topics": [9]}]})
    lacking, _, _ = planted([[0], [1], [2], [3, 4]], seed=6, noise=0)
    with pytest.raises(DataError, match=r"this fit has no topic [34] about"):
        tr.edit_topics(lacking, {"rename": [{"topic": 3, "name": "x"}, {"topic": 4, "name": "y"}]},
                       of=fit, rng=1)  # fmt: skip


def test_new_documents_get_topics_before_the_edits_or_a_clear_no() -> None:
    fit, counts, _ = planted(SINGLE)
    merged = tr.edit_topics(fit, {"merge": [{"topics": [0, 1]}]}, counts)
    with pytest.raises(UsageError, match="by hand"):
        tr.transform(merged, counts)
    renamed = tr.edit_topics(fit, {"rename": [{"topic": 0, "name": "first"}]})
    assert tr.transform(renamed, counts).n_topics == 5
    new = tr.edit_topics(tr.transform(fit, counts), {"merge": [{"topics": [0, 1]}]}, counts)
    assert new.n_topics == 4


def test_a_fit_with_edits_is_written_and_read(tmp_path) -> None:
    fit, counts, _ = planted(SINGLE)
    after = edited(fit, counts, merge=[{"topics": [0, 1]}])
    back = tr.read_topics(tr.write_topics(after, tmp_path / "fit"))
    assert (back.hard == after.hard).all() and back.fingerprint == after.fingerprint
    assert back.provenance["edits"] == after.provenance["edits"]
    with pytest.raises(DataError, match="main must name topics"):
        Topics(fit.theta, fit.unassigned, fit.phi, fit.vocabulary, fit.doc_ids,
               main=np.full(fit.n_documents, 5))  # fmt: skip
