"""The page in a browser: no request, no message, nothing that axe objects to, and search, sort,
views and files that work.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trends.reports import render

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def light(report: Callable[..., Any], claimed: Callable[..., pd.DataFrame]) -> str:
    """The page without figures, which the tests of its script do not need."""
    claims = claimed()
    return render(report(figures=False, claims=claims, metadata={"claims_about": "gibbs-lda"}))


def test_the_tests_see_a_request_a_message_and_a_violation(opened):
    bad = opened('<img src="http://127.0.0.1:9/x.png"><script>nothing.here()</script>')
    assert bad.asked == ["http://127.0.0.1:9/x.png"]
    assert any("nothing is not defined" in text for text in bad.said)
    assert any(text.startswith("image-alt") for text in bad.violations())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_request_no_message_and_nothing_for_axe_to_object_to(opened, page, scheme):
    shown = opened(page, color_scheme=scheme)
    shown.page.wait_for_load_state("networkidle")
    assert shown.violations() == []
    shown.unfold()
    shown.page.locator(".topic th button").first.click()
    shown.page.locator("#search").fill("topic")
    assert shown.violations() == []
    assert (shown.asked, shown.said) == ([], [])


def test_a_narrow_screen_scrolls_in_one_direction(opened, page):
    shown = opened(page, "#t0-0", viewport={"width": 390, "height": 800})
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 390
    box = shown.page.locator("#t0-0-more .view").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert shown.violations() == []


def test_search(opened, light):
    shown = opened(light)
    found, search = (
        shown.page.locator("#found"),
        shown.page.get_by_label("Find topics by label, word, example or trend"),
    )
    assert found.get_attribute("role") == "status"
    search.fill("WORD3x0 third")
    assert (shown.names(), found.inner_text()) == ([], "0 of 19 topics")
    search.fill("WORD3x0 second")
    assert (shown.names(), found.inner_text()) == (["topic about 3"], "3 of 19 topics")
    search.fill("rising")
    assert (shown.names(), found.inner_text()) == (["topic about 0"], "3 of 19 topics")
    search.fill("")
    assert (len(shown.names()), found.inner_text()) == (6, "")


def test_sort(opened, light):
    shown = opened(light)
    heads = shown.page.locator("table.topics").first.locator("thead th")
    change, share = heads.nth(4), heads.nth(2)
    change.get_by_role("button").click()
    assert (change.get_attribute("aria-sort"), share.get_attribute("aria-sort")) == (
        "descending",
        "none",
    )
    names = shown.names()
    assert names[0] == "topic about 0" and names[-1] == "topic about 1"
    change.get_by_role("button").click()
    assert change.get_attribute("aria-sort") == "ascending" and shown.names()[0] == "topic about 1"
    heads.nth(0).get_by_role("button").click()
    assert shown.names() == [f"topic about {i}" for i in range(6)]


def test_a_click_opens_the_view_and_names_it_in_the_address(opened, light):
    shown = opened(light)
    topic = shown.page.locator("#t0-3")
    button, more = topic.locator("th button"), topic.locator(".more")
    assert not more.is_visible() and button.get_attribute("aria-expanded") == "false"
    button.click()
    assert more.is_visible() and button.get_attribute("aria-expanded") == "true"
    assert shown.page.evaluate("location.hash") == "#t0-3"
    text = more.inner_text()
    for part in (
        "No change between 2019 H1–2020 H1 and 2021 H2–2022 H2 detected",
        "word3x0, word3x1",
        "First title 3",
        "Seeds: 0.80",
        "topics.csv",
        "Link to this topic",
    ):
        assert part in text
    assert topic.locator("svg.chart").bounding_box()["width"] > 100
    button.click()
    assert not more.is_visible()


def test_a_link_opens_the_view_even_if_the_search_hides_it(opened, light):
    shown = opened(light, "#t0-2")
    # The browser tells of a new address when it comes to it.
    shown.page.locator("#t0-2 button:focus").first.wait_for()
    assert shown.page.locator("#t0-2-more").is_visible()
    assert shown.page.evaluate("document.activeElement.textContent") == "topic about 2"
    shown.page.locator("#search").fill("word5x1")
    assert not shown.page.locator("#t0-0").is_visible()
    shown.page.get_by_role("link", name="Claims").click()
    shown.page.locator("#claims td a").first.click()
    shown.page.locator("#t0-0 button:focus").first.wait_for()
    assert (
        shown.page.locator("#t0-0-more").is_visible()
        and shown.page.locator("#search").input_value() == ""
    )


def test_the_keyboard_is_enough(opened, light):
    shown = opened(light)
    page = shown.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.locator("#search").focus()
    page.keyboard.type("about 4")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "topic about 4":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    assert page.locator("#t0-4-more").is_visible()
    page.keyboard.press("Space")
    assert not page.locator("#t0-4-more").is_visible()


@pytest.mark.parametrize("name", ["quality", "prevalence"])
def test_files_are_saved_as_csv(opened, light, tables, name):
    shown = opened(light, accept_downloads=True)
    shown.unfold()
    with shown.page.expect_download() as waiting:
        shown.page.locator(f'a[download^="{name}.csv"]').click()
    assert waiting.value.suggested_filename == f"{name}.csv"
    saved = Path(waiting.value.path()).read_bytes()
    assert pd.read_csv(io.BytesIO(saved)).shape == tables()[name].shape
    assert shown.said == []


def test_without_a_script_everything_is_there(opened, light):
    shown = opened(light, java_script_enabled=False)
    for summary in shown.page.locator(".others > summary").all():
        summary.click()
    assert shown.page.locator(".more:visible").count() == 19
    for selector in ("#search", "#explore", "button.copy"):
        assert shown.page.locator(f"{selector}:visible").count() == 0, selector


def test_on_paper_everything_is_open_and_nothing_is_a_control(opened, light):
    shown = opened(light)
    shown.page.emulate_media(media="print")
    assert shown.page.locator(".more:visible").count() == 19
    hidden = ("nav", ".search", ".download", ".link", "button.copy", ".data", ".controls")
    for selector in hidden:
        assert shown.page.locator(f"{selector}:visible").count() == 0, selector
    assert len(shown.page.pdf()) > 10_000


HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=http://127.0.0.1:9/x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)\" autofocus onfocus='alert(1)' x='",
    "</style><style>@import url(http://127.0.0.1:9/y)</style><svg onload=alert(1)>",
    "$\\input{/etc/passwd}$ \\write18{x} ${7*7} {{ 7 * 7 }}",
    '=HYPERLINK("http://127.0.0.1:9/z")',
    "javascript:alert(1)",
    (
        "\u202egnp.exe \u2067\u0645\u0631\u062d\u0628\u0627 \ud83e\udd84 Z\u0351\u0343\u0352\u0301 "
        "\x00\x1b[31m"
    ),
    "\U0001f9ec" * 20_000,
]


def test_hostile_text_is_inert(opened, report, tables):
    import trends.plots as plots
    from trends.reports import Picture, Report

    frames = tables()
    count = len(frames["topics"])
    for name in ("topics", "prevalence", "trends"):
        frames[name]["label"] = [HOSTILE[int(t) % len(HOSTILE)] for t in frames[name]["topic"]]
    frames["topics"]["examples"] = [
        " | ".join((HOSTILE[i % 9], HOSTILE[(i + 4) % 9])) for i in range(count)
    ]
    frames["topics"]["top_terms"] = [HOSTILE[(i + 2) % 9] for i in range(count)]
    short = frames["prevalence"][frames["prevalence"]["backend"] == "lda"]
    drawn = plots.changes(
        frames["trends"].query("backend == 'lda' and topic < 4"), stem="changes-lda"
    )
    made = report(
        frames,
        title=HOSTILE[1],
        warnings=HOSTILE,
        metadata={"corpus": HOSTILE[0], HOSTILE[2]: HOSTILE},
        figures=False,
    )
    picture = Picture(
        HOSTILE[1], plots.svg_text(drawn), HOSTILE[0], HOSTILE[2], short, stem="changes-lda"
    )
    shown = opened(render(Report(**{**vars(made), "figures": [picture]})))
    assert shown.page.title() == HOSTILE[1] and shown.page.locator("h1").inner_text() == HOSTILE[1]
    shown.unfold()
    for button in shown.page.locator(".topic th button").all()[:9]:
        button.click()
    shown.page.locator("#search").fill("<script>")
    shown.page.mouse.move(200, 400)
    assert shown.page.locator("script").count() == 1 and shown.page.locator("style").count() == 1
    assert (
        shown.page.locator(
            'a[href^="javascript"], [onload], [onerror], [onmouseover], [onfocus], img'
        ).count()
        == 0
    )
    assert (shown.asked, shown.said) == ([], [])
