"""Plans are frozen, re-runs say what differs, alterations are caught and named."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from command import in_process

from trends.errors import UsageError
from trends.runs.cards import card_file
from trends.runs.cards import plan as plans
from trends.runs.cards.frozen import settings
from trends.runs.cards.seal import sealed
from trends.runs.config.settings import check
from trends.runs.review.comparison import CLOSE, DIFFERS, EXACT, compare
from trends.runs.review.register import register
from trends.runs.review.verify import verify


def test_a_plan_of_data_to_come_needs_no_data() -> None:
    config = check({"rng": 3, "corpus": {"path": "nowhere.csv"}, "models": {"backends": ["nmf"]}})
    first = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
    plan = register(config, question="Does it rise?", data_from=first)
    assert plan.data.kind == "to come" and plan.data.documents_sha256 is None
    assert plan.sha256 == plan.own_sha256
    frozen, sha = settings(config), "0" * 64
    later = (first + dt.timedelta(days=9)).isoformat()
    assert plans.deviations(plan, frozen, plan.version, sha, (later, later)) == []
    (old,) = plans.deviations(plan, frozen, plan.version, sha, ("2020-01-01", later))
    assert old.startswith("Documents date from 2020-01-01; registered were those from")
    frozen["models"]["n_topics"] = 5
    said = plans.deviations(plan, frozen, "9.9", sha, (later, later))
    assert said[0] == "models.n_topics is 5, registered was 'auto'."
    assert said[1].startswith("topic-trends is 9.9")


def test_what_cannot_be_registered_is_said() -> None:
    config = check({"rng": 3})
    today = dt.datetime.now(dt.UTC).date()
    with pytest.raises(UsageError, match="states its question"):
        register(config, question=" ")
    with pytest.raises(UsageError, match="is past"):
        register(config, question="?", data_from=today - dt.timedelta(days=40))
    with pytest.raises(UsageError, match="before they begin"):
        register(config, question="?", data_from=today + dt.timedelta(9), data_until=today)


def test_a_plan_is_never_replaced_and_no_machine_is_in_it(tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    (tmp_path / "c.toml").write_text('rng = 3\n[models]\nbackends = ["nmf"]\nn_topics = 4\n')
    given = ("register", tmp_path / "c.toml", "--question", "Does it rise?", "-o", out)
    first = in_process(*given)
    assert first.returncode == 0 and plans.read(out).sha256 in first.stdout
    assert str(tmp_path) not in out.read_text()
    second = in_process(*given)
    assert second.returncode == 2 and "is there already" in second.stderr
    plan = json.loads(out.read_text())
    plan["config"]["rng"] = 4
    out.write_text(json.dumps(plan))
    (tmp_path / "c.toml").write_text(f'rng = 3\nplan = "{out}"\n')
    run = in_process("run", tmp_path / "c.toml", "--no-progress")
    assert run.returncode == 3 and "was changed after it was registered" in run.stderr


@pytest.mark.slow
def test_an_honest_run_is_reproduced_from_features(case: Path) -> None:
    said = in_process(
        *("verify", case / "run", case / "features", "--plan", case / "plan.json"),
        *("-o", case / "kept", "--no-progress"),
    )
    assert said.returncode == 0, said.stdout
    assert said.stdout.startswith("Reproduced exactly.\nFindings and their stability: the same.")
    alone = in_process("verify", case / "run", "--json")
    found = json.loads(alone.stdout)
    assert alone.returncode == 0 and found["verdict"] == "consistent, not re-run"
    assert [s["state"] for s in found["steps"]] == [EXACT, "not run", "not run"]


@pytest.mark.slow
def test_another_processor_setting_reproduces_it(case: Path) -> None:
    """Threads, BLAS kernel and numpy's instructions are others; only the last digits may be."""
    setting = {
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_CORETYPE": "Prescott",
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX",
    }
    said = subprocess.run(
        [
            *(sys.executable, "-m", "trends", "verify", str(case / "run")),
            *(str(case / "features"), "--no-progress", "--json"),
        ],
        env={**os.environ, **setting},
        capture_output=True,
        text=True,
    )
    found = json.loads(said.stdout)
    assert said.returncode == 0, found
    assert found["verdict"].startswith("reproduced") and found["findings_same"]


@pytest.mark.slow
def test_numbers_are_compared_within_a_tolerance(case: Path) -> None:
    card = card_file.read(case / "run")
    claim = card.claims[0]
    assert claim.change is not None

    def moved(points: float) -> list[tuple[str, str, float]]:
        new = claim.change.model_copy(update={"value": claim.change.value + points})
        again = card.model_copy(
            update={"claims": [claim.model_copy(update={"change": new}), *card.claims[1:]]}
        )
        steps = compare(card, again, 0.01)
        return [(s.name, s.state, round(s.largest, 6)) for s in steps if s.state != EXACT]

    assert moved(0.0) == []
    assert moved(0.004) == [("trends", CLOSE, 0.004)]
    assert moved(0.5) == [("trends", DIFFERS, 0.5)]


@pytest.mark.slow
def test_alterations_are_caught_and_named(
    case: Path, verify_scripts: ModuleType, tmp_path: Path
) -> None:
    """A tenth of the 200 of the experiment, of every kind; all of them are in its results."""
    import mutations

    found = [verify_scripts.caught(case, each, tmp_path) for each in mutations.drawn(case)[::10]]
    assert len(found) == 20 and len({row["kind"] for row in found}) == 7
    assert [row for row in found if not (row["caught"] and row["named"])] == []


@pytest.mark.slow
def test_what_a_card_says_of_its_plan_is_checked(case: Path) -> None:
    plan = plans.read(case / "plan.json")
    card = card_file.read(case / "run")
    assert card.plan is not None and card.plan.deviations == []
    assert card.plan.sha256 == plan.sha256
    altered = json.loads((case / "run" / "claims.json").read_text())
    altered["plan"]["deviations"] = ["none to speak of"]
    found = verify(sealed(altered), plan=case / "plan.json")
    assert [s.name for s in found.steps if s.state == DIFFERS] == ["plan"]
