"""Shares of other packages: matched by id, checked, and tested as our own are."""

import numpy as np
import pandas as pd
import pytest

import trends as tr
from trends.cli.main import app
from trends.errors import DataError, UsageError
from trends.models.imports import load, load_bertopic
from trends.store import read_csv

WORDS = {"solar": "panel sun roof", "coal": "mine pit seam", "wind": "blade gust tower"}


@pytest.fixture(scope="module")
def made():
    """Ids, days, texts and shares of 240 documents; solar rises, coal falls."""
    rng = np.random.default_rng(5)
    n = 240
    year = np.repeat(np.arange(2012, 2024), n // 12)
    days = [f"{y}-{m:02d}-15" for y, m in zip(year, rng.integers(1, 13, n), strict=True)]
    rise = (year - 2012) / 11
    p = np.stack([0.1 + 0.5 * rise, 0.6 - 0.5 * rise, np.full(n, 0.3)], axis=1)
    topic = np.array([rng.choice(3, p=row) for row in p])
    theta = np.full((n, 3), 0.1)
    theta[np.arange(n), topic] = 0.8
    words = [w.split() for w in WORDS.values()]
    texts = [" ".join(rng.choice(words[k], 12)) for k in topic]
    return pd.DataFrame({"id": [f"d{i:03d}" for i in range(n)], "date": days, "text": texts}), theta


def trend(corpus, topics):
    shares = tr.prevalence(topics, corpus, period="year", theta="mean")
    return tr.fit_trends(shares).frame()[["change", "change_lower", "change_upper", "p"]]


@pytest.fixture(scope="module")
def expected(made):
    """What our own road says of the shares."""
    about, theta = made
    counts = tr.fit_trends
    corpus = tr.read_corpus(about, text="text", date="date", id="id")
    order = [about["id"].tolist().index(i) for i in corpus.ids]
    years = pd.to_datetime(corpus.documents["date"]).dt.year.to_numpy()
    grid = np.arange(2012, 2024)
    mass = np.stack([theta[order][years == y].sum(0) for y in grid], axis=1)
    n = np.array([(years == y).sum() for y in grid])
    assert counts((mass, n, grid)).frame()["finding"].tolist()[:2] == ["rising", "falling"]
    topics = tr.Topics(
        theta[order], np.zeros(len(order)), np.eye(3), tuple(WORDS), corpus.ids, {"terms": "own"}
    )
    return trend(corpus, topics)


def shuffled(frame):
    return frame.sample(frac=1, random_state=3)


def as_csv(about, theta, tmp_path):
    path = tmp_path / "theta.csv"
    shuffled(pd.DataFrame(theta, columns=list(WORDS)).assign(id=about["id"])).to_csv(
        path, index=False
    )
    return path


def as_row_names(about, theta, tmp_path):
    """As R's write.csv leaves a matrix of stm or keyATM with names of rows."""
    path = tmp_path / "theta.csv"
    shuffled(pd.DataFrame(theta, columns=["V1", "V2", "V3"], index=about["id"])).to_csv(
        path, index_label=""
    )
    return path


def as_parquet(about, theta, tmp_path):
    path = tmp_path / "theta.parquet"
    shuffled(pd.DataFrame(theta, columns=list(WORDS)).assign(id=about["id"])).to_parquet(path)
    return path


def as_npz(about, theta, tmp_path):
    path = tmp_path / "theta.npz"
    order = np.random.default_rng(1).permutation(len(theta))
    np.savez(path, theta=theta[order], ids=about["id"].to_numpy(str)[order])
    return path


def as_frame(about, theta, _):
    return shuffled(pd.DataFrame(theta, index=about["id"]))


@pytest.mark.parametrize("form", [as_csv, as_row_names, as_parquet, as_npz, as_frame])
def test_shares_with_ids_give_the_numbers_of_our_own_road(made, expected, tmp_path, form):
    about, theta = made
    found = tr.from_theta(form(about, theta, tmp_path), about[["id", "date"]])
    pd.testing.assert_frame_equal(trend(*found), expected)


def test_rows_in_one_order_are_taken_only_if_the_user_says_so(made, expected):
    about, theta = made
    with pytest.raises(UsageError, match=r"no ids.*--by-row"):
        tr.from_theta(theta, about[["id", "date"]])
    found = tr.from_theta(theta, about[["id", "date"]], by_row=True)
    pd.testing.assert_frame_equal(trend(*found), expected)
    with pytest.raises(DataError, match="shape is"):
        tr.from_theta(theta[:-1], about[["id", "date"]], by_row=True)


def test_dates_may_stand_beside_the_shares(made, expected, tmp_path):
    about, theta = made
    path = tmp_path / "both.csv"
    both = about[["date"]].join(pd.DataFrame(theta, columns=list(WORDS)))
    shuffled(both).to_csv(path, index=False)
    pd.testing.assert_frame_equal(trend(*tr.from_theta(path, date="date")), expected)


def test_a_column_of_topics_is_one_topic_a_document_and_minus_one_is_none(made):
    about, theta = made
    hard = np.where(np.arange(len(theta)) % 10 == 0, -1, theta.argmax(1))
    corpus, topics = tr.from_theta(pd.Series(hard, index=about["id"]), about[["id", "date"]])
    assert topics.n_topics == 3
    np.testing.assert_array_equal(
        topics.hard, pd.Series(hard, index=about["id"])[list(corpus.ids)].to_numpy()
    )


def bags(about):
    from gensim.corpora import Dictionary

    texts = [text.split() for text in about["text"]]
    dictionary = Dictionary(texts)
    return dictionary, [dictionary.doc2bow(text) for text in texts]


def of_gensim(about):
    from gensim.models import LdaModel

    dictionary, corpus = bags(about)
    model = LdaModel(corpus, num_topics=3, id2word=dictionary, random_state=2, passes=2)
    theta = np.zeros((len(corpus), 3))
    for i, bag in enumerate(corpus):
        for k, share in model.get_document_topics(bag, minimum_probability=0.0):
            theta[i, k] = share
    return (model, corpus), theta


def of_tomotopy(about):
    tomotopy = load("tomotopy")
    model = tomotopy.LDAModel(k=3, seed=2)
    for text in about["text"]:
        model.add_doc(text.split())
    model.train(50, workers=1)
    return model, np.array([d.get_topic_dist() for d in model.docs])


def of_sklearn(about):
    from sklearn.decomposition import LatentDirichletAllocation
    from sklearn.feature_extraction.text import CountVectorizer

    matrix = CountVectorizer().fit_transform(about["text"])
    model = LatentDirichletAllocation(3, random_state=2).fit(matrix)
    return (model, matrix), model.transform(matrix)


def of_topica(about):
    topica = load("topica")
    corpus = topica.Corpus.from_documents([text.split() for text in about["text"]])
    model = topica.LDA(num_topics=3, seed=2)
    model.fit(corpus)
    return model, np.asarray(model.doc_topic)


@pytest.mark.parametrize("package", [of_gensim, of_tomotopy, of_sklearn, of_topica])
def test_models_of_other_packages_give_their_own_shares(made, package):
    about, _ = made
    model, theta = package(about)
    dates = about[["id", "date"]]
    corpus, topics = tr.from_theta(model, dates, by_row=True)
    by_id = pd.DataFrame(theta / theta.sum(1, keepdims=True), index=about["id"])
    np.testing.assert_allclose(topics.theta, by_id.loc[list(corpus.ids)], atol=1e-4)
    # gensim infers with random starts each time it is asked.
    pd.testing.assert_frame_equal(
        trend(corpus, topics), trend(*tr.from_theta(by_id, dates)), rtol=1e-3
    )
    # The corpus moves; whatever a package calls its topics, two of them do.
    found = tr.fit_trends(tr.prevalence(topics, corpus, period="year")).frame()["finding"]
    assert {"rising", "falling"} <= set(found)


@pytest.mark.slow
def test_a_fit_of_bertopic_gives_its_topics(made):
    from sklearn.feature_extraction.text import CountVectorizer

    about, _ = made
    vectors = CountVectorizer().fit_transform(about["text"]).toarray().astype(float)
    reduced = load("umap").UMAP(n_neighbors=10, random_state=2, n_jobs=1)
    model = load_bertopic().BERTopic(min_topic_size=10, umap_model=reduced)
    model.fit(about["text"].tolist(), vectors)
    corpus, topics = tr.from_theta(model, about[["id", "date"]], by_row=True)
    said = pd.Series(model.topics_, index=about["id"])[list(corpus.ids)].to_numpy()
    np.testing.assert_array_equal(topics.hard, said)
    assert all(len(terms) >= 3 for terms in topics.top_terms(3))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.assign(a=t["a"] * 100), "add to"),
        (lambda t: t.assign(a=-t["a"]), "numbers from 0 to 1"),
        (lambda t: t.assign(a=np.nan), "numbers from 0 to 1"),
        (lambda t: t.set_axis([f"x{i}" for i in range(len(t))]), "No document has the ids"),
        (lambda t: pd.concat([t, t.iloc[:1]]), "more than once"),
    ],
)
def test_what_are_no_shares_of_these_documents_is_refused(made, change, says):
    about, theta = made
    frame = pd.DataFrame(theta, columns=list("abc"), index=about["id"])
    with pytest.raises(DataError, match=says):
        tr.from_theta(change(frame), about[["id", "date"]])


def test_weights_are_divided_by_their_sum_if_asked_and_rounding_is_undone(made, expected):
    about, theta = made
    frame = pd.DataFrame(theta, columns=list("abc"), index=about["id"])
    dates = about[["id", "date"]]
    found = tr.from_theta(frame * 7, dates, normalize=True)
    pd.testing.assert_frame_equal(trend(*found), expected)
    _, topics = tr.from_theta(frame * 0.9996, dates)
    assert topics.unassigned.max() < 1e-9
    _, topics = tr.from_theta(frame * 0.9, dates)
    np.testing.assert_allclose(topics.unassigned, 0.1)


def test_documents_of_one_side_only_are_counted(made):
    about, theta = made
    frame = pd.DataFrame(theta, columns=list("abc"), index=about["id"])
    corpus, topics = tr.from_theta(frame.iloc[5:], about.loc[: len(about) - 4, ["id", "date"]])
    assert len(corpus) == len(about) - 8
    said = " ".join(topics.provenance["warnings"])
    assert "5 dated documents of 237 have no shares" in said
    assert "3 rows of the shares belong to no dated document" in said


def test_unreadable_dates_are_an_error_that_names_the_option(made):
    about, theta = made
    frame = pd.DataFrame(theta, columns=list("abc"), index=about["id"])
    with pytest.raises(DataError, match="date"):
        tr.from_theta(frame, about.assign(date="soon")[["id", "date"]])
    with pytest.raises(UsageError, match="--dates"):
        tr.from_theta(frame)


@pytest.mark.slow
def test_one_command_gives_tests_placebo_figures_and_report(made, expected, tmp_path, capsys):
    about, theta = made
    shares, dates, out = as_csv(about, theta, tmp_path), tmp_path / "dates.csv", tmp_path / "out"
    about[["id", "date"]].to_csv(dates, index=False)
    arguments = ["test", str(shares), "--dates", str(dates), "--date", "date", "-o", str(out)]
    app([*arguments, "--shuffles", "50"], standalone_mode=False)
    said = capsys.readouterr().out
    assert "solar: rising" in said and "coal: falling" in said and "shuffled 50 times" in said
    columns = list(expected.columns)
    pd.testing.assert_frame_equal(
        read_csv(out / "trends.csv")[columns], expected, check_exact=False, rtol=1e-9
    )
    assert {p.name for p in out.iterdir()} >= {"report.html", "manifest.json", "placebo.csv"}
    assert (out / "figures" / "prevalence.svg").is_file()
    first = (out / "trends.csv").read_bytes(), (out / "report.html").read_bytes()
    app([*arguments, "--shuffles", "50"], standalone_mode=False)
    assert first == ((out / "trends.csv").read_bytes(), (out / "report.html").read_bytes())
