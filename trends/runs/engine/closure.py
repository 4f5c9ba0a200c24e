"""The code that a function can reach.

The closure of imports of its module, computed from the sources.

A key of a kept result holds the digest of this closure, so that a change of any module that could
change the result makes a new key, and no list has to be kept by hand. What counts as an import:
every ``import`` and ``from … import``, also inside functions; modules imported by name, where the
name is written out; the packages above a module, whose
``__init__`` runs first; the targets of a lazy package (``__init__.pyi``) where it is used; and
places of a registry, written ``"package.module:attribute"``, all of them unless the caller names
those that it loads. Imports for type checkers alone do not count. Files that are no code but lie
beside a module, or in a folder beside it that is no package (templates, styles), belong to it. The
corpora in such a folder of the whole package do not: a run knows them by their content.
"""

from __future__ import annotations

import functools
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)|import[ \t]+([^\n(]+))",
    re.MULTILINE,
)
#: A module imported by its name: ``import_module("x")``, or ``load("x")`` of a helper that does so.
_BY_NAME = re.compile(r'\b(?:import_module|load)\("([A-Za-z_][\w.]*)"\)')
_PLACE = re.compile(r'"([a-z_]\w*(?:\.\w+)+):\w+"')
_TEXT = re.compile(r'"""[\s\S]*?"""')
_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+[^\n]*\n|\n)+", re.MULTILINE)
_ALL: Mapping[str, Iterable[str]] = MappingProxyType({})
_CODE = {".py", ".pyi", ".pyc", ".so"}


@dataclass(frozen=True)
class Reach:
    """What a module can reach.

    Parameters
    ----------
    modules : tuple of str
        Modules of the package, sorted.
    packages : tuple of str
        Names of third-party packages that these import, sorted.
    """

    modules: tuple[str, ...]
    packages: tuple[str, ...]


@dataclass(frozen=True)
class _Imports:
    """Imports of one file.

    Pairs are a module and a name taken from it ("" for the module); places are those of registries.
    """

    pairs: tuple[tuple[str, str], ...]
    places: tuple[str, ...]


class Closure:
    """The imports of a package, read from its sources.

    Parameters
    ----------
    root : Path
        Folder of the package.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.name = root, root.name
        self.files = {self._module(p): p for p in root.rglob("*.py")}
        self._stubs = {self._module(p): p for p in root.rglob("__init__.pyi")}
        #: File → SHA-256, as far as it was asked for.
        self.hashes: dict[Path, str] = {}
        self._imports: dict[Path, _Imports] = {}
        self._next: dict[str, tuple[list[str], list[str]]] = {}
        self._others: dict[Path, list[Path]] = {}
        self._reach: dict[tuple[str, Any], Reach] = {}

    def _module(self, path: Path) -> str:
        parts = [self.name, *path.with_suffix("").parts[len(self.root.parts) :]]
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def reach(self, module: str, loads: Mapping[str, Iterable[str]] = _ALL) -> Reach:
        """The closure of a module.

        Parameters
        ----------
        module : str
            Full name.
        loads : mapping of str to iterable of str
            The module of a registry to the modules that are loaded through it. Of any other
            registry, every place that it names counts.
        """
        chosen = {registry: tuple(sorted(names)) for registry, names in loads.items()}
        key = (module, tuple(sorted(chosen.items())))
        if key not in self._reach:
            self._reach[key] = self._walk(module, chosen)
        return self._reach[key]

    def _walk(self, module: str, chosen: dict[str, tuple[str, ...]]) -> Reach:
        waiting, modules, packages = [module], set[str](), set[str]()
        while waiting:
            one = waiting.pop()
            if one in modules:
                continue
            modules.add(one)
            own, others = self._imported(one)
            waiting += own
            packages.update(others)
            places = chosen.get(one, self._read(self.files[one]).places)
            waiting += [p for p in places if p in self.files]
        known = sys.stdlib_module_names
        return Reach(tuple(sorted(modules)), tuple(sorted(packages - known)))

    def _imported(self, module: str) -> tuple[list[str], list[str]]:
        """Modules of the package that a module imports, those above it among them, and packages."""
        if module not in self._next:
            parts = module.split(".")
            own = dict.fromkeys(".".join(parts[:n]) for n in range(1, len(parts)))
            others: dict[str, None] = {}
            for base, name in self._read(self.files[module]).pairs:
                package = base.partition(".")[0]
                if package == self.name:
                    own |= dict.fromkeys(self._targets(base, name))
                else:
                    others[package] = None
            self._next[module] = list(own), list(others)
        return self._next[module]

    def _targets(self, base: str, name: str) -> Iterator[str]:
        """Modules that ``from base import name`` (or ``import base``) makes reachable."""
        if name and f"{base}.{name}" in self.files:
            base, name = f"{base}.{name}", ""
        if base not in self.files:
            return
        yield base
        if base in self._stubs:
            for place, offered in self._read(self._stubs[base], base).pairs:
                if name in ("", "*", offered):
                    yield from self._targets(place, offered)

    def _read(self, path: Path, package: str = "") -> _Imports:
        if path not in self._imports:
            content = path.read_bytes()
            self.hashes.setdefault(path, hashlib.sha256(content).hexdigest())
            text = content.decode("utf-8").replace("\r\n", "\n")
            if path.suffix == ".py":
                text = _TEXT.sub('""', text)
                text = _TYPES.sub("", text) if "TYPE_CHECKING" in text else text
            here = package or self._module(path)
            if path.name != "__init__.py" and not package:
                here = here.rpartition(".")[0]
            pairs = dict.fromkeys(
                p for found in _IMPORT.finditer(text) for p in _pairs(found, here)
            )
            # The words are found faster than the pattern, and most files have neither.
            if "import_module(" in text or "load(" in text:
                pairs |= dict.fromkeys((name, "") for name in _BY_NAME.findall(text))
            self._imports[path] = _Imports(tuple(pairs), tuple(dict.fromkeys(_PLACE.findall(text))))
        return self._imports[path]

    def digest(self, reach: Reach) -> str:
        """SHA-256 of a closure's sources, the files beside them and the installed versions."""
        h = hashlib.sha256()
        for module in reach.modules:
            h.update(f"{module} {self._hash(self.files[module])}\n".encode())
        for folder in sorted({self.files[module].parent for module in reach.modules}):
            for path in self._beside(folder):
                h.update(f"{path.relative_to(self.root)} {self._hash(path)}\n".encode())
        for package in reach.packages:
            h.update(f"{package} {version(package)}\n".encode())
        return h.hexdigest()

    def _beside(self, folder: Path) -> list[Path]:
        """Files of a folder that are no code, and those of sub-folders that are no packages."""
        if folder not in self._others:
            inside = list(folder.iterdir())
            for part in inside[:] if folder != self.root else ():
                if part.is_dir() and part.name != "__pycache__":
                    inside += [] if (part / "__init__.py").exists() else part.rglob("*")
            found = (p for p in inside if p.is_file() and p.suffix not in _CODE)
            self._others[folder] = sorted(found)
        return self._others[folder]

    def _hash(self, path: Path) -> str:
        if path not in self.hashes:
            self.hashes[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        return self.hashes[path]


def _pairs(found: re.Match[str], here: str) -> Iterator[tuple[str, str]]:
    """Module and name of each import in one statement.

    ``here`` is the package that relative imports start from.
    """
    base, names, plain = found.groups()
    if plain is not None:
        for item in plain.partition("#")[0].split(","):
            yield item.split(" as ")[0].strip(), ""
        return
    if base.startswith("."):
        dots = len(base) - len(base.lstrip("."))
        parts = here.split(".")[: len(here.split(".")) - dots + 1]
        base = ".".join([*parts, *filter(None, [base.lstrip(".")])])
    names = re.sub(r"#[^\n]*", "", names) if "#" in names else names
    for item in names.strip("() \n").split(","):
        if name := item.split(" as ")[0].strip():
            yield base, name


@functools.cache
def own() -> Closure:
    """The closure of this package as it is installed."""
    return Closure(Path(__file__).resolve().parents[2])


@functools.cache
def version(package: str) -> str:
    """Installed version of the distribution that an import name belongs to, or "absent"."""
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(package)
    if find_spec(package) is not None:
        # A distribution with another name than its package, such as scikit-learn and umap-learn.
        for found in _distributions():
            named = (found.read_text("top_level.txt") or "").split()
            if package in named or (not named and _records(found, package)):
                return str(found.version)
    return "absent"


def _distributions() -> Iterator[metadata.Distribution]:
    """What is installed, those first that this package requires."""
    with suppress(metadata.PackageNotFoundError):
        for line in metadata.requires("topic-trends") or ():
            with suppress(metadata.PackageNotFoundError):
                yield metadata.distribution(re.split(r"[^\w.-]", line, maxsplit=1)[0])
    yield from metadata.distributions()


def _records(found: metadata.Distribution, package: str) -> bool:
    text = "\n" + (found.read_text("RECORD") or "")
    return f"\n{package}/__init__.py," in text or f"\n{package}.py," in text
