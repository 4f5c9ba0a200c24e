"""What every page is made with: templates, style and script, and what a page may load.

The content security policy allows the page's own script and style by their hashes and nothing else;
every text passes through Jinja's autoescape, so that a title from outside stays a title.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

import jinja2
from markupsafe import Markup

from trends.core.wording import closed


def policy(style: str, script: str) -> str:
    """The content security policy of a page: this style, this script, and nothing else."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src "
        "data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return (
        "'sha256-"
        f"{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
    )


def asset(name: str) -> str:
    """A file of the folder ``page``."""
    return (resources.files("trends.reports") / "page" / name).read_text(encoding="utf-8")


def environment() -> jinja2.Environment:
    """Templates of the folder ``page``; every text from outside stays a text."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: (
            closed(value) if isinstance(value, str) and not isinstance(value, Markup) else value
        ),
    )
    environment.filters["key"] = lambda value: "" if value != value else f"{value:.6g}"
    return environment
