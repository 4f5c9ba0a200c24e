from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.sources.records import boilerplate

SENTENCE = "We study how topics change over time."


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("Abstract: ", "", "heading 'Abstract'"),
        ("ABSTRACT ", "", "heading 'Abstract'"),
        ("Summary. ", "", "heading 'Abstract'"),
        ("Abstract—", "", "heading 'Abstract'"),
        ("", " (c) 2019 Elsevier Ltd. All rights reserved.", "copyright notice at the end"),
        ("", " © 2020 The Authors. Published by Elsevier B.V.", "copyright notice at the end"),
        ("", " Copyright (C) 2003 John Wiley & Sons, Ltd.", "copyright notice at the end"),
        ("", " © Springer-Verlag Berlin Heidelberg 2011", "copyright notice at the end"),
        ("", " All rights reserved.", "rights sentence at the end"),
        (
            "",
            " This article is protected by copyright. All rights reserved.",
            "rights sentence at the end",
        ),
        ("Copyright 2019 IEEE. ", "", "copyright notice at the start"),
        ("© 2019, Springer Nature Switzerland AG. ", "", "copyright notice at the start"),
    ],
)
def test_notices_are_removed_and_named(before, after, rule):
    assert boilerplate.remove(before + SENTENCE + after) == (SENTENCE, (rule,))


def test_headings_of_a_structured_abstract():
    text = "BACKGROUND: Much is known. METHODS: We count. RESULTS: It rose. CONCLUSIONS: It does."
    assert boilerplate.remove(text) == (
        "Much is known. We count. It rose. It does.",
        ("headings of a structured abstract",),
    )
    assert (
        boilerplate.remove("Background: Much. Materials and methods: We count.")[0]
        == "Much. We count."
    )


PLACEHOLDERS = """
[removed]|[deleted]|[ Removed by Reddit ]|[deleted by user]|[removed by moderators]|deleted
(deleted)
No abstract available.|[Abstract not available]|Abstract not available|Abstract unavailable.
No abstract|(No abstract)|[No Abstract Available]|No abstract is available for this article.
No abstract was provided by the authors|There is no abstract available.|No summary provided
The abstract is not available|An abstract is not available for this content|Abstract missing
This article has no abstract.|This item does not have an abstract|No description given|No text
N/A|n/a|NA|n.a.|N.A.|#N/A|none|None.|null|NULL|NaN|<NA>|-|--|…|.|Abstract|TBA|unknown|not available
Not provided|[Figure: see text]|[no content]|Comment deleted by user|Content has been removed
Kein Abstract verfügbar|Keine Zusammenfassung vorhanden|Pas de résumé disponible|Résumé indisponible
Resumen no disponible|Sem resumo|暂无摘要|无摘要|抄録なし|Аннотация отсутствует
"""


@pytest.mark.parametrize("text", [p for p in PLACEHOLDERS.replace("\n", "|").split("|") if p])
def test_what_stands_in_for_a_missing_text_is_no_text(text):
    assert boilerplate.remove(text) == ("", ("placeholder for a missing text",))


@pytest.mark.parametrize(
    "text",
    [
        "No abstract data types are needed.",
        "No summary statistic is sufficient.",
        "None of the lids fit.",
        "Deleted scenes",
        "The text is not easy.",
        "Null results",
        "Unknown soldiers",
        "No text is an island",
        "Removed trees grow again.",
        "Missing data",
        "NASA",
    ],
)
def test_what_only_begins_like_a_placeholder_is_a_text(text):
    assert boilerplate.remove(text)[0] == text
    assert not boilerplate.is_no_title(text)


@pytest.mark.parametrize(
    ("title", "none"),
    [
        ("[deleted by user]", True),
        ("[Not Available].", True),
        ("[removed]", True),
        ("No title available", True),
        ("Untitled", True),
        ("N/A", True),
        ("None", False),
        ("Unknown", False),
        ("Deleted", False),
        ("[A study of lids].", False),
    ],
)
def test_titles_that_are_none(title, none):
    assert boilerplate.is_no_title(title) == none


@pytest.mark.parametrize(
    "text",
    [
        "Abstract Meaning Representation is a formalism.",
        "Abstract interpretation: a survey of (c) 2019 data from the web.",
        "We compare (a) news, (b) mail and (c) 2019 posts of the University.",
        "Results: we find none.",
        "We study copyright law as of 2019 by the University of X in many settings.",
        "The paper discusses copyright (2019).",
        "None of the models works.",
        "We map terms to nodes of MeSH© and discuss coverage and annotation.",
        "Names from the © symbol database are used.",
    ],
)
def test_what_only_looks_like_boilerplate_stays(text):
    assert boilerplate.remove(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "withdrawn"),
    [
        ("This paper has been withdrawn by the author due to an error in Lemma 2.", True),
        ("Withdrawn.", True),
        (f"{SENTENCE} This article was retracted.", True),
        ("We study why papers are withdrawn from archives.", False),
        ("Money is withdrawn by the author of the bank account.", False),
        (SENTENCE, False),
    ],
)
def test_withdrawn_papers_say_so(text, withdrawn):
    assert boilerplate.is_withdrawn(text) is withdrawn


@given(st.text(max_size=300))
def test_any_text_can_be_cleaned_and_never_grows(text):
    out, rules = boilerplate.remove(text)
    assert len(out) <= len(text)
    assert (out == text) == (rules == ())
    assert isinstance(boilerplate.is_withdrawn(text), bool)


@given(
    st.lists(
        st.sampled_from(
            [
                "©",
                "2019",
                " ",
                "Elsevier",
                ".",
                "(c)",
                "Copyright",
                "We",
                "METHODS:",
                "Abstract",
                ":",
                "All rights reserved.",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_any_mixture_can_be_cleaned(text):
    out, _ = boilerplate.remove(text)
    assert len(out) <= len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "©",
        " ",
        "(c) ",
        "Copyright ",
        "METHODS: ",
        "METHODS:",
        "Abstract ",
        "© 2019 ",
        "this paper is ",
        "All rights reserved. ",
        "\n",
    ],
)
def test_time_grows_with_the_length_only(piece):
    text = piece * (1_000_000 // len(piece))
    assert len(boilerplate.remove(text)[0]) <= len(text)
    assert boilerplate.is_withdrawn(text) is False
