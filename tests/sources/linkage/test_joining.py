"""Records of one document become one, with the earliest date and the origin of each field."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from trends.core import Corpus
from trends.errors import DataError, UsageError
from trends.sources.linkage import minhash as near
from trends.sources.linkage.match import groups, identifiers, matches, normal_title
from trends.sources.linkage.merge import join
from trends.sources.linkage.minhash import near_texts, shingles

WORDS = [f"word{i}" for i in range(400)]


def prose(rng, n=120):
    return " ".join(rng.choice(WORDS, n))


def corpus(rows, name="c", **more):
    frame = pd.DataFrame(
        [
            {
                "id": f"{name}{i}",
                "title": "",
                "date": None,
                "date_precision": None,
                "date_evidence": "none",
                "source": name,
                "text": "",
                **row,
            }
            for i, row in enumerate(rows)
        ]
    )
    frame["date"] = pd.to_datetime(frame["date"])
    return Corpus(frame, name=name, **more)


def dated(day, precision="day", **row):
    return {"date": day, "date_precision": precision, "date_evidence": "stated", **row}


def test_preprint_and_paper_become_one_document_with_the_earliest_date_and_the_venue():
    text = prose(np.random.default_rng(1))
    pre = corpus(
        [
            dated(
                "2020-03-05", title="A study of very large nets", text=text, arxiv_id="2003.00001v2"
            )
        ],
        "arxiv",
    )
    paper = corpus(
        [
            dated(
                "2021-01-01",
                "year",
                title="A Study of Very Large Nets.",
                text=text + " indeed",
                venue="A Journal",
                doi="10.1/x",
            ),
            dated(
                "2021-06-01",
                title="Something else entirely is studied",
                text=prose(np.random.default_rng(2)),
            ),
        ],
        "journal",
    )
    got = join([pre, paper])
    assert len(got) == 2
    row = got.documents.set_index("id").loc["arxiv0"]
    assert (
        row["date"] == pd.Timestamp("2020-03-05")
        and row["venue"] == "A Journal"
        and row["doi"] == "10.1/x"
    )
    assert row["text"].endswith("indeed") and row["versions"] == 2
    assert (
        "date: arxiv0 (arxiv)" in row["joined_from"]
        and "text: journal0 (journal)" in row["joined_from"]
    )
    assert (
        got.notes["records"]
        == 3
        == got.notes["kept"] + sum(got.notes["dropped_by_reason"].values())
    )
    assert got.notes["joined"][0]["into"] == "arxiv0"


def test_order_of_the_corpora_does_not_matter():
    rng = np.random.default_rng(3)
    texts = [prose(rng) for _ in range(5)]
    a = corpus(
        [
            dated(f"2020-01-{i + 1:02d}", title=f"Title of the paper number {i}", text=t)
            for i, t in enumerate(texts)
        ],
        "a",
    )
    b = corpus(
        [
            dated(f"2019-02-{i + 1:02d}", title=f"Title of the paper number {i}", text=t)
            for i, t in enumerate(texts[:3])
        ],
        "b",
    )
    assert join([a, b]).fingerprint == join([b, a]).fingerprint
    assert len(join([a, b])) == 5


def test_a_vaguer_date_does_not_hide_a_known_day():
    text = prose(np.random.default_rng(4))
    got = join(
        [
            corpus([dated("2019-01-01", "year", text=text)], "a"),
            corpus([dated("2019-05-03", text=text)], "b"),
        ]
    )
    assert str(got.documents["date"].iloc[0].date()) == "2019-05-03"


def test_a_retracted_version_marks_the_document():
    text = prose(np.random.default_rng(5))
    got = join(
        [
            corpus([dated("2019-01-02", text=text, flags="retracted")], "a"),
            corpus([dated("2019-01-01", text=text)], "b"),
        ]
    )
    assert got.documents["flags"].tolist() == ["retracted"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"title": "Editorial"}, {"title": "Editorial"}),
        (
            {"title": "Proceedings of the yearly meeting", "arxiv_id": "2001.00001"},
            {"title": "Proceedings of the yearly meeting", "arxiv_id": "2001.00002"},
        ),
        (
            {"title": "Proceedings of the yearly meeting"},
            {"title": "Proceedings of the yearly meeting", "date": "2029-01-01"},
        ),
    ],
)
def test_what_may_be_two_documents_is_kept_apart(left, right):
    rng = np.random.default_rng(6)
    a = corpus([{**dated("2020-01-01", text=prose(rng)), **left}], "a")
    b = corpus([{**dated("2020-01-01", text=prose(rng)), **right}], "b")
    got = join([a, b])
    assert len(got) == 2
    assert len(got.notes["kept_apart"]) == (0 if left["title"] == "Editorial" else 1)


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("The 2009 system of our group", "The 2010 system of our group", False),
        ("The system of our group", "System of our working group", True),
        ("Learning to play a game", "On the growth of trees in cities", False),
        ("", "On the growth of trees in cities", True),
    ],
)
def test_texts_from_one_mould_are_told_apart_by_their_titles(left, right, joined):
    rng = np.random.default_rng(10)
    words = prose(rng, 150).split()
    other = [*words[:125], *prose(rng, 25).split()]
    a = corpus([dated("2020-01-01", title=left, text=" ".join(words))], "a")
    b = corpus([dated("2020-01-01", title=right, text=" ".join(other))], "b")
    got = join([a, b])
    assert len(got) == (1 if joined else 2)
    assert len(got.notes["kept_apart"]) == (0 if joined else 1)


def test_one_id_for_two_documents_is_told_apart():
    rng = np.random.default_rng(7)
    a = corpus([dated("2020-01-01", id="x", text=prose(rng))], "a")
    b = corpus([dated("2020-01-02", id="x", text=prose(rng))], "b")
    assert sorted(join([a, b]).ids) == ["x", "x#2"]


def test_identifiers_have_one_spelling():
    frame = pd.DataFrame(
        {
            "doi": ["https://doi.org/10.1/ABC", "10.48550/arXiv.2001.00001", None],
            "arxiv_id": ["", None, "2001.00001v3"],
        }
    )
    got = identifiers(frame)
    assert got["doi"].tolist() == ["10.1/abc", "", ""]
    assert got["arxiv_id"].tolist() == ["", "2001.00001", "2001.00001"]


def test_refusals():
    with pytest.raises(UsageError, match="at least one"):
        join([])
    with pytest.raises(UsageError, match="rule"):
        join([corpus([dated("2020-01-01", text="x")])], rules=("id",))
    frame = corpus([dated("2020-01-01", text="x")]).documents.drop(columns="text")
    with pytest.raises(DataError, match="features"):
        join([Corpus(frame)])


def test_what_all_corpora_cover_is_what_the_whole_covers():
    day = dt.date(2020, 1, 1)
    a = corpus([dated("2019-01-01", text="x")], "a", observed_until=day)
    assert join([a, corpus([dated("2019-01-02", text="y")], "b")]).observed_until is None
    assert (
        join(
            [a, corpus([dated("2019-01-02", text="y")], "b", observed_until=dt.date(2021, 1, 1))]
        ).observed_until
        == day
    )


def test_bands_find_what_comparing_all_pairs_finds():
    rng = np.random.default_rng(8)
    base = [prose(rng, 150).split() for _ in range(60)]
    texts = []
    for words in base:
        for share in (0.0, 0.02, 0.05, 0.2):
            changed = [rng.choice(WORDS) if rng.random() < share else w for w in words]
            texts.append(" ".join(changed))
    sets = [shingles(t) for t in texts]
    truth = {
        (i, j)
        for i in range(len(sets))
        for j in range(i + 1, len(sets))
        if len(sets[i] & sets[j]) >= 0.7 * len(sets[i] | sets[j])
    }
    found = {(i, j) for i, j, _ in near_texts(texts)}
    assert found <= truth
    assert len(found) >= 0.97 * len(truth) > 100


@given(
    st.lists(
        st.lists(st.sampled_from(["garden", "moss", "stone", "water", "light"]), max_size=60),
        max_size=12,
    ),
    st.integers(20, 200),
)
def test_signatures_of_many_texts_at_a_time_are_those_of_datasketch(documents, batch):
    texts = [" ".join(words) for words in documents]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "BATCH", batch)
        rows, signatures = near.signatures(texts)
    long = [i for i, text in enumerate(texts) if shingles(text)]
    assert rows.tolist() == long
    for i, signature in zip(long, signatures, strict=True):
        sketch = MinHash(
            num_perm=near.PERMUTATIONS, seed=near.PERMUTATION_SEED, scheme="affine32", hashfunc=int
        )
        sketch.update_batch(shingles(texts[i]))
        assert sketch.digest().tolist() == signature.tolist()


def test_boilerplate_does_not_make_work_grow_with_its_square():
    text = prose(np.random.default_rng(9))
    pairs = near_texts([text] * 400)
    assert (
        len(pairs) <= 16 * 399
        and len(set(groups(400, [type("M", (), {"left": i, "right": j})() for i, j, _ in pairs])))
        == 1
    )


@given(st.lists(st.text(max_size=300), max_size=12))
def test_any_text_can_be_compared(texts):
    for i, j, overlap in near_texts(texts):
        assert i < j and 0.7 <= overlap <= 1
    for text in texts:
        normal_title(text)


def test_matches_of_a_table_without_texts():
    frame = pd.DataFrame(
        {
            "title": ["One and the same title here"] * 2,
            "date": pd.to_datetime(["2020-01-01", None]),
            "text": ["", ""],
        }
    )
    joined, apart = matches(frame)
    assert [m.rule for m in joined] == ["titles"] and not apart
