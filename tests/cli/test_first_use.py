"""A new user: the wheel in an empty folder, a CSV of one's own, one command, the report."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from scripts import script


@pytest.mark.slow
def test_one_command_from_the_wheel_to_the_report(root: Path, tmp_path: Path) -> None:
    """Two of four planted themes move: both are found with the right sign, the others are not."""
    source, site, empty = (tmp_path / name for name in ("source", "site", "empty"))
    shutil.copytree(root / "trends", source / "trends")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(root / name, source / name)
    pip = [sys.executable, "-m", "pip", "-q"]
    wheel = [*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", str(tmp_path)]
    subprocess.run([*wheel, str(source)], check=True)
    (built,) = tmp_path.glob("*.whl")
    target = ["install", "--no-deps", "--no-index", "--target", str(site)]
    subprocess.run([*pip, *target, str(built)], check=True)
    # Loops are compiled once, not for every copy of their source.
    for path in sorted((root / "trends").rglob("__pycache__/*.nb[ci]")):
        here = site / path.relative_to(root)
        here.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, here)
        of = Path(*path.relative_to(root).parts[:-2], path.name.partition(".")[0] + ".py")
        shutil.copystat(root / of, site / of)
    corpora = script("experiments/topic_number/corpora.py")
    empty.mkdir()
    corpora.make(4, rng=4).drop(columns="theme").to_csv(empty / "news.csv", index=False)
    call = ["-m", "trends", "run", "news.csv", "--text", "abstract", "--date", "published"]
    env = {**os.environ, "PYTHONPATH": str(site), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    made = subprocess.run(
        [sys.executable, *call, "--no-progress"],
        cwd=empty,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Report: news-results/report.html" in made.stdout
    out = empty / "news-results"
    assert (out / "report.html").is_file() and (empty / "news.toml").is_file()
    topics, trends = (pd.read_csv(out / f"{name}.csv") for name in ("topics", "trends"))
    topics = topics[topics["topic"] >= 0]
    for backend, own in topics.groupby("backend"):
        first = own.set_index("topic")["top_terms"].str.split(";").str[0]
        of = {
            word: name for name, words in corpora.THEMES.items() for some in words for word in some
        }
        theme = {topic: of[term] for topic, term in first.items()}
        assert sorted(theme.values()) == ["coal", "solar", "violins", "whales"]
        found = trends[trends["backend"] == backend].set_index("topic")["finding"].rename(theme)
        assert found.to_dict() == {
            "solar": "rising",
            "coal": "falling",
            "whales": "no change detected",
            "violins": "no change detected",
        }
