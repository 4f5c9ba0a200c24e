from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trends.sources.records import markup


def plain(text):
    return " ".join(markup.strip(text)[0].split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "<jats:p>We <jats:italic>do</jats:italic>.</jats:p><jats:p>More.</jats:p>",
            "We do. More.",
        ),
        ("<p>p &lt; 0.05 &amp; more</p>", "p < 0.05 & more"),
        ("&amp;lt;p&amp;gt;Escaped twice&amp;lt;/p&amp;gt;", "Escaped twice"),
        ("CO<sub>2</sub> and 10<sup>3</sup> by the 3<sup>rd</sup>", "CO2 and 10^3 by the 3^rd"),
        ("<jats:title>Abstract</jats:title><jats:p>We do.</jats:p>", "Abstract: We do."),
        ("x<!-- a <b> -->y<script>alert(1)</script>z", "x y z"),
        ("<![CDATA[We do]]>", "We do"),
        (
            (
                r"of "
                r"<tex-math>\documentclass{minimal}\begin{document}$$\alpha$$\end{document}</tex-math>"
                "<mml:math><mml:mi>α</mml:mi></mml:math> "
                r"here"
            ),
            "of α here",
        ),
        ("<mml:math><mml:mi>β</mml:mi></mml:math>-decay", "β-decay"),
        (
            r"$O(n^2)$ and $\alpha$-divergence \emph{is} 95% of ~100",
            "O(n^2) and α-divergence is 95% of ~100",
        ),
        (
            r"Schr\"odinger, Erd\H{o}s, na\"\i ve, Fran\c{c}ois",
            "Schrödinger, Erdős, naïve, François",
        ),
        (r"\(x_1\) and \[\frac{a}{b}\] at 50\%", "x_1 and a/b at 50%"),
        (r"\begin{equation}a\end{equation}", "a"),
        (r"$\sim$100 and {\em new} {BERT}", "∼100 and new BERT"),
    ],
)
def test_markup_becomes_readable_text(text, expected):
    assert plain(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "p < 0.05 and x<y but a > b",
        "the <EOS> and <MASK> tokens, <unk> too",
        "sentences end with </s>, and <ins> is a token",
        "costs $5 and $10, or US$ 3 to $7",
        "between $3and$4",
        "R&D at AT&T, &notin",
        "the set {a, b, c}",
        r"a path C:\new\table",
        "plain text",
    ],
)
def test_what_only_looks_like_markup_stays(text):
    assert markup.strip(text) == (text, ())


def test_no_word_is_lost_with_a_command_that_is_not_known():
    assert plain(r"\nWe call it \ours and \ours{BERT}") == r"\nWe call it \ours and BERT"


def test_kinds_are_told():
    _, kinds = markup.strip("a &amp; <i>b</i> $\\beta$")  # noqa: B005
    assert kinds == ("entities", "tags", "LaTeX")


@given(st.text(max_size=300))
@example("{\\a" * 50)
@example("$" * 50)
@example("<!--" * 50)
@example("&#" + "9" * 100)
@example("\\" * 51)
@example("\\" + "frac{" * 60)
def test_any_text_can_be_stripped(text):
    out, kinds = markup.strip(text)
    assert isinstance(out, str)
    assert (out is text) == (kinds == ())


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<",
        ">",
        "&amp;",
        "&",
        "$",
        "\\alpha",
        "{",
        "}",
        "\\",
        "x",
        " ",
        "1",
        "\\begin{document}",
        "<sub>",
        "\\(",
        "\\)",
        "\\frac{a}",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_mixture_of_markup_can_be_stripped(text):
    out, _ = markup.strip(text)
    assert "<p>" not in out.replace("\\", "") or "<" in text


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "Z"]), max_size=200))
def test_text_without_markup_is_the_same(text):
    assert markup.strip(text) == (text, ())


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param("<", marks=pytest.mark.slow),
        pytest.param("<p ", marks=pytest.mark.slow),
        pytest.param("<p", marks=pytest.mark.slow),
        "<!--",
        "<script>",
        "<tex-math>",
        "<math>",
        "&",
        "&amp;",
        "&#1",
        "$",
        pytest.param("$x", marks=pytest.mark.slow),
        "$\\a",
        pytest.param("\\a{", marks=pytest.mark.slow),
        "\\a",
        "{",
        "{\\a",
        "\\(",
        "\\[",
        "\\(x",
        "\\begin{document}",
        "}",
        "\\a[",
        "\\'",
        "{x",
    ],
)
def test_time_grows_with_the_length_only(piece):
    # One million characters: a pattern that looks back or ahead without bound would not come to an
    # end here.
    out, _ = markup.strip(piece * (1_000_000 // len(piece)))
    assert out is not None
