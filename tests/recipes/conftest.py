"""A copy of the package in which the recipes of CONTRIBUTING.md are carried out to the letter."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Copy:
    """A copy of ``trends``, and the recipe that is carried out in it."""

    folder: Path
    root: Path
    recipe: str

    def blocks(self, section: str) -> list[str]:
        """The blocks of code in a section of the recipes."""
        text = self.recipe.split(f"### {section}\n")[1].split("\n#")[0]
        return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)

    def write(self, path: str, text: str) -> None:
        """Write a new file."""
        assert not (self.folder / path).exists()
        (self.folder / path).write_text(text)

    def register(self, path: str, line: str) -> None:
        """Put one line behind the first entry of the registry in a file."""
        file = self.folder / path
        text, count = re.subn(
            r'(\n +"[\w-]+": "trends\.[\w.]+:\w+",\n)', rf"\1{line}", file.read_text(), count=1
        )
        assert count == 1
        file.write_text(text)

    def run(self, *command: str) -> str:
        """What Python prints, with the copy in the place of the package."""
        made = subprocess.run(
            [sys.executable, *command],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            timeout=600,
        )
        assert made.returncode == 0, made.stdout[-4000:] + made.stderr[-4000:]
        return made.stdout

    def contract(self, path: str, *options: str) -> str:
        """What pytest prints of a contract suite that it runs on the copy."""
        suite = [str(self.root / path), "-c", str(self.root / "pyproject.toml"), *options]
        return self.run("-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *suite)


@pytest.fixture
def package(tmp_path: Path, root: Path) -> Copy:
    """A fresh copy."""
    # With what is compiled of it; another process may just be writing there.
    skip = shutil.ignore_patterns("*.pyc.*", "*.tmp.*")
    shutil.copytree(root / "trends", tmp_path / "trends", ignore=skip)
    return Copy(tmp_path, root, (root / "CONTRIBUTING.md").read_text())
