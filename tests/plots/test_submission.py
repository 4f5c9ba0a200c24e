"""What a submission check looks at, in every PDF: fonts, width, height, raster images, dates."""

from __future__ import annotations

import io

import pikepdf
import pytest
from gallery import PLACES

import trends.plots as plots
from trends.plots.theme.venues import VENUES


def fonts_of(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Every font object of a PDF, descendants included."""
    return [
        o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"
    ]


def images_of(pdf: pikepdf.Pdf) -> list[float]:
    """Dots per inch of every image on the page, the smaller of the two directions."""
    out, matrix = [], [1.0] * 6
    page = pdf.pages[0]
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "cm":
            matrix = [float(v) for v in operands]
        elif str(operator) == "Do":
            thing = page.Resources.XObject[str(operands[0])]
            if thing.Subtype == "/Image":
                out.append(
                    min(
                        72 * int(thing.Width) / abs(matrix[0]),
                        72 * int(thing.Height) / abs(matrix[3]),
                    )
                )
    return out


def check(drawn: plots.Drawn, venue: str, width: str) -> None:
    """Raise where a submission check would."""
    expected = VENUES[venue].full if width == "full" else VENUES[venue].column
    with pikepdf.open(io.BytesIO(drawn.encoded("pdf"))) as pdf:
        box = [float(v) for v in pdf.pages[0].mediabox]
        assert box[:2] == [0, 0] and abs(box[2] / 72 - expected) < 0.01
        assert box[3] / 72 <= VENUES[venue].height + 1e-6
        fonts = fonts_of(pdf)
        assert fonts
        for font in fonts:
            assert str(font.Subtype) in {"/Type0", "/CIDFontType2", "/TrueType"}, font.Subtype
            if "/FontDescriptor" in font:
                assert "/FontFile2" in font.FontDescriptor
        images = images_of(pdf)
        held = [
            o
            for o in pdf.objects
            if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"
        ]
        if drawn.stem != "map":
            assert not held
        assert all(dpi >= 300 for dpi in images)
        assert "/CreationDate" not in pdf.docinfo and "/ModDate" not in pdf.docinfo


@pytest.mark.parametrize(("venue", "width"), PLACES)
def test_pdf_passes_a_submission_check(venue, width, each_figure):
    # A third of the figures each, in turn, so that all are drawn several times over all places; the
    # slow test draws every one.
    figures = each_figure(3)
    with plots.style(venue, width=width):
        for name in list(figures)[PLACES.index((venue, width)) % 3 :: 3]:
            check(figures[name](), venue, width)


@pytest.mark.slow
@pytest.mark.parametrize(("venue", "width"), PLACES)
def test_every_pdf_of_every_venue(venue, width, each_figure, labels):
    with plots.style(venue, width=width):
        for draw in each_figure(12, labels(12, 3, 60)).values():
            check(draw(), venue, width)


@pytest.mark.parametrize("venue", ["acl", "report"])
def test_dots_of_a_large_map_are_an_image_of_300_dpi_or_more(venue, each_figure):
    with plots.style(venue):
        drawn = each_figure(5, documents=2500)["documents"]()
        check(drawn, venue, "full")
        assert drawn.encoded("pdf") == drawn.encoded("pdf")
        assert b"<image" in drawn.encoded("svg")
    with pikepdf.open(io.BytesIO(drawn.encoded("pdf"))) as pdf:
        assert len(images_of(pdf)) >= 1


def test_dots_of_a_small_map_are_vectors(each_figure):
    drawn = each_figure(5)["documents"]()
    with pikepdf.open(io.BytesIO(drawn.encoded("pdf"))) as pdf:
        assert images_of(pdf) == []
    assert not drawn.has_raster
