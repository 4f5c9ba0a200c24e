"""An answer in XML: nothing outside of it is loaded, no entity is expanded, depth and length are bounded by libxml2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trends.sources.fetch.http.body import Unfit

if TYPE_CHECKING:
    from lxml.etree import _Element


def tree(data: bytes) -> _Element:
    """The root of an answer.

    Raises
    ------
    Unfit
        If it is not well-formed, or declares entities of its own.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        message = f"it is not well-formed XML ({str(error).partition(' (<')[0][:120]})"
        raise Unfit(message) from error
    kind = root.getroottree().docinfo.internalDTD
    if kind is not None and next(iter(kind.iterentities()), None) is not None:
        message = "it declares entities of its own, which no service does"
        raise Unfit(message)
    return root
