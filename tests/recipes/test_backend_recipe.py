"""The recipe of a backend in CONTRIBUTING.md, carried out.

One file, one line, and the contract suite passes.
"""

from __future__ import annotations

from typing import Any

import pytest

FITTED = """
import trends
from trends.models import BACKENDS
print(trends.__file__, BACKENDS.load("ward").read_settings({"linkage": "average"}))
"""


@pytest.mark.slow
def test_a_backend_is_one_file_and_one_line(package: Any) -> None:
    module, line = package.blocks("A backend")
    package.write("trends/models/backends/ward.py", module)
    package.register("trends/models/__init__.py", line)
    assert str(package.folder) in package.run("-c", FITTED)
    out = package.contract("tests/models/test_contract.py", "-k", "ward")
    assert "passed" in out
    assert "skipped" not in out
