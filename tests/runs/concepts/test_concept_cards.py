"""Claim cards of concepts: what they say, whether they are true to themselves, and done again."""

import copy
import json
import shutil

import fastjsonschema
import jsonschema
import numpy as np
import pytest
from typer.testing import CliRunner

import trends as tr
from trends.cli.main import app
from trends.embed.lsa import embed_counts
from trends.errors import UsageError
from trends.runs.cards import card_file
from trends.runs.cards.contradictions import contradictions
from trends.runs.cards.model import ConceptClaim
from trends.runs.cards.seal import sealed
from trends.runs.cards.sentences import line
from trends.runs.config.settings import TextConfig
from trends.runs.review.card_page import html
from trends.runs.tasks.terms import all_counts

#: "blue moon" is a phrase of a few documents, no term: its words mostly stand apart.
CONCEPTS = """
[[concept]]
name = "sun <b>"
words = ["solar panel", "photo*"]
[[concept]]
name = "rare"
words = ["blue moon", "coal"]
exclude = ["turbine"]
[[concept]]
name = "nuclear"
words = ["reactor"]
"""


@pytest.fixture(scope="module")
def made(once, documents):
    """Folder with the corpus, the results, and features without text."""

    def fill(folder):
        table = documents.copy()
        for word, some in (("blue", slice(0, None, 3)), ("moon", slice(1, None, 3))):
            table.loc[table.index[some], "text"] += f". {word}"
        table.loc[table.index[2::120], "text"] += ". blue moon"
        corpus = tr.read_corpus(table, text="text", date="date", id="id")
        tr.write_corpus(corpus, folder / "corpus.parquet")
        (folder / "concepts.toml").write_text(CONCEPTS, encoding="utf-8")
        arguments = [
            str(folder / "corpus.parquet"),
            str(folder / "concepts.toml"),
            "--placebo",
            "79",
        ]
        ran = CliRunner().invoke(
            app, ["concept", *arguments, "-o", str(folder / "run"), "--rng", "5"]
        )
        assert ran.exit_code == 0, ran.output
        vectors, _ = embed_counts(all_counts(corpus, TextConfig()))
        np.savez(folder / "v.npz", ids=np.array(corpus.ids), vectors=vectors.astype(np.float32))
        tr.export_features(
            corpus,
            folder / "features",
            embedding="precomputed",
            embedding_path=str(folder / "v.npz"),
        )

    return once("concept-cards", fill)


@pytest.fixture
def card(made):
    return card_file.read(made / "run")


def test_a_card_of_concepts_says_what_was_asked_and_found(made, card):
    content = json.loads((made / "run" / "claims.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(card_file.schema()).validate(content)
    fastjsonschema.compile(card_file.schema())(content)
    assert all(isinstance(claim, ConceptClaim) for claim in card.claims)
    assert contradictions(card) == []
    sun, rare, nuclear = card.claims
    assert (sun.topic.kind, sun.finding, sun.verdict) == ("concept", "rising", "rising, stable")
    assert [one.word for one in sun.without] == ["solar panel", "photo*"]
    assert sun.random.concepts == 79 and sun.random.p <= 0.05
    assert rare.asked.exclude == ["turbine"]
    assert (nuclear.verdict, nuclear.p) == ("absent", None)
    assert {rate.rate for rate in card.error_rates} >= {"flat_concept", "random_concept"}


def test_line_and_page_come_from_the_card_alone(card):
    said = line(card, card.claims[0])
    assert "verdict: rising, stable" in said and "against random concepts p" in said
    page = html(card)
    assert "sun &lt;b&gt;" in page and "<b>" not in page
    for words in ("Words that exclude", "Without “photo*”", "random concepts as frequent"):
        assert words in page
    assert "Models" not in page


def test_the_page_says_what_was_asked_for_and_holds_no_markup_of_the_user(made):
    page = (made / "run" / "report.html").read_text(encoding="utf-8")
    assert "sun &lt;b&gt;" in page and "<b>" not in page
    assert "default-src &#39;none&#39;" in page and "http-equiv" in page
    for words in (
        *("rising, stable", "What became of each word", "photovoltaics (", "points a year"),
        *("Documents that decide", "absent", "Random concepts with words as frequent"),
        *(
            "sun &lt;b&gt; under other choices",
            "documents with turbine do not count",
            "trends verify",
        ),
    ):
        assert words in page, words
    assert "src=" not in page and "@import" not in page


@pytest.mark.parametrize(
    "command", [["checklist"], ["metadata", "--license", "X", "--creator", "A"]]
)
def test_what_is_asked_of_runs_of_topics_alone_says_so(made, command):
    ran = CliRunner().invoke(app, [command[0], str(made / "run"), *command[1:]])
    assert isinstance(ran.exception, UsageError)
    assert "trends verify" in str(ran.exception)


def changed(card, path, value):
    content = copy.deepcopy(card.model_dump(mode="json"))
    place = content
    for key in path[:-1]:
        place = place[key]
    assert place[path[-1]] != value
    place[path[-1]] = value
    return sealed(content)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("claims", 0, "verdict"), "rising"),
        (("claims", 0, "random", "p"), 0.5),
        (("claims", 0, "without", 0, "hangs"), True),
        (("claims", 0, "without", 0, "word"), "moon"),
        (("claims", 0, "asked", "words"), ["photo*"]),
        (("claims", 1, "asked", "exclude"), []),
        (("claims", 1, "topic", "kind"), "topic"),
        (("config", "concepts", "asked", 0, "at_least"), 2),
        (("rng",), 6),
        (("seeds", "placebo"), [1]),
    ],
)
def test_what_cannot_be_true_together_is_named_under_a_new_seal(card, path, value):
    assert contradictions(changed(card, path, value))


@pytest.mark.slow
def test_done_again_from_texts_and_from_features(made):
    assert tr.verify(made / "run", made / "corpus.parquet").verdict == "reproduced exactly"
    found = tr.verify(made / "run", made / "features")
    assert found.verdict == "reproduced exactly" and found.findings_same
    step = {one.name: one for one in found.steps}["words in documents"]
    assert "occurrences.csv" in step.detail


def test_phrases_that_features_do_not_hold_are_named(made, tmp_path):
    shutil.copy(made / "run" / "claims.json", tmp_path)
    found = tr.verify(tmp_path, made / "features")
    assert (found.verdict, found.first.name) == ("not reproduced", "words in documents")
    assert "“rare”" in found.first.detail and "occurrences.csv" in found.first.detail
    rows = (made / "run" / "occurrences.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "occurrences.csv").write_text("\n".join(rows[:-1]) + "\n", encoding="utf-8")
    assert "another than the card's" in tr.verify(tmp_path, made / "features").first.detail


@pytest.mark.parametrize(
    ("path", "value", "step"),
    [
        (("claims", 0, "change", "value"), 3.0, "trends"),
        pytest.param(
            ("claims", 0, "random", "median"), 9.0, "random words", marks=pytest.mark.slow
        ),
        pytest.param(("claims", 0, "without", 1, "change"), 0.5, "words", marks=pytest.mark.slow),
        (("claims", 0, "asked", "occurrences_sha256"), "0" * 64, "words in documents"),
        (("corpus", "terms_sha256"), "0" * 64, "terms"),
        pytest.param(("config", "concepts", "placebo"), 80, "random words", marks=pytest.mark.slow),
    ],
)
def test_an_altered_card_is_not_reproduced(made, card, tmp_path, path, value, step):
    shutil.copy(made / "run" / "occurrences.csv", tmp_path)
    card_file.write(changed(card, path, value), tmp_path / "claims.json")
    found = tr.verify(tmp_path, made / "features")
    assert not found.ok
    assert step in [one.name for one in found.steps if one.state == "differs"]


@pytest.mark.slow
def test_texts_of_examples_are_not_in_the_card_and_have_to_be_given(made, tmp_path):
    secret = "Photovoltaics from solar panels, worked out at length."
    file = tmp_path / "concepts.toml"
    file.write_text(
        f'[[concept]]\nname = "sun"\nwords = ["solar panel"]\ntexts = ["{secret}"]\n',
        encoding="utf-8",
    )
    corpus = str(made / "corpus.parquet")
    more = ["--placebo", "0", "--no-multiverse", "-o", str(tmp_path / "run")]
    ran = CliRunner().invoke(app, ["concept", corpus, str(file), *more])
    assert ran.exit_code == 0, ran.output
    assert secret not in (tmp_path / "run" / "claims.json").read_text(encoding="utf-8")
    found = tr.verify(tmp_path / "run", corpus)
    assert "--concepts" in found.first.detail
    again = tr.verify(tmp_path / "run", corpus, concepts=file)
    assert again.verdict == "reproduced exactly"
