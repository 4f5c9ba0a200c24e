"""Packages: each one declared is imported and explained, each one imported is declared."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions, packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

#: Functions whose first argument may name a module.
IMPORTERS = {"load", "importlib.import_module", "pytest.importorskip"}
#: Without one of these, no expression of a file names a module.
NAMED = re.compile(r"(?<![.\w])load\(|import_module\(|importorskip\(|\bPACKAGE\b")
#: Folders with code that is not the package.
SCRIPTS = ("tests", "experiments", "figures", "bench", "notebooks", "paper")


def canonical(name: str) -> str:
    """Name of a distribution as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distribution(requirement: str) -> str:
    """Name of the distribution in a requirement."""
    return canonical(re.split(r"[<>=!~;\[ ]", requirement)[0])


@pytest.fixture(scope="module")
def declared(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def required(declared: dict[str, Any]) -> set[str]:
    return {distribution(d) for d in declared["project"]["dependencies"]}


@pytest.fixture(scope="module")
def extras(declared: dict[str, Any]) -> dict[str, set[str]]:
    return {
        name: {distribution(d) for d in needs}
        for name, needs in declared["project"]["optional-dependencies"].items()
    }


@pytest.fixture(scope="module")
def groups(declared: dict[str, Any]) -> dict[str, set[str]]:
    return {
        name: {distribution(d) for d in needs if isinstance(d, str)}
        for name, needs in declared["dependency-groups"].items()
    }


def dotted(node: ast.expr) -> str:
    """A name with its dots, as it is written; nothing for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts]) if isinstance(node, ast.Name) else ""


def imports(path: Path) -> Iterator[str]:
    """Top-level names that a file imports anywhere in it, also by a string that names a module."""
    source = path.read_text(encoding="utf-8")
    whole = NAMED.search(source)
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        waiting += (n for n in ast.iter_child_nodes(node) if whole or not isinstance(n, ast.expr))
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Assign) and dotted(node.targets[0]) == "PACKAGE":
            yield ast.literal_eval(node.value)
        elif (
            isinstance(node, ast.Call)
            and dotted(node.func) in IMPORTERS
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value).partition(".")[0]


#: What is used where the user has installed it: distributions are named after the version of CUDA
#: (cuml-cu12, cupy-cuda12x), so that no extra can name one for every machine.
BY_HAND = {"cuml", "cupy"}


#: Distributions by the names of modules that they install: all that are installed are read once.
installed_as = cache(packages_distributions)


@cache
def distributions_of(folder: Path) -> dict[str, set[str]]:
    """Distributions that may hold what each third-party name imported in a folder means."""
    own = {"trends", "absent_one"}  # the second one exists nowhere, which a test needs
    if folder.name in SCRIPTS:  # scripts import their neighbours by name
        own |= {p.stem for name in SCRIPTS for p in (folder.parent / name).rglob("*.py")}
    installed = installed_as()
    names = {name for path in sorted(folder.rglob("*.py")) for name in imports(path)}
    third = names - own - set(sys.stdlib_module_names)
    return {name: {canonical(d) for d in installed.get(name, [name])} for name in third}


def test_every_required_package_is_imported(root: Path, required: set[str]) -> None:
    used = set().union(*distributions_of(root / "trends").values())
    assert sorted(required - used) == []


def test_the_package_imports_what_is_declared(
    root: Path, required: set[str], extras: dict[str, set[str]]
) -> None:
    allowed = required.union(*extras.values()) | BY_HAND
    found = distributions_of(root / "trends")
    assert {name: held for name, held in found.items() if not held & allowed} == {}


@pytest.mark.parametrize("folder", SCRIPTS)
def test_scripts_and_tests_import_what_is_declared(
    root: Path,
    folder: str,
    required: set[str],
    extras: dict[str, set[str]],
    groups: dict[str, set[str]],
) -> None:
    allowed = required.union(*extras.values(), *groups.values())
    found = distributions_of(root / folder)
    assert {name: held for name, held in found.items() if not held & allowed} == {}


def test_no_exact_pin_in_the_library(declared: dict[str, Any]) -> None:
    project = declared["project"]
    optional = project["optional-dependencies"].values()
    needs = [*project["dependencies"], *(d for extra in optional for d in extra)]
    assert [d for d in needs if "==" in d] == []


def test_everything_that_is_installed_is_pinned_for_tests(
    root: Path, required: set[str], extras: dict[str, set[str]], groups: dict[str, set[str]]
) -> None:
    lines = (root / "constraints.txt").read_text().split()
    names = [distribution(line) for line in lines]
    assert names == sorted(set(names), key=lambda n: n)
    assert required.union(*extras.values(), *groups.values()) - {*names, "topic-trends"} == set()


def test_what_is_pinned_runs_on_every_python_that_is_promised(
    root: Path, declared: dict[str, Any]
) -> None:
    oldest = declared["project"]["requires-python"].removeprefix(">=") + ".0"
    pinned = {distribution(line) for line in (root / "constraints.txt").read_text().split()}
    too_new = [
        each.metadata["Name"]
        for each in distributions()
        if distribution(each.metadata["Name"]) in pinned
        and oldest not in SpecifierSet(each.metadata["Requires-Python"] or "")
    ]
    assert too_new == []


def test_all_brings_every_extra_but_the_largest(
    declared: dict[str, Any], extras: dict[str, set[str]]
) -> None:
    (every,) = declared["project"]["optional-dependencies"]["all"]
    assert every == f"topic-trends[{','.join(sorted(set(extras) - {'all', 'spark'}))}]"


def test_every_dependency_is_explained(
    root: Path, required: set[str], extras: dict[str, set[str]], groups: dict[str, set[str]]
) -> None:
    text = (root / "ARCHITECTURE.md").read_text()
    names = required.union(*extras.values(), *groups.values()) - {"topic-trends"}
    assert [n for n in sorted(names) if f"`{n}`" not in text] == []
    table = text.partition("Dependencies")[2]
    rows = set(re.findall(r"(?m)^\| `([a-z0-9-]+)` \|", table))
    assert rows - names == set(), "explained, but no longer declared"
