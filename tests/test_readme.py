"""The README's example runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_ten_lines(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    block = re.search(r"```python\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)
    assert block is not None
    assert len([line for line in block[1].splitlines() if line.strip()]) <= 10
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(block[1], "README.md", "exec"), names)
    html = (tmp_path / "report.html").read_text()
    assert "<h1" in html
    assert {p.suffix for p in (tmp_path / "figures").iterdir()} == {".pdf", ".svg", ".csv", ".json"}
    for noun in ("corpus", "topics", "shares", "found"):
        assert "<" in names[noun]._repr_html_()  # type: ignore[attr-defined]
