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


@pytest.mark.parametrize(
    "text", ["No abstract available.", "[Abstract not available]", "N/A", "null", "-", "Abstract"]
)
def test_what_stands_in_for_a_missing_abstract_is_no_text(text):
    assert boilerplate.remove(text) == ("", ("placeholder for a missing abstract",))


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
