"""What edits did to the topics of a run, and which of them could not be carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from trends.core import Topics
from trends.core import multivalue as cells
from trends.core.wording import listed, percent, plural
from trends.errors import DataError

COLUMNS = (
    *("backend", "edit", "kind", "topics", "top_terms", "becomes", "labels", "documents", "share"),
    *("fits", "of_fits", "note"),
)

#: What to do about edits that no longer apply.
ADVICE = (
    "Take such edits out of the file, or start from this fit: leave edits= out, run, then "
    "`trends edit`."
)


def about(fit: Topics) -> dict[str, Any]:
    """What is kept of the edits of a fit; nothing without edits."""
    return dict(fit.provenance.get("edits", {}))


def named(fit: Topics, automatic: Sequence[str]) -> tuple[str, ...]:
    """Names of topics, those of the edits in the place of automatic ones."""
    own = {int(k): str(name) for k, name in about(fit).get("names", {}).items()}
    taken = {name.lower() for name in own.values()}
    return tuple(
        own.get(k, f"{name} (2)" if name.lower() in taken else name)
        for k, name in enumerate(automatic)
    )


def check(backend: str, fit: Topics, path: str, advice: str = ADVICE) -> None:
    """Refuse edits that the fit which stands for all does not allow.

    Raises
    ------
    DataError
        With each of them and why.
    """
    missing = about(fit).get("missing", [])
    if missing:
        each = "; ".join(f"{m['edit']}: {m['reason']}" for m in missing)
        noun = "edit" if len(missing) == 1 else "edits"
        verb = "does" if len(missing) == 1 else "do"
        message = (
            f"{len(missing)} {noun} of {path} {verb} not apply to {backend} (any more): {each}. "
            f"{advice}"
        )
        raise DataError(message)


def table(
    backend: str,
    fit: Topics,
    fits: Sequence[Topics],
    labels: Sequence[str],
    terms: Mapping[int, str],
) -> pd.DataFrame:
    """``edits.csv`` of one backend: a row an edit.

    Parameters
    ----------
    backend : str
        Whose topics.
    fit, fits : Topics
        The fit that stands for all, and all.
    labels : sequence of str
        Names of its topics after the edits.
    terms : mapping of int to str
        Topic before the edits → its top terms.
    """
    rows = []
    for row in about(fit).get("applied", []):
        found = sum(row["edit"] in {r["edit"] for r in about(f).get("applied", [])} for f in fits)
        rows.append(
            {
                "backend": backend,
                "edit": row["edit"],
                "kind": row["kind"],
                "topics": cells.join([str(t) for t in row["topics"]], ";"),
                "top_terms": cells.join([terms.get(t, "") for t in row["topics"]], "|", " "),
                "becomes": cells.join([str(k) for k in row["becomes"]], ";"),
                "labels": cells.join([labels[k] for k in row["becomes"]], "|", " "),
                "documents": row["documents"],
                "share": row["share"],
                "fits": found,
                "of_fits": len(fits),
                "note": row.get("why") or row.get("lost", ""),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def sentence(backend: str, fit: Topics, labels: Sequence[str], path: str) -> str:
    """What was done to the topics of a backend."""
    said = []
    for row in about(fit).get("applied", []):
        old = listed([str(t) for t in row["topics"]])
        noun = "topic" if len(row["topics"]) == 1 else "topics"
        new = listed([f"“{labels[k]}”" for k in row["becomes"]])
        part = percent(row["documents"] / max(fit.n_documents, 1))
        docs = f"{plural(row['documents'], 'document')}, {part}"
        if row["kind"] == "merge":
            said.append(f"{noun} {old} are one, {new} ({docs})")
        elif row["kind"] == "split":
            said.append(f"topic {old} is divided into {new} ({docs})")
        elif row["kind"] == "rename":
            said.append(f"topic {old} is called {new}")
        else:
            why = f"; {row['why']}" if row.get("why") else ""
            said.append(
                f"{noun} {old} {'is' if len(row['topics']) == 1 else 'are'} left out, and "
                f"{docs}, count as documents without a topic{why}"
            )
    return f"{backend}: topics were edited by hand ({path}): {'; '.join(said)}." if said else ""


def warnings(backend: str, fits: Sequence[Topics], path: str) -> list[str]:
    """Edits that some fits did not allow, or allowed in part."""
    out: dict[str, list[str]] = {}
    why: dict[str, str] = {}
    for fit in fits:
        rows = [(m["edit"], m["reason"]) for m in about(fit).get("missing", [])]
        rows += [(r["edit"], r["lost"]) for r in about(fit).get("applied", []) if r.get("lost")]
        for edit, reason in rows:
            out.setdefault(edit, []).append(str(fit.seed))
            why.setdefault(edit, reason)
    return [
        f"{backend}: {edit} of {path} was not or only partly carried out in {len(seeds)} of "
        f"{plural(len(fits), 'fit')} (seed {listed(seeds, most=3)}): {why[edit]}."
        for edit, seeds in out.items()
    ]
