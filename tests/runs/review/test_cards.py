"""A card says what the run found, to readers, to programs and to other validators."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastjsonschema
import jsonschema
import pandas as pd
import pytest
from command import in_process
from pydantic import ValidationError

from trends.core import statements
from trends.runs.cards import card_file
from trends.runs.cards.contradictions import contradictions
from trends.runs.cards.model import Card
from trends.runs.cards.seal import sealed
from trends.runs.cards.sentences import line
from trends.runs.review.card_page import html


def test_the_shipped_schema_is_that_of_the_classes() -> None:
    made = card_file.made_schema()
    hint = "write it anew: card_file.SCHEMA.write_text(card_file.made_schema())"
    assert card_file.SCHEMA.read_text(encoding="utf-8") == made, hint
    jsonschema.Draft202012Validator.check_schema(card_file.schema())


@pytest.fixture(scope="module")
def card(case: Path) -> Card:
    return card_file.read(case / "run")


@pytest.fixture(scope="module")
def content(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "run" / "claims.json").read_text())
    return found


@pytest.fixture(scope="module")
def refused() -> Callable[[dict[str, Any]], list[bool]]:
    """Whether pydantic, jsonschema and fastjsonschema refuse a card."""
    schema = card_file.schema()
    checks: list[tuple[Callable[[Any], object], type[Exception]]] = [
        (Card.model_validate, ValidationError),
        (jsonschema.Draft202012Validator(schema).validate, jsonschema.ValidationError),
        (fastjsonschema.compile(schema), fastjsonschema.JsonSchemaException),
    ]

    def ask(content: dict[str, Any]) -> list[bool]:
        out = []
        for check, error in checks:
            try:
                check(content)
            except error:
                out.append(True)
            else:
                out.append(False)
        return out

    return ask


@pytest.mark.slow
def test_other_validators_accept_what_a_run_writes(refused: Any, content: dict[str, Any]) -> None:
    assert refused(content) == [False, False, False]


def broken(content: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Cards that break the schema, each in one way."""
    out = []
    for key in content:
        if key not in ("multiverse", "placebo", "plan"):
            out.append((f"without {key}", {k: v for k, v in content.items() if k != key}))

    def altered(name: str, *path: Any, value: Any) -> None:
        whole = copy.deepcopy(content)
        place: Any = whole
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = value
        out.append((name, whole))

    altered("an unknown key", "more", value=1)
    altered("an unknown key within", "claims", 0, "more", value=1)
    altered("a probability above one", "claims", 0, "p", value=1.5)
    altered("a negative count", "corpus", "documents", value=-1)
    altered("a number as text", "corpus", "documents", value="many")
    altered("no hash", "corpus", "terms_sha256", value="abc")
    altered("an unknown finding", "claims", 0, "finding", value="soaring")
    altered("three spans", "question", "spans", value=["a", "b", "c"])
    altered("another format", "format", value="trends-claims/0")
    altered("a claim that is none", "claims", 0, value=None)
    return out


@pytest.mark.slow
def test_all_three_validators_refuse_the_same(refused: Any, content: dict[str, Any]) -> None:
    cases = broken(content)
    assert len(cases) >= 24
    assert [name for name, each in cases if refused(each) != [True, True, True]] == []


@pytest.mark.slow
def test_a_card_is_read_and_written_to_the_same_bytes(
    card: Card, case: Path, tmp_path: Path
) -> None:
    card_file.write(card, tmp_path / "claims.json")
    given = (case / "run" / "claims.json").read_bytes()
    assert (tmp_path / "claims.json").read_bytes() == given
    assert contradictions(card) == []


@pytest.mark.slow
def test_a_card_holds_the_numbers_of_the_tables(card: Card, case: Path) -> None:
    claims = pd.read_csv(case / "run" / "claims.csv").set_index("topic")
    trends = pd.read_csv(case / "run" / "trends.csv").set_index(["backend", "topic"]).loc["nmf"]
    placebo = json.loads((case / "run" / "placebo.json").read_text())["backends"]["nmf"]
    assert len(card.claims) == len(claims) == 3
    for claim in card.claims:
        k = claim.topic.number
        assert claim.change is not None and claim.multiverse is not None
        assert claim.change.value == trends.loc[k, "change"]
        assert claim.p_adjusted == claims.loc[k, "p_adjusted"]
        assert claim.stability == claims.loc[k, "stability"]
        assert claim.multiverse.specifications == claims.loc[k, "specifications"]
        assert claim.placebo_p == placebo["topic_p"][k]
        row = next(trends.fillna({"turn": "", "note": ""}).loc[[k]].itertuples())
        assert claim.sentence == statements.sentence(row, card.question.spans)


@pytest.mark.slow
def test_line_and_page_need_nothing_but_the_card(card: Card, case: Path, tmp_path: Path) -> None:
    shutil.copy(case / "run" / "claims.json", tmp_path / "claim.json")
    said = in_process("card", tmp_path / "claim.json")
    assert said.returncode == 0 and said.stderr == ""
    assert said.stdout.splitlines() == [line(card, claim) for claim in card.claims]
    rising = next(each for each in said.stdout.splitlines() if "rose by" in each)
    for part in ("solar", "95% interval", "adjusted p", "stable", "plan registered", "360 doc"):
        assert part in rising
    page = tmp_path / "card.html"
    assert in_process("card", tmp_path / "claim.json", "-o", page).returncode == 0
    text = page.read_text(encoding="utf-8")
    assert text == html(card)
    for part in (card.seal.card, "default-src &#39;none&#39;", card.corpus.documents_sha256):
        assert part in text
    assert "<script" not in text and "This card contradicts itself" not in text


@pytest.mark.slow
def test_a_single_claim_keeps_the_family_of_tests(card: Card, tmp_path: Path, case: Path) -> None:
    out = tmp_path / "claim.json"
    assert in_process("card", case / "run", "--topic", "1", "-o", out).returncode == 0
    one = card_file.read(out)
    assert [c.topic.number for c in one.claims] == [1]
    assert one.test.family == card.test.family and contradictions(one) == []
    missing = in_process("card", case / "run", "--topic", "9")
    assert missing.returncode == 2 and "it has 0, 1, 2" in missing.stderr


@pytest.mark.slow
def test_a_placebo_stays_when_the_run_is_carried_out_again(case: Path, tmp_path: Path) -> None:
    from case import settings_of

    shutil.copytree(case / "run", tmp_path / "run")
    config, out = case / "config.toml", ("-o", tmp_path / "run", "--no-progress")
    assert in_process("run", config, *out, *settings_of(case)).returncode == 0
    card = card_file.read(tmp_path / "run")
    assert card.multiverse is None and card.claims[0].placebo_p is not None
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["added"] == ["placebo.csv", "placebo.json"]
    assert {"placebo.csv", "placebo.json"} <= set(manifest["files"])
    # Other settings may mean another placebo.
    again = in_process("run", config, *out, *settings_of(case), "-s", "placebo.shuffles=60")
    assert again.returncode == 0 and card_file.read(tmp_path / "run").placebo == []
    assert not (tmp_path / "run" / "placebo.json").exists()


@pytest.mark.slow
def test_words_from_outside_stay_words(content: dict[str, Any]) -> None:
    evil = copy.deepcopy(content)
    evil["title"] = "<script>alert(1)</script>"
    evil["claims"][0]["topic"]["label"] = "<img src=x onerror=alert(1)>"
    page = html(sealed(evil))
    assert "<script" not in page and "<img" not in page and "&lt;img" in page


@pytest.mark.slow
def test_an_altered_card_is_shown_with_a_warning(content: dict[str, Any], tmp_path: Path) -> None:
    content = copy.deepcopy(content)
    content["claims"][0]["power"] = 1.0
    (tmp_path / "c.json").write_text(json.dumps(content))
    said = in_process("card", tmp_path / "c.json", "-o", tmp_path / "c.html")
    assert said.returncode == 0 and "contradicts itself, claims" in said.stderr
    assert "This card contradicts itself" in (tmp_path / "c.html").read_text()
    again = in_process("card", tmp_path / "c.json", "-o", tmp_path / "d.json")
    assert again.returncode == 3 and not (tmp_path / "d.json").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "is not JSON"), ("[]", "is no claim card"), ('{"format": "x"}', "is no claim card")],
)
def test_what_is_no_card_is_refused_in_a_sentence(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "claims.json").write_text(text)
    said = in_process("card", tmp_path / "claims.json")
    assert said.returncode == 3 and words in said.stderr
    missing = in_process("card", tmp_path / "none.json")
    assert missing.returncode == 4 and "There is no claim card" in missing.stderr


def test_the_schema_is_printed() -> None:
    said = in_process("card", "--schema")
    assert json.loads(said.stdout) == card_file.schema()
