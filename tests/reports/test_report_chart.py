"""The linked chart, the cards beside it, and the copy buttons, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from trends.reports import render

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def linked_page(
    report: Callable[..., Any],
    tables: Callable[..., dict[str, pd.DataFrame]],
    claimed: Callable[..., pd.DataFrame],
    linked: Callable[..., dict[str, Any]],
) -> str:
    frames = tables()
    claims = claimed(frames["trends"])
    claims["diagnostics"] = ["duplicates", "", "", "", "", ""]
    about = {"claims_about": "gibbs-lda"}
    return render(report(frames, figures=False, claims=claims, metadata=about, **linked(frames)))


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_screen_shows_the_verdict_and_curves(opened, linked_page, width, height, scheme):
    shown = opened(linked_page, viewport={"width": width, "height": height}, color_scheme=scheme)
    page = shown.page
    bottom = [page.locator(".lead").bounding_box()]
    bottom += [
        c.bounding_box() for c in page.locator(".full .chart").all()[: 3 if width > 900 else 2]
    ]
    for box in bottom:
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= height
    first = page.locator(".full .card").first.inner_text()
    for said in ("rising", "+4.00 (+2.40 to +5.60) points", "stability: stable"):
        assert said in first
    assert "8 of 9 fits agree in direction" in first
    assert "1 of 2 diagnostics passed; not: repeated documents" in first
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.violations() == []
    assert (shown.asked, shown.said) == ([], [])


def test_hovering_says_share_interval_and_documents(opened, linked_page):
    shown = opened(linked_page)
    plot, said = shown.page.locator("#x-plot"), shown.page.locator("#x-said")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    plot.hover(position={"x": 48, "y": 100})
    assert said.locator("p").inner_text().startswith("2019 H1: ")
    plot.hover(position={"x": box["width"] - 172, "y": 100})
    assert said.locator("p").inner_text().startswith("2022 H2: ")
    assert "not wholly covered" in said.inner_text() and "5 documents" in said.inner_text()
    assert "% (" in said.locator("li").inner_text()
    assert (shown.asked, shown.said) == ([], [])


def test_the_keyboard_goes_through_time_and_to_documents(opened, linked_page):
    shown = opened(linked_page)
    page, plot = shown.page, shown.page.locator("#x-plot")
    plot.focus()
    page.keyboard.press("Home")
    text = plot.get_attribute("aria-valuetext")
    assert text.startswith("2019 H1: ") and "topic about 0 " in text and "5 documents" in text
    page.keyboard.press("ArrowRight")
    assert "no documents" in plot.get_attribute("aria-valuetext")
    page.keyboard.press("End")
    assert plot.get_attribute("aria-valuenow") == "7"
    page.keyboard.press("Enter")
    found = page.locator("#x-documents")
    assert "topic about 0, 2022 H2: 5 documents, of which the 3 with the most" in found.inner_text()
    assert page.evaluate("document.activeElement.id") == "x-documents"
    link = found.locator("a").first
    assert link.get_attribute("href").startswith("https://example.org/id-0-")
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert shown.violations() == []


def test_topics_are_compared_and_models_switched(opened, linked_page):
    shown = opened(linked_page)
    page = shown.page
    lines, boxes = page.locator("#x-plot .x-line"), page.locator("#x-topics input")
    assert page.locator("#x-topics input:checked").count() == 1 and lines.count() == 1
    boxes.nth(1).check()
    boxes.nth(3).check()
    assert lines.count() == 3 and page.locator("#x-said li").count() == 3
    assert page.locator("#x-plot .x-name").all_inner_texts() != []
    page.get_by_label("matched topics of the other models").check()
    assert lines.count() == 9 and page.locator("#x-said li").count() == 9
    page.get_by_label("Model", exact=True).select_option("lda")
    checked = page.locator("#x-topics input:checked").evaluate_all("all => all.map(b => b.value)")
    assert checked == ["t1-0", "t1-1", "t1-3"]
    page.locator(".compact .card").nth(1).locator("summary").click()
    page.locator('.compact [data-show="t0-4"]').click()
    assert page.get_by_label("Model", exact=True).input_value() == "gibbs-lda"
    assert "topic about 4" in page.locator("#x-said").inner_text()
    assert shown.violations() == [] and shown.said == []


def test_time_is_zoomed_by_menu_key_and_drag(opened, linked_page):
    shown = opened(linked_page)
    page, plot = shown.page, shown.page.locator("#x-plot")
    start, end = page.get_by_label("from", exact=True), page.get_by_label("to", exact=True)

    def stretch() -> tuple[str, str]:
        return start.input_value(), end.input_value()

    start.select_option("2020 H1")
    assert stretch() == ("2", "7") and "2019 H1" not in plot.text_content()
    page.get_by_role("button", name="Whole time").click()
    assert stretch() == ("0", "7")
    plot.focus()
    page.keyboard.press("Home")
    page.keyboard.press("+")
    assert stretch() == ("0", "2")
    page.keyboard.press("0")
    assert stretch() == ("0", "7")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    across = (box["width"] - 46 - 170) / 7
    page.mouse.move(box["x"] + 46 + 2 * across, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 46 + 5 * across, box["y"] + 120, steps=4)
    page.mouse.up()
    assert stretch() == ("2", "5")


def test_a_click_in_the_chart_lists_the_documents_there(opened, linked_page):
    shown = opened(linked_page)
    plot = shown.page.locator("#x-plot")
    plot.click(position={"x": 48, "y": 100})
    assert "topic about 0, 2019 H1" in shown.page.locator("#x-documents h3").inner_text()
    assert shown.page.locator("#x-documents li").count() == 3
    shown.page.locator("#x-said a").first.click()
    shown.page.locator("#t0-0 button:focus").first.wait_for()
    assert shown.page.locator("#t0-0-more").is_visible()


def test_buttons_copy_sentence_methods_and_bibtex(opened, linked_page):
    shown = opened(linked_page, permissions=["clipboard-read", "clipboard-write"])
    page = shown.page

    def copied(button: Any) -> str:
        button.click()
        page.locator("#copied", has_text="Copied.").wait_for()
        return page.evaluate("navigator.clipboard.readText()")

    tools = page.locator(".facts")
    assert copied(tools.get_by_text("Copy sentence")).startswith("Of 6 topics of gibbs-lda, from")
    assert copied(tools.get_by_text("Copy methods")) == "Methods of this run."
    assert copied(tools.get_by_text("Copy BibTeX")) == "@misc{a, title = {A}}"
    said = copied(page.locator(".full .copy").first)
    assert said.startswith("Topic “topic about 0”: Rose by 4.00 percentage points from 2019 H1")
    assert shown.said == []


def test_hostile_documents_and_addresses_are_inert(opened, report, tables, claimed, linked):
    frames = tables()
    evil = ["javascript:alert(1)", 'https://x.example/"onfocus="alert(1)', "data:text/html,x"]
    more = linked(frames, '</script><img src=http://127.0.0.1:9/x onerror=alert(1)> {} "')
    more["links"] = {name: evil[i % 3] for i, name in enumerate(more["links"])}
    frames["topics"]["examples"] = "<b>one</b> | two"
    frames["topics"]["example_ids"] = ";".join(list(more["links"])[:2])
    shown = opened(render(report(frames, figures=False, claims=claimed(), **more)))
    shown.page.locator("#x-plot").focus()
    for key in ("Home", "Enter", "End", "Enter"):
        shown.page.keyboard.press(key)
    shown.page.locator("#x-documents li").first.wait_for()
    assert "<img src=" in shown.page.locator("#x-documents").inner_text()
    for link in shown.page.locator('a[target="_blank"]').all():
        assert link.get_attribute("href") == "https://x.example/%22onfocus=%22alert(1)"
    assert shown.page.locator("main img, [onfocus], [onerror]").count() == 0
    assert shown.page.locator("script").count() == 1
    assert (shown.asked, shown.said) == ([], [])
