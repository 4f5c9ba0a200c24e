"""Settings of the documentation: ``make docs`` builds it into ``build/docs``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import generated

import trends

project = "trends"
author = "The trends developers"
copyright = "The trends developers, MIT licence"
version = release = trends.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["*_source.md"]

# Notebooks come with their outputs: `generated.py` executes them, with warnings as errors.
nb_execution_mode = "off"
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "pydata_sphinx_theme"
html_title = "trends"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}

# `make docs-links` asks the network. Publishers that refuse programs answer 403: no dead link.
linkcheck_ignore = [r"https://topic-trends\.example/", r"http://(localhost|127\.0\.0\.1)"]
linkcheck_allow_unauthorized = True
linkcheck_timeout = 20


def setup(app) -> None:
    """Write the pages that are made, before any page is read."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    app.connect("builder-inited", lambda app: generated.write(Path(app.srcdir) / "made"))
