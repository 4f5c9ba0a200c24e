"""Look for links of a built site that lead nowhere inside it.

python docs/links.py build/docs
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

#: Attributes that name another file.
ATTRIBUTES = ("href", "src", "poster", "data")


def dead(site: Path) -> list[str]:
    """Links to files or anchors that the site does not have, and what pages load from elsewhere."""
    pages = {
        p.resolve(): html.parse(str(p))
        for p in sorted(site.rglob("*.html"))
        if "_static" not in p.parts
    }
    anchors = {
        path: {value for e in tree.iter() for value in (e.get("id"), e.get("name")) if value}
        for path, tree in pages.items()
    }
    found = []
    for path, tree in pages.items():
        for element in tree.iter():
            for attribute in ATTRIBUTES:
                if (link := element.get(attribute)) is None:
                    continue
                url = urlsplit(link)
                where = f"{path.relative_to(site.resolve())}: {link}"
                if url.scheme or url.netloc:
                    # A link may lead out; what a page is made of may not come from elsewhere.
                    loaded = attribute == "src" or element.get("rel") == "stylesheet"
                    found += [where] if loaded and url.scheme != "data" else []
                    continue
                target = (path.parent / unquote(url.path)).resolve() if url.path else path
                target = target / "index.html" if target.is_dir() else target
                if not target.is_file() or (
                    url.fragment
                    and target in anchors
                    and unquote(url.fragment) not in anchors[target]
                ):
                    found.append(where)
    return sorted(set(found))


if __name__ == "__main__":
    broken = dead(Path(sys.argv[1]))
    print("\n".join(broken) or "Every internal link leads somewhere.")
    sys.exit(bool(broken))
