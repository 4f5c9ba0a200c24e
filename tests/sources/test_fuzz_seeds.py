"""Inputs that fuzzing began with or found keep the promises of their parser (``make fuzz``)."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts import script

FUZZ = Path(__file__).resolve().parents[1] / "fuzz"


targets = script(FUZZ / "targets.py")


@pytest.mark.parametrize("target", targets.TARGETS)
def test_every_seed_is_read_or_refused_in_a_sentence(target, tmp_path):
    seeds = targets.seeds(target)
    assert seeds
    for n, data in enumerate(seeds):
        folder = tmp_path / str(n)
        folder.mkdir()
        targets.check(target, data, folder)


def test_every_source_that_reads_files_is_fuzzed():
    from trends.sources import SOURCES

    named = {
        "table": targets.TABLES,
        "pretraining": (),
    }  # the embedded corpus reads nothing of the user's
    for source in SOURCES:
        assert set(named.get(source, (source,))) <= set(targets.TARGETS)


def test_folders_of_seeds_belong_to_targets_and_seeds_are_small():
    folders = [p for p in (FUZZ / "seeds").iterdir() if p.is_dir()]
    assert {p.name for p in folders} <= set(targets.TARGETS)
    assert all(p.stat().st_size <= 16_384 for folder in folders for p in folder.iterdir())


@pytest.mark.parametrize("outcome", ["crash", "loss", "slow"])
def test_a_broken_promise_is_noticed(outcome, tmp_path, monkeypatch):
    """The checks of the fuzzer can fail."""

    class Corpus(list):
        def __init__(self):
            self.notes = {"records": 2, "dropped_by_reason": {"x": 1}}

    def road(data, folder):
        if outcome == "crash":
            raise KeyError(data)
        if outcome == "loss":
            targets._whole(Corpus())

    monkeypatch.setattr(targets, "_road", lambda target: road)
    with pytest.raises((KeyError, targets.BrokenPromise)):
        targets.check("csv", b"", tmp_path, seconds=-1)  # any time is too long
