"""The section of the diagnostics, the notes of the tests and the power beside claims, as a reader
sees them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pandas as pd
import pytest

from trends.reports import render
from trends.reports.content import COLUMNS

BACKENDS = ("gibbs-lda", "lda", "bertopic")


def text_of(page: str, section: str) -> str:
    found = re.search(rf'<section id="{section}".*?</section>', page, re.DOTALL)
    assert found, section
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found[0])))


@pytest.fixture(scope="module")
def diagnosed(report: Callable[..., object]) -> str:
    diagnostics = [("length-drift", b, False, "Documents keep their length.", "") for b in BACKENDS]
    diagnostics += [
        (
            "duplicates",
            b,
            True,
            "9 of 200 documents repeat an earlier one.",
            f"{i} of 2 detected trends remain",
        )
        for i, b in enumerate(BACKENDS)
    ]
    diagnostics += [("unassigned-trend", "lda", True, "5% have <no> topic.", "")]
    corrected = [
        ("duplicates", "lda", t, f"topic {t}", 2.0 - t, 0.01 + 0.5 * t, 0.3, 0.6) for t in range(2)
    ]
    composition = [
        (
            b,
            0,
            "topic 0",
            2.0,
            5.0,
            3.0,
            0.1,
            "rose as a share, perhaps only because “topic 1” moved: not detected without it",
        )
        for b in BACKENDS
    ]
    extra = [
        "volume_lower",
        "volume_upper",
        "ratio_lower",
        "ratio_upper",
        "ratio_p_adjusted",
        "p_adjusted_without",
    ]
    claims = [
        (0, "topic 0", "rising", 2.0, 1.0, 3.0, 0.01, 0.9, "robust", 1.25),
        (1, "topic 1", "flat", 0.1, -1.0, 1.0, 0.6, 0.2, "not detected", 3.75),
    ]
    page = report(
        figures=False,
        diagnostics=pd.DataFrame(
            diagnostics, columns=["diagnostic", "backend", "flagged", "sentence", "corrected"]
        ),
        diagnostics_corrected=pd.DataFrame(
            corrected,
            columns=[
                "diagnostic",
                "backend",
                "topic",
                "label",
                "slope",
                "p_adjusted",
                "slope_corrected",
                "p_adjusted_corrected",
            ],
        ),
        composition=pd.DataFrame(
            composition,
            columns=[
                "backend",
                "topic",
                "label",
                "slope",
                "volume",
                "ratio",
                "slope_without",
                "reading",
            ],
        ).assign(**dict.fromkeys(extra, 0.5)),
        claims=pd.DataFrame(claims, columns=[*COLUMNS["claims"], "power"]),
        metadata={
            "claims_notes": ["Power is what could have been seen."],
            "trend_notes": {
                "gibbs-lda": ["Periods are independent."],
                "lda": ["Periods remember."],
                "bertopic": ["Periods are independent."],
            },
        },
    )
    return render(page)


def test_diagnostics_say_what_they_saw_and_what_is_left(diagnosed: str) -> None:
    text = text_of(diagnosed, "diagnostics")
    assert "3 diagnostics checked" in text and "2 found something" in text
    assert "Length of documents: not flagged" in text and "Repeated documents: flagged" in text
    # Said once for all three backends, with the result of each.
    assert text.count("9 of 200 documents repeat") == 1
    assert all(f"{i} of 2 detected trends remain" in text for i in range(3))
    assert "lda: 5% have <no> topic." in text and "<no> topic" not in diagnosed
    # Raw beside corrected, for what is detected in one of them.
    assert "+2.00 0.010 +0.30 0.600" in text and "topic 1 " not in text


def test_notes_of_the_tests_stand_with_the_trends(diagnosed: str) -> None:
    text = text_of(diagnosed, "trends")
    assert (
        "gibbs-lda and bertopic: Periods are independent." in text
        and "lda: Periods remember." in text
    )
    assert "perhaps only because “topic 1” moved" in text and "fell because another rose" in text


def test_power_stands_beside_what_was_not_detected(diagnosed: str) -> None:
    text = text_of(diagnosed, "claims")
    assert "Power is what could have been seen." in text and "detectable slope" in text
    assert "3.75" in text and "1.25" not in text


def test_a_report_without_diagnostics_has_no_such_section(page: str) -> None:
    assert 'id="diagnostics"' not in page and "#diagnostics" not in page
