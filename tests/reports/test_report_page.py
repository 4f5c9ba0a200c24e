"""The page: complete, inert, self-contained, honest."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import urllib.request
from collections import Counter
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from trends.errors import DataError
from trends.reports import Picture, Report, render
from trends.reports.content import COLUMNS
from trends.reports.sections.tables import csv_bytes

VOID = {"meta", "input", "br", "link", "img"}


class Page(HTMLParser):
    """Elements with their attributes, the text of scripts and styles, and the text that a reader
    sees.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.seen: list[str] = []
        self._inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._inside.append(tag)
        if tag in self.raw:
            self.raw[tag].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._inside and self._inside[-1] == tag, f"</{tag}> closes <{self._inside[-1:]}>"
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside and self._inside[-1] in self.raw:
            self.raw[self._inside[-1]][-1] += data
        else:
            self.seen.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.seen).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_is_well_formed_and_says_its_language(page):
    parsed = Page(page)
    assert parsed.all("html") == [{"lang": "en"}]
    assert len(parsed.all("h1")) == len(parsed.all("main")) == 1
    ids = Counter(a["id"] for _, a in parsed.elements if "id" in a)
    assert max(ids.values()) == 1
    for _, attributes in parsed.elements:
        for key in ("href", "aria-labelledby", "aria-controls", "for"):
            value = attributes.get(key) or ""
            if key != "href" or value.startswith("#"):
                assert not value or value.removeprefix("#") in ids, value
        for name in re.findall(r"url\(#([^)]+)\)", " ".join(v or "" for v in attributes.values())):
            assert name in ids


def test_the_policy_allows_this_script_and_this_style_and_nothing_else(page):
    parsed = Page(page)
    (policy,) = (
        a["content"] for a in parsed.all("meta") if a.get("http-equiv") == "Content-Security-Policy"
    )
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    (script,), (style,) = parsed.raw["script"], parsed.raw["style"]

    def digest(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == ["'none'"]
    assert rules["script-src"] == [digest(script)]
    assert rules["style-src"] == [digest(style)]
    assert "unsafe" not in policy
    assert not [tag for tag, attributes in parsed.elements if "style" in attributes]
    assert rules["img-src"] == ["data:"]


def test_nothing_is_loaded_from_anywhere(page):
    parsed = Page(page)
    for tag, attributes in parsed.elements:
        assert tag not in {
            "link",
            "iframe",
            "object",
            "embed",
            "base",
            "form",
            "foreignobject",
            "animate",
            "audio",
            "video",
        }
        for key, value in attributes.items():
            assert not key.startswith("on"), f"<{tag} {key}>"
            if key in {"href", "src", "xlink:href", "action", "srcset", "data"}:
                if tag == "a" and re.match(r"https?://", value or ""):
                    assert attributes["rel"] == "noopener noreferrer"
                    continue
                assert (value or "").startswith(
                    ("#", "data:text/csv;", "data:application/gzip;", "data:image/png;")
                ), value
    assert "url(http" not in page and "@import" not in page
    code = "".join(parsed.raw["script"] + parsed.raw["style"])
    # The name of SVG is no address.
    for part in (r"data:[^\"]+", re.escape("http://www.w3.org/2000/svg"), r"(?m)^ *// .*$"):
        code = re.sub(part, "", code)
    assert not re.search(r"(?:https?:)?//[\w.-]+", code)


HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "</style><svg onload=alert(1)>",
    "$\\input{/etc/passwd}$ \\write18{x}",
    '=HYPERLINK("http://evil.example")',
    "{{ 7 * 7 }} {% include 'x' %}",
    "javascript:alert(1)",
    "<!-- --> ]]> &lt;b&gt; \u202e\u0000",
]


@pytest.mark.parametrize(
    "payload",
    [pytest.param(p, marks=() if i in (0, 2) else pytest.mark.slow) for i, p in enumerate(HOSTILE)],
)
def test_text_from_outside_stays_text(payload, tables, report, page):
    frames = tables()
    for frame, column in (
        ("topics", "label"),
        ("topics", "examples"),
        ("topics", "top_terms"),
        ("prevalence", "label"),
        ("trends", "label"),
        ("trends", "note"),
    ):
        frames[frame][column] = payload
    made = report(
        frames,
        title=payload,
        warnings=[payload],
        metadata={"corpus": payload, "conflicts": [payload], payload: payload},
        figures=False,
    )
    picture = Picture(
        payload, SVG, payload, payload, pd.DataFrame({payload: [payload]}), stem=payload
    )
    made = Report(**{**vars(made), "figures": [picture]})
    parsed, plain = Page(render(made)), Page(page)
    assert parsed.raw["script"] == plain.raw["script"] and parsed.raw["style"] == plain.raw["style"]
    allowed = {name for name, _ in plain.elements}
    for tag, attributes in parsed.elements:
        assert tag in allowed
        assert not any(key.startswith("on") for key in attributes)
        assert not (attributes.get("href") or "").lower().startswith("javascript")
    visible = " ".join(payload.replace("\x00", "\ufffd").split())
    assert visible in parsed.text.replace("\x00", "\ufffd") or visible.replace(
        "\ufffd", ""
    ) in parsed.text.replace("\x00", "")
    assert "49" not in parsed.text or "7 * 7" not in payload or "{{ 7 * 7 }}" in parsed.text


SVG = """<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10"
 onload="alert(1)"><style>*{fill:red}</style><script>alert(1)</script>
<foreignObject><p>x</p></foreignObject>
<defs><clipPath id="c"><path d="M 0.12345 0 L 10 0 L 10 10 z"/></clipPath>
<path id="m" d="M0 0L1 1"/></defs>
<g clip-path="url(#c)"><use xlink:href="#m" onclick="x()"/><use xlink:href="http://evil.example/a.svg#m"/>
<image xlink:href="http://evil.example/a.png"/>
<path d="M0 0" style="fill: url(http://evil.example); stroke: #000000; background: red"/>
<a xlink:href="javascript:alert(1)"><text>&lt;b&gt; A </text></a>
<text style="font-family: 'STIXGeneral'">label</text></g></svg>"""


def test_figures_are_cleaned_and_keep_apart():
    from trends.reports.svg.inline import inline

    one, two = inline(SVG, "f1-", "first"), inline(SVG, "f2-", 'sec"ond')
    for text, prefix in ((one, "f1-"), (two, "f2-")):
        for word in (
            "script",
            "onload",
            "onclick",
            "evil",
            "foreignObject",
            "<style",
            "javascript",
            "background",
            "<a",
        ):
            assert word not in text
        names = set(re.findall(r'id="([^"]+)"', text))
        assert len(names) == 2 and all(name.startswith(prefix) for name in names)
        assert (
            set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text))
            == names
        )
        assert "label</text>" in text and "serif" in text
    assert 'aria-label="sec&quot;ond"' in two and 'role="img"' in two


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<p>no</p>",
        "<svg",
        '<!DOCTYPE x [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    ],
)
def test_what_is_not_a_drawing_is_refused(text):
    from trends.reports.svg.inline import inline

    with pytest.raises(DataError, match="SVG"):
        inline(text, "f-", "x")


def test_a_cleaned_figure_still_draws_every_point(report, tables):
    import trends.plots as plots
    from trends.reports.svg.inline import inline

    frame = tables()["prevalence"]
    drawn = plots.prevalence(frame[frame["backend"] == "lda"])
    before, after = plots.svg_text(drawn), inline(plots.svg_text(drawn), "f-", "x")
    assert len(after) < 0.65 * len(before)
    assert after.count("<text") == before.count("<text")
    # Every line and every marker is still there.
    assert after.count("<use") == before.count("<use") and marks(after) == marks(before)


def marks(svg: str) -> int:
    """Lines that a figure draws, each begun by a move of the pen, and uses of its symbols."""
    drawn = re.sub(r"<defs>.*?</defs>|<clipPath.*?</clipPath>", "", svg, flags=re.DOTALL)
    return drawn.count("<use") + sum(
        len(re.findall("[Mm]", d)) for d in re.findall(r' d="([^"]*)"', drawn)
    )


def test_places_of_a_cleaned_figure_stay_where_they_were():
    """Scales of letters drawn as outlines are small numbers, and rounding them would move every
    letter.
    """
    from trends.reports.svg.inline import inline

    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><g '
        'transform="translate(123.456 7.891) scale(0.09765 -0.09765)">'
        '<path d="M 100.04 200.06 L 300.04 200.06 L 300.04 9.876 z"/></g></svg>'
    )
    out = inline(text, "f-", "x")
    assert (
        'transform="translate(123.5 7.89) scale(0.0976 -0.0976)"' in out
        or "scale(0.0977 -0.0977)" in out
    )
    assert 'd="M100 200.1L300 200.1L300 9.88z"' in out


def test_the_summary_says_what_rose_what_fell_and_what_was_not_seen(page):
    text = Page(page).text
    assert (
        "The corpus “made up” holds 201 documents, 200 of them dated (200 to the day). 1 document "
        "without a date is used" in text
    )
    assert (
        "8 half-years from 2019 H1 to 2022 H2" in text
        and "2022 H2 is not wholly covered" in text
        and "2019 H2 has no documents" in text
    )
    assert (
        "lda, from 2019 H1–2020 H1 to 2021 H2–2022 H2: 3 of 6 topics changed (adjusted p ≤ 0.05)"
        in text
    )
    assert (
        "rose: “topic about 0” by 4.00 (+2.40 to +5.60); fell: “topic about 1” by 3.00 (−4.60 to "
        "−1.40); turned: “topic about 2” (rose until about 2020, then fell)." in text
    )
    assert "No change detected in 3 topics." in text
    assert (
        "in percentage points" in text
        and "Benjamini–Hochberg" in text
        and "what no topic took stays in the denominator" in text
    )


def test_nothing_detected_is_said_plainly(tables, report):
    frames = tables()
    frames["trends"]["finding"] = "no change detected"
    text = Page(render(report(frames, figures=False))).text
    assert (
        "no change detected in any of 6 topics (adjusted p ≤ 0.05). Half of them would have shown "
        "a change of 2.50 points with a probability of 80 %" in text
    )
    assert "Of 6 topics of gibbs-lda, from 2019 H1–2020 H1 to 2021 H2–2022 H2: in 6 no " in text


def test_the_answer_comes_first_with_a_card_for_each_claim(page, tables, report, claimed):
    body = page[page.index("<main") :]
    places = [body.index(f'id="{name}"') for name in ("answer", "explore", "topics", "warnings")]
    assert places == sorted(places)
    answer = re.sub(r"<svg.*?</svg>", "", body[places[0] : places[1]], flags=re.DOTALL)
    answer = answer.rpartition("</section>")[0] + "</section>"
    text = Page(answer.partition(">")[2].rpartition("</section>")[0]).text
    assert (
        "Of 6 topics of gibbs-lda, from 2019 H1–2020 H1 to 2021 H2–2022 H2: 1 rose, 1 fell, 1 "
        "turned, in 3 no change detected. 3 of 3 findings stable over 9 specifications."
    ) in text
    for said in (
        "topic about 0 ▲ rising +4.00 (+2.40 to +5.60) points, adjusted p = 0.001 stability: ",
        "topic about 1 ▼ falling −3.00 (−4.60 to −1.40) points, adjusted p = 0.010 stability: ",
        "topic about 2 ◆ turned (rose until about 2020, then fell) +0.20 (−1.40 to +1.80) points",
        "points, adjusted p of the turn = 0.020 stability: stable",
        "topic about 3 no change detected +0.20 (−1.40 to +1.80) points, adjusted p = 0.600",
        "A finding is what one run says",
        "Stability is what the multiverse says",
    ):
        assert said in text
    assert body[: places[1]].count('class="chart small"') == 6
    assert answer.count('-said">Copy') == answer.count(">Copy sentence<span") == 6
    # Of many topics, those without a change are named below.
    many = tables(40)
    page = render(report(many, figures=False, claims=claimed(many["trends"])))
    answer = page[page.index('id="answer"') : page.index('id="explore"')]
    assert answer.count("<li ") == 3 and len(set(re.findall(r"topic about \d+", answer))) == 40


def test_every_topic_has_its_words_examples_trend_and_partner(page):
    parsed = Page(page)
    assert len([a for a in parsed.all("tbody") if a.get("class") == "topic"]) == 19
    for text in (
        "word3x0, word3x1",
        "First title 3",
        "Rose by 4.00 percentage points from 2019 H1–2020 H1 to 2021 H2–2022 H2 (95% interval",
        "+2.40 to +5.60, adjusted p = 0.001); +2.00 points a year.",
        "Rose until about 2020, then fell (adjusted p of the turn = 0.020); no change between",
        "a change of 2.50 points would have been found with a probability of 80 %.",
        "similarity 0.50",
        "no matching topic",
    ):
        assert text in parsed.text
    sparks = [a for a in parsed.all("svg") if a.get("class") == "spark" and "aria-hidden" not in a]
    assert len(sparks) == 19 and all(" in 2019 H1, " in (a["aria-label"] or "") for a in sparks)
    assert "topic about 0: " in sparks[0]["aria-label"]


def test_files_in_the_page_are_the_tables(page, tables):
    parsed = Page(page)
    links = {a["download"]: a["href"] for a in parsed.all("a") if "download" in a}
    frames = tables()
    assert "prevalence.csv.gz" in links and "quality.csv" in links
    for name, frame in frames.items():
        back = saved(links, name)
        assert list(back.columns) == list(frame.columns) and len(back) == len(frame)
    back = saved(links, "prevalence")
    np.testing.assert_allclose(back["share"], frames["prevalence"]["share"], rtol=1e-5)


def saved(links: dict[str, str], name: str) -> pd.DataFrame:
    """The table that a link of the page holds, as a browser would save it."""
    packed = f"{name}.csv.gz" in links
    with urllib.request.urlopen(links[f"{name}.csv.gz" if packed else f"{name}.csv"]) as answer:
        content = answer.read()
    return pd.read_csv(io.BytesIO(gzip.decompress(content) if packed else content))


@pytest.mark.parametrize("start", ["＝", "\n", "=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_runs_nothing(start):
    text = csv_bytes(
        pd.DataFrame({"label": [start + "cmd", "plain"], "change": [-1.5, 2.0]})
    ).decode()
    back = pd.read_csv(io.StringIO(text))
    assert back["label"].str[0].tolist() == ["'", "p"] and back["change"].tolist() == [-1.5, 2.0]


def test_claims_are_shown_with_their_rule(tables, report, claimed):
    claims = claimed(tables()["trends"], "lda")
    claims.loc[1, "stability"] = "depends on choices"
    text = Page(
        render(
            report(
                figures=False,
                claims=claims,
                metadata={"claims_rule": "The rule.", "claims_about": "lda"},
            )
        )
    ).text
    assert (
        "Findings about the topics of lda: 2 stable (“topic about 0” rising; “topic about 2” "
        "turned) and 1 depends on choices (“topic about 1” falling)." in text
    )
    assert "The rule." in text and "90.0%" in text


def test_empty_tables_leave_sentences():
    empty = {
        name: pd.DataFrame(columns=list(columns))
        for name, columns in COLUMNS.items()
        if name != "claims"
    }
    text = Page(render(Report("Nothing", {}, **empty))).text
    for sentence in (
        "No topics were found.",
        "No prevalence was estimated.",
        "No trends were estimated.",
        "Quality was not measured.",
        "The backends were not compared.",
        "The run gave no warnings.",
    ):
        assert sentence in text


def test_missing_columns_are_named(tables):
    frames = tables()
    frames["topics"] = frames["topics"].drop(columns="share")
    with pytest.raises(DataError, match=r"topics needs the columns .* missing: share"):
        Report("x", {}, **frames)


@pytest.mark.slow
def test_rendering_twice_gives_the_same_bytes_and_leaves_the_tables_alone(tables, report):
    frames = tables(2, 3)
    before = {name: frame.copy(deep=True) for name, frame in frames.items()}
    made = report(frames)
    assert render(made) == render(made) == render(report(frames))
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[name])


@pytest.mark.slow
def test_five_thousand_documents_and_sixty_topics_stay_well_under_two_megabytes(
    tables, report, audited, claimed, linked
):
    frames = tables(60, 28, 5000, "quarter", "a label of about thirty letters {}")
    frames["topics"]["examples"] = " | ".join(
        f"A title of an example paper, about eighty letters long, number {i} of three"
        for i in range(3)
    )
    frames["topics"]["example_ids"] = "2103.00001;2104.12345;2212.09876"
    claims = claimed(frames["trends"])
    more = linked(frames, "A title of a paper, about seventy letters, no two of them alike, {}")
    rng = np.random.default_rng(1)
    words = ["".join(rng.choice(list("abcdefghijklmnop"), 7)) for _ in range(4000)]
    more["documents"]["id"] = [f"2103.{i % 5000:05d}" for i in range(len(more["documents"]))]
    more["documents"]["title"] = [
        " ".join(np.random.default_rng(i % 5000).choice(words, 9))
        for i in range(len(more["documents"]))
    ]
    more["links"] = {i: f"https://arxiv.org/abs/{i}" for i in more["documents"]["id"]}
    about = {"claims_about": "gibbs-lda"}
    text = render(audited(report(frames, unit="quarter", claims=claims, metadata=about, **more)))
    assert 'id="audit"' in text and "Changes with and without standardization" in text
    assert len(text.encode()) <= 1_900_000
    # Five thousand documents are listed; figures of models that do not lead may give way to files.
    packed = re.search(r'data-packed="([^"]+)"', text)
    assert packed
    titles = json.loads(gzip.decompress(base64.b64decode(packed[1])))["titles"]
    assert len(titles) == 5000
    assert "is too large for this page; it lies in the folder of the run.</span>" not in text
    drawn, named = (text.count(t) for t in ('class="figure"', "The figure is too large for"))
    assert 'download="prevalence.csv.gz"' in text and drawn + named == 15 and drawn >= 5


def test_a_file_without_room_is_named_instead(report, monkeypatch):
    from trends.reports import html as module

    monkeypatch.setattr(module, "MOST_BYTES", 0)
    text = Page(render(report(figures=False))).text
    assert (
        "prevalence.csv is too large for this page; it lies in the folder of the run." in text
        and "Download" not in text
    )
