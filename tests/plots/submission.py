"""What a submission check looks at in a PDF: fonts, width, height, raster images, dates."""

from __future__ import annotations

import io

import pikepdf

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
