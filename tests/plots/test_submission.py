"""PDFs pass a submission check: every figure in every venue, and maps with many and few dots.

test_contract.py looks at every figure in two places.
"""

from __future__ import annotations

import io

import pikepdf
import pytest
from fontTools import subset
from fontTools.ttLib import TTFont
from gallery import PLACES
from submission import check, images_of

import trends.plots as plots


@pytest.mark.slow
@pytest.mark.parametrize(("venue", "width"), PLACES)
def test_every_pdf_of_every_venue(venue, width, each_figure, labels):
    with plots.style(venue, width=width):
        for draw in each_figure(12, labels(12, 3, 60)).values():
            check(draw(), venue, width)


@pytest.mark.slow
@pytest.mark.parametrize("venue", ["acl", "report"])
def test_dots_of_a_large_map_are_an_image_of_300_dpi_or_more(venue, each_figure):
    with plots.style(venue):
        drawn = each_figure(5, documents=2500)["documents"]()
        check(drawn, venue, "full")
        made = drawn.encoded("pdf")
        assert drawn.encoded("pdf") == made
        assert b"<image" in drawn.encoded("svg")
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(images_of(pdf)) >= 1


def test_dots_of_a_small_map_are_vectors(each_figure):
    drawn = each_figure(5)["documents"]()
    with pikepdf.open(io.BytesIO(drawn.encoded("pdf"))) as pdf:
        assert images_of(pdf) == []
    assert not drawn.has_raster


def test_a_face_in_a_pdf_is_its_outlines(each_figure):
    """Not how its letters would be set, or look in other weights; others reduce faces as before."""
    whole = subset.Options
    with pikepdf.open(io.BytesIO(each_figure(5)["documents"]().encoded("pdf"))) as pdf:
        (face,) = {bytes(f.FontFile2.read_bytes()) for f in pdf.objects if _has_face(f)}
    tables = set(TTFont(io.BytesIO(face)).keys())
    assert {"glyf", "hmtx"} <= tables
    assert not {"GSUB", "GPOS", "gvar", "fvar"} & tables
    assert subset.Options is whole


def _has_face(what: pikepdf.Object) -> bool:
    return isinstance(what, pikepdf.Dictionary) and "/FontFile2" in what
