"""Every public name has an example in its docstring, and the example gives what it says."""

from __future__ import annotations

import doctest
import inspect
from pathlib import Path
from typing import Any

import pytest

import trends as tr

#: Examples that carry out a whole run, or fit many times.
RUNS = (
    "Run",
    "run",
    "update",
    "rolling_origins",
    "choose_topics",
    "labels_needed",
    "corrected",
    "intrusion_sample",
    "intrusion_scores",
    "label_sample",
    "read_card",
    "verify",
)


#: Fits of the examples by what was fitted and how.
FITS: dict[Any, tr.Topics] = {}
fit = tr.fit


def fitted(corpus: Any, *args: Any, **options: Any) -> tr.Topics:
    """A fit, made once: most examples begin with the same one and show what is done with it."""
    key = (type(corpus), corpus.fingerprint, args, tuple(sorted(options.items())))
    try:
        if key not in FITS:
            FITS[key] = fit(corpus, *args, **options)
    except TypeError:  # a table among the options, which has no hash
        return fit(corpus, *args, **options)
    return FITS[key]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if n in RUNS else ()) for n in tr.__all__]
)
def test_the_example_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = inspect.getdoc(getattr(tr, name)) or ""
    if name != "fit":
        monkeypatch.setattr(tr, "fit", fitted)
    test = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
    assert test.examples, f"tr.{name} has no example in its docstring"
    assert "\nExamples\n--------\n" in text
    said: list[str] = []
    options = doctest.NORMALIZE_WHITESPACE
    found = doctest.DocTestRunner(optionflags=options).run(test, out=said.append)
    assert found.failed == 0, "".join(said)


@pytest.mark.parametrize("name", [n for n in tr.__all__ if inspect.isfunction(getattr(tr, n))])
def test_a_function_describes_its_arguments_and_result(name: str) -> None:
    function = getattr(tr, name)
    text = inspect.getdoc(function) or ""
    summary, _, rest = text.partition("\n\n")
    assert "\n" not in summary and len(summary) <= 96
    assert rest
    for section in ("Parameters", "Raises"):
        assert f"\n{section}\n{'-' * len(section)}\n" in text, section
    assert "\nReturns\n-------\n" in text or "\nYields\n------\n" in text
    for argument in inspect.signature(function).parameters:
        assert argument in text.partition("Parameters\n")[2], argument
