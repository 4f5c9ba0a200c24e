from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.errors import DataError, TrendsError
from trends.sources.daily_papers.grammar import parse
from trends.sources.io.bounded import decode

PAGES = {
    "000_750d4a3531ba91ef.txt": (104, 0, "Apr 22"),
    "001_0088d08e066a6dd8.txt": (48, 48, "Jan 1"),
    "002_0fae978c6fd73d96.txt": (122, 120, "Nov 10"),
    "003_76755d345eeb30c3.txt": (77, 0, "Mar 17"),
    "004_8ee9efdb4ab40406.txt": (101, 0, "Aug 1"),
}


def load(shared, name):
    path = shared / "seeds" / name
    return parse(decode(path.read_bytes(), path), name)


def facts(page):
    return [
        (r.title, r.abstract, r.byline, r.date and (r.date.month, r.date.day, r.date.year))
        for r in page.records
    ]


def as_dicts(page):
    out = []
    for r in page.records:
        row = {"title": r.title, "abstract": r.abstract, "left": r.byline}
        if r.date:
            match = re.fullmatch(r"(\w+ \d+(?:, \d+)?)(?: (\d+))?", r.date.text)
            row |= {"date": match[1], "comments": match[2] or ""}
        out.append(row)
    return out


@pytest.mark.parametrize("name", PAGES)
def test_real_page_has_its_records(shared, name):
    records, dated, snapshot = PAGES[name]
    page = load(shared, name)
    assert len(page.records) == records
    assert sum(r.date is not None for r in page.records) == dated
    assert page.snapshot.text == snapshot
    assert page.extra == ()
    raw = (shared / "seeds" / name).read_text(encoding="utf-8").split("\n")
    for r in page.records:
        assert raw[r.line - 1] == r.title
        assert r.abstract in raw  # verbatim
    assert all(len(r.abstract) > 300 for r in page.records)
    assert max(len(r.title) for r in page.records) < 150


def test_bylines_of_organisations_and_records_without_byline(shared):
    page = load(shared, "002_0fae978c6fd73d96.txt")
    organisations = [
        r.byline for r in page.records if r.byline and not r.byline.endswith("authors")
    ]
    assert sorted(organisations) == [
        "apple Apple",
        "nvidia NVIDIA",
        "nvidia NVIDIA",
        "ontocord Ontocord.AI",
    ]
    assert [r.line for r in page.records if r.date is None] == [45, 49]


@pytest.mark.parametrize("name", PAGES)
def test_real_page_saved_by_another_program_has_the_same_records(shared, render, style, name):
    page = load(shared, name)
    text = render(as_dicts(page), style, snapshot=page.snapshot.text)
    again = parse(text.replace("\r\n", "\n").replace("\r", "\n"), "page.txt")
    assert facts(again) == facts(page)
    assert again.snapshot.text == page.snapshot.text


@pytest.mark.parametrize("cut", [0, 1, 3])
def test_real_page_without_header_lines(shared, cut):
    name = "001_0088d08e066a6dd8.txt"
    lines = (shared / "seeds" / name).read_text(encoding="utf-8").split("\n")
    kept = lines[10:] if cut == 0 else lines[12:] if cut == 1 else lines[2 * cut :]
    page = parse("\n".join(kept), name)
    assert facts(page) == facts(load(shared, name))
    assert (page.snapshot is None) == (cut == 1)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if i > 1 else ()) for i, n in enumerate(PAGES)]
)
def test_any_lost_line_of_a_real_page_is_noticed(shared, name):
    """A missing title, abstract or date is an error, never a page that slipped by a line."""
    whole = load(shared, name)
    lines = (shared / "seeds" / name).read_text(encoding="utf-8").split("\n")
    full = set(facts(whole))
    start = whole.records[0].line
    for k in range(start - 1, len(lines)):
        if not lines[k].strip() or lines[k].strip() == "·" or k % 7 not in (0, 2):
            continue
        try:
            page = parse("\n".join(lines[:k] + lines[k + 1 :]), name)
        except DataError as error:
            assert re.search(r"line \d+", str(error))
            continue
        # What may be lost without harm is the left side of a byline: everything else that is
        # returned is true.
        assert [f[:2] for f in facts(page)] == [f[:2] for f in facts(whole)]
        assert {f[3] for f in facts(page)} <= {f[3] for f in full}


# --- invented pages
# -----------------------------------------------------------------------------------------------


RECORDS = [
    {
        "title": "Tulips in [Rows] & Beds_2",
        "date": "May 22, 2023",
        "left": "11 authors",
        "comments": "",
    },
    {"title": "On `Bees`: A * Study", "date": "Dec 2, 2025", "left": "1 author", "comments": "3"},
    {
        "title": "2.5 Years of Roses",
        "date": "Sep 26",
        "left": "garden The Garden Co.",
        "comments": "14",
    },
    {"title": "Why Do Ponds Freeze?", "date": "", "left": ""},
    {"title": "#Weeds <and> Paths", "date": "Sep 22", "left": "7 authors", "comments": ""},
]


def invented(sentences):
    odd = r"We measure 90\% of $x_1$ at <b> & see `code` in [3]; it is *fine*. "
    return [
        {**r, "abstract": (odd if i % 2 else "") + sentences(3 + i)} for i, r in enumerate(RECORDS)
    ]


def test_invented_page_in_every_style(render, style, sentences):
    records = invented(sentences)
    text = render(records, style).replace("\r\n", "\n").replace("\r", "\n")
    page = parse(text, "page.txt")
    assert [r.title for r in page.records] == [r["title"] for r in records]
    assert [r.abstract for r in page.records] == [r["abstract"] for r in records]
    assert [r.byline for r in page.records] == [r["left"] for r in records]
    assert [r.date and (r.date.month, r.date.day, r.date.year) for r in page.records] == [
        (5, 22, 2023),
        (12, 2, 2025),
        (9, 26, None),
        None,
        (9, 22, None),
    ]
    assert page.snapshot.month == 11
    assert page.snapshot.day == 10


@pytest.mark.parametrize(
    "line",
    [
        "[May 22, 2023](https://example.org/a) [4](https://example.org/a#community)",
        "May 22, 2023 • 4 comments",
        "May 22, 2023 (4)",
        "may 22 , 2023 4",
        "May 22nd, 2023",
        "**May 22, 2023**",
        "- 3 authors · May 22, 2023 4",
        "•3 authors·May 22, 2023",
        (
            "[](/u/a)[](/u/b)[3 authors](/papers/x) · [May 22, "
            "2023](/papers/x)[4](/papers/x#community)"
        ),
    ],
)
def test_forms_of_a_date(sentences, line):
    page = parse(
        f"Daily Papers\nNov 10\nA Title\n{sentences()}\n{line}\nAnother Title\n{sentences()}", "p"
    )
    assert len(page.records) == 2
    assert (page.records[0].date.month, page.records[0].date.day, page.records[0].date.year) == (
        5,
        22,
        2023,
    )
    assert page.records[1].date is None


def test_arxiv_identifier_comes_from_the_link(sentences):
    page = parse(
        f"Nov 10\n[A Title](https://huggingface.co/papers/2305.13169v2)\n{sentences()}\n[2 "
        "authors](/papers/2305.13169)\n·\nMay 2, 2023",
        "p",
    )
    assert page.records[0].arxiv_id == "2305.13169"
    assert page.records[0].title == "A Title"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a_b",
        "<https://example.org/a_b>",
        "[https://example.org/a_b]",
        "(https://example.org/a)",
        "[](/papers/1)",
        "![x](/y.png)",
    ],
)
def test_an_address_on_its_own_line_is_no_text(sentences, address):
    page = parse(
        f"Nov 10\nA Title\n{address}\n{sentences()}\n{address}\n2 authors\n{address}\n·\nMay 2, "
        f"2023\n{address}\nB (#1)\n{sentences()}",
        "p",
    )
    assert [r.title for r in page.records] == ["A Title", "B (#1)"]
    assert page.records[0].date.year == 2023


def test_an_identifier_that_an_abstract_cites_is_not_the_paper_s_own(sentences):
    page = parse(
        f"Nov 10\nA Title\n{sentences()} It extends other work "
        "(https://arxiv.org/abs/2301.00001)\n2 authors\n·\nMay 2, 2023",
        "p",
    )
    assert page.records[0].arxiv_id == ""
    assert page.records[0].abstract.endswith("(https://arxiv.org/abs/2301.00001)")


@pytest.mark.parametrize(
    "address",
    [
        "https://huggingface.co/papers/2301.00001",
        "huggingface.co/papers/2301.00001",
        "Paper: https://arxiv.org/abs/2301.00001v2",
        "arXiv:2301.00001",
        "[PDF](https://arxiv.org/pdf/2301.00001.pdf)",
        "<https://arxiv.org/abs/2301.00001>",
        "[https://arxiv.org/abs/2301.00001](https://arxiv.org/abs/2301.00001)",
    ],
)
def test_an_address_below_a_title_is_that_of_the_paper(sentences, address):
    text = f"Nov 10\nA Title\n{address}\n{sentences()}\n2 authors\n·\nMay 2, 2023\nB\n{sentences()}"
    page = parse(text, "p")
    assert [(r.title, r.arxiv_id) for r in page.records] == [("A Title", "2301.00001"), ("B", "")]


@pytest.mark.parametrize(
    "votes", ["12", "▲ 12", "⬆️ 1,204", "12 upvotes", "Upvote", "Upvote 12", "+7"]
)
def test_a_line_of_votes_may_stand_before_a_title(sentences, votes):
    text = f"Nov 10\n{votes}\nA Title\n{sentences()}\n2 authors\n·\nMay 2, 2023"
    text += f"\n{votes}\nB\n{sentences()}\n{votes}\nC\n{sentences()}"
    page = parse(text, "p")
    assert [r.title for r in page.records] == ["A Title", "B", "C"]
    assert page.snapshot.text == "Nov 10"
    with pytest.raises(DataError, match="line 3: expected an abstract"):
        parse(f"Nov 10\nA Title\n{votes}\n{sentences()}", "p")


def test_latex_in_a_plain_page_is_left_alone(sentences):
    abstract = (
        rf"A \textbf{{bold}} name_with and name\_with score 99\% \& more of R&D. {sentences()}"
    )
    assert parse(f"Nov 10\nA Title\n{abstract}", "p").records[0].abstract == abstract


def test_unknown_header_lines_are_reported(sentences):
    page = parse(
        f"Hugging Face\nA banner of today\nDaily Papers\nNov 10\nA Title\n{sentences()}", "p"
    )
    assert page.extra == ((2, "A banner of today"),)
    assert len(page.records) == 1


@pytest.mark.parametrize(
    ("lines", "where", "what"),
    [
        (["A Title Alone", "Another Title", "ABSTRACT"], 3, "abstract of the title of line 2"),
        (
            ["A Title", "ABSTRACT", "SECOND PARAGRAPH", "Another", "ABSTRACT"],
            5,
            "abstract of the title of line 4",
        ),
        (["A Title", "ABSTRACT", "Lonely Title"], 4, "stands alone"),
        (["A Title", "ABSTRACT", "LONG", "Another", "ABSTRACT"], 4, "a title of at most 300"),
        (["ABSTRACT", "A Title", "ABSTRACT", "Another"], 3, "abstract of the title of line 2"),
        (
            ["A Title", "ABSTRACT", "  • 4 authors", "·", "sometime", "B", "ABSTRACT"],
            6,
            "the date of a byline",
        ),
        (["A Title", "ABSTRACT", "  • 4 authors", "·"], 5, "the date of a byline"),
        (["  • 4 authors", "·", "May 2, 2023", "A Title", "ABSTRACT"], 2, "before this byline"),
        (["A Title", "ABSTRACT", "•", "·", "May 2, 2023"], 5, "the date of a byline"),
        (["A Title", "  • 4 authors", "·", "May 2, 2023"], 2, "stands alone before the byline"),
        (
            ["A Title", "ABSTRACT", "PART", "  • 4 authors", "·", "May 2, 2023"],
            4,
            "stands alone",
        ),
        (["A Title", "12", "ABSTRACT"], 3, "an abstract or a byline"),
        (
            ["First Title", "Second Longer Title", "Third Title", "ABSTRACT"],
            3,
            "abstract of the title of line 2",
        ),
    ],
)
def test_misaligned_pages_are_refused_at_the_line(sentences, lines, where, what):
    long = {
        "ABSTRACT": sentences(4),
        "SECOND PARAGRAPH": sentences(2),
        "LONG": sentences(8),
        "PART": "Code is at example.org.",
    }
    text = "\n".join(["Nov 10", *[long.get(line, line) for line in lines]])
    with pytest.raises(DataError) as caught:
        parse(text, "page.txt")
    assert f"page.txt, line {where}:" in str(caught.value)
    assert what in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "# Read me\n\nSome project.\n\nMore words here.",
        "a,b\n1,2\n3,4",
        "{}",
        "Nov 10",
        "Daily Papers\n\nNov 10\n",
    ],
)
def test_other_shapes_are_refused(text):
    with pytest.raises(DataError, match=r"page.txt, line \d+: .*expected"):
        parse(text, "page.txt")


def test_hard_wrapped_text_is_refused(sentences):
    wrapped = re.sub(r"(.{60}\S*) ", r"\1\n", sentences(6))
    with pytest.raises(DataError, match="line"):
        parse(f"Nov 10\n\nA Title\n\n{wrapped}\n\nB Title\n\n{wrapped}", "p")


# --- properties
# ------------------------------------------------------------------------------------------

_WORD = st.text(
    st.characters(codec="utf-8", categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=9
)
_MARK = st.sampled_from(
    ["a_b", "*x*", "[y]", r"10\%", "R&D", "p<q", "`z`", "C#", "(a)", "x|y", "~5", "e^2", "&c."]
)
_TITLE = st.lists(st.one_of(_WORD, _WORD, _MARK), min_size=2, max_size=12).map(
    lambda w: "Of " + " ".join(w)
)
_ABSTRACT = (
    st.lists(st.one_of(_WORD, _WORD, _WORD, _MARK), min_size=40, max_size=60)
    .map(lambda w: "Here " + " ".join(w) + " " + "as we show. " * 17)
    .map(str.strip)
)
_DATE = st.one_of(
    st.just(""),
    st.builds(
        "{} {}{}".format,
        st.sampled_from(["Jan", "Feb", "May", "Sep", "December"]),
        st.integers(1, 31),
        st.one_of(st.just(""), st.integers(0, 99999).map(", {}".format)),
    ),
)
_LEFT = st.one_of(st.integers(1, 999).map("{} authors".format), _WORD.map("Lab {}".format))
_RECORD = st.fixed_dictionaries(
    {
        "title": _TITLE,
        "abstract": _ABSTRACT,
        "date": _DATE,
        "left": _LEFT,
        "comments": st.sampled_from(["", "2", "135"]),
    }
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(records=st.lists(_RECORD, min_size=1, max_size=5), data=st.data())
def test_round_trip(render, records, data):
    style = data.draw(
        st.sampled_from(
            [
                "plain",
                "tight",
                "airy",
                "joined",
                "one-line",
                "dot-with-date",
                "dot-on-the-left",
                "markdown",
                "brackets",
                "comment-below",
            ]
        )
    )
    snapshot = data.draw(st.sampled_from(["Nov 10", "Feb 29", "Jan 1, 2026"]))
    page = parse(render(records, style, snapshot=snapshot), "p")
    assert page.snapshot.text == snapshot
    assert [(r.title, r.abstract) for r in page.records] == [
        (r["title"], r["abstract"]) for r in records
    ]
    assert [r.byline for r in page.records] == [r["left"] if r["date"] else "" for r in records]
    shown = [
        f"{r.date.day}" + (f", {r.date.year}" if r.date.year is not None else "") if r.date else ""
        for r in page.records
    ]
    expected = [re.sub(r", 0+(?=\d)", ", ", r["date"].partition(" ")[2]) for r in records]
    assert shown == expected


_PIECE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "Nov 10",
            "·",
            "  • 4 authors",
            "May 2, 2023",
            "[a](http://b)",
            "[[[[",
            "\\_",
            "&amp;",
            "![](x)",
            "A Title",
            "Words. " * 40,
            "",
            "\ufeff",
            "Feb 30, 20223",
        ]
    ),
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(_PIECE, max_size=25))
def test_never_anything_but_a_page_or_an_error_of_ours(pieces):
    text = "\n".join(pieces)
    try:
        page = parse(text, "p")
    except TrendsError as error:
        assert "p, line " in str(error)
        return
    assert page.records
    assert all(r.title and r.abstract and len(r.abstract) > len(r.title) - 50 for r in page.records)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400))
def test_bytes_decode_or_are_refused(data):
    path = Path("page.txt")
    try:
        assert decode(data, path).strip()
    except DataError as error:
        assert "page.txt" in str(error)


@pytest.mark.parametrize("piece", ["[", "![", "[a](", "\\", "&", "(", "[a][", "· ", "<http"])
def test_long_runs_of_marks_take_no_long(piece, sentences):
    """No pattern may take quadratic time on a line made to provoke it."""
    run = piece * (1000 // len(piece))
    text = "\n".join(["Nov 10", *[run, sentences()] * 20, piece * 200_000])
    with pytest.raises(DataError):
        parse(text, "p")
