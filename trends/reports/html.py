"""HTML: the report as one file that asks the network for nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from trends.core import statements
from trends.core.claim import Finding
from trends.core.trend import simultaneous
from trends.core.wording import DASH, percent, period_noun, plural
from trends.reports.content import COLUMNS, SECTIONS, Report
from trends.reports.page_parts import asset, environment, policy
from trends.reports.sections import diagnostics, sentences
from trends.reports.sections.answer import answer
from trends.reports.sections.audit import AuditView
from trends.reports.sections.cards import anchors, cards
from trends.reports.sections.explore import explore
from trends.reports.sections.groups import GroupsView
from trends.reports.sections.shapes import ShapesView
from trends.reports.sections.tables import Downloads, File, Table, table
from trends.reports.svg.inline import inline
from trends.reports.words import plain, records

#: Conflicts and dropped records that the page itself lists.
MOST_CASES = 10
#: Tables that the page does not print: it says what they hold in other ways.
UNSEEN = frozenset({"diagnostics", "topics", "prevalence", "specifications", "curves"})
#: Tables of which the page prints the beginning.
LONG = frozenset({"alignment", "composition", "diagnostics_corrected"})
#: What one run found, in the order of a table.
CHANGES = ("finding", "change", "change_lower", "change_upper", "p_adjusted", "slope")
#: Bytes of the page that CSV files may fill it up to, and how many figures leave for them.
MOST_BYTES, FOR_FILES = 1_900_000, 200_000


@dataclass(frozen=True)
class Shown:
    """A table of the run as text, and as a file."""

    table: Table
    saved: File

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.saved.name

    @property
    def link(self) -> str | None:
        """Address that holds it, if there was room for it."""
        return self.saved.href


def render(report: Report) -> str:
    """Make the page.

    Parameters
    ----------
    report : Report
        What to show.

    Returns
    -------
    str
        An HTML document: style, script, figures and data inside, no address to load anything from.

    Raises
    ------
    DataError
        If a figure is not SVG.
    """
    style = "".join(map(asset, ("report.css", "explore.css", "print.css")))
    script = "".join(map(asset, ("report.js", "explore.js")))
    unit = str(report.metadata.get("period", "period"))
    downloads = Downloads()
    page = environment().get_template("template.html")
    made = cards(report)
    found = answer(report, made)
    share_interval = str(report.metadata.get("interval", "interval as stated in the settings"))
    shown: dict[str, Any] = {
        "title": report.title,
        "policy": policy(style, script),
        "style": style,
        "script": script,
        "summary": _summary(report),
        "coverage_text": _coverage_text(report),
        "tables": _tables(report, unit, downloads),
        "answer": found,
        "quote": f"{found.sentence} {found.stable}".strip(),
        "facts_line": sentences.in_short(report),
        "lead": report.lead,
        "several": len(report.backends) > 1 and len(report.alignment) > 0,
        "cards": {b: made[b] for b in dict.fromkeys((report.lead, *made)) if b in made},
        "counted": {b: plural(sum(c.topic >= 0 for c in made[b]), "topic") for b in made},
        "chart": explore(report, made),
        "curves": len(report.curves) > 0,
        "documents_listed": len(report.documents) > 0,
        "methods": report.methods,
        "references": report.references,
        "findings_words": statements.FINDINGS,
        "stability_words": statements.STABILITY,
        "agreement": sentences.agreement(report),
        "warnings": report.warnings,
        "figures": _figures(report, unit, downloads),
        "facts": _facts(report.metadata),
        "settings": _facts(report.settings),
        "unit": period_noun(unit),
        "interval": sentences.interval_of(report),
        "share_interval": share_interval,
        "band": "interval of the fitted curve "
        + ("for all periods at once" if simultaneous(report.curves) else "at each period by itself")
        if len(report.curves)
        else share_interval,
        "denominator": str(
            report.metadata.get("denominator", f"all dated documents of the {period_noun(unit)}")
        ),
        "alpha": f"{sentences.alpha_of(report):g}",
        "spans": statements.spans_of(sentences.spans_of(report)),
        "unassigned": _unassigned(report),
        "claims": sentences.claims(report),
        "claims_rule": str(report.metadata.get("claims_rule", "")),
        "claims_notes": list(report.metadata.get("claims_notes", ())),
        "diagnostics": diagnostics.diagnostics(report),
        "diagnostics_overview": diagnostics.overview(report),
        "trend_notes": diagnostics.trend_notes(report),
        "composition": diagnostics.composition(report),
        "groups": None if report.groups is None else GroupsView(**vars(report.groups)),
        "shapes": None if report.shapes is None else ShapesView(**vars(report.shapes)),
        "audit": None if report.audit is None else AuditView(**vars(report.audit)),
    }
    size = len(page.render(shown).encode("utf-8", "replace"))
    # Figures of models that do not lead go first where there is no room; files take what is left.
    drawn = [figure for figures in shown["figures"].values() for figure in figures]
    for figure in sorted(drawn, key=lambda one: (not one["other"], -len(one["svg"]))):
        if size > MOST_BYTES - FOR_FILES:
            size -= len(figure["svg"].encode("utf-8", "replace"))
            figure["svg"] = ""
    downloads.grant(MOST_BYTES - size)
    return page.render(shown).encode("utf-8", "replace").decode("utf-8")


def _summary(report: Report) -> list[str]:
    lines = [*sentences.corpus(report), sentences.models(report)]
    lines += [s for name in ("divided", "updates", "edits") for s in report.metadata.get(name, ())]
    lines += [sentences.findings(report, backend) for backend in report.backends]
    lines += sentences.claims(report)
    lines += [diagnostics.overview(report)] if len(report.diagnostics) else []
    lines += sentences.agreement(report) if len(report.backends) > 1 else []
    return lines


def _case(value: Any) -> str:
    """One conflict or dropped record in a line."""
    if isinstance(value, dict) and {"title", "kept", "other"} <= set(value):
        return (
            f"{value['title']}: {value['kept']} is kept, {value['other']} is not "
            f"({value.get('why', '')})"
        )
    return plain(value)


def _coverage_text(report: Report) -> list[str]:
    out = []
    for name, what in (("conflicts", "dates in conflict"), ("dropped", "records left out")):
        value = report.metadata.get(name)
        if value is None:
            continue
        items = [_case(v) for v in value] if isinstance(value, list | tuple) else []
        # A list that was cut ends with a row that counts the rest.
        n = (
            sum(v.get("more", 1) if isinstance(v, dict) else 1 for v in value)
            if isinstance(value, list | tuple)
            else int(value)
        )
        out.append(f"{what[0].upper()}{what[1:]}: {n:,}{':' if items else '.'}")
        out += [f"– {item}" for item in items[:MOST_CASES]]
        if n > MOST_CASES and items:
            out.append(f"– and {n - MOST_CASES:,} more, listed in the run's manifest.")
    evidence = {
        str(k): int(v) for k, v in dict(report.metadata.get("by_evidence", {})).items() if v
    }
    if evidence:
        out.append(
            "Dates are known from: "
            + ", ".join(f"{name} ({n:,})" for name, n in evidence.items())
            + "."
        )
    return out


def _unassigned(report: Report) -> list[str]:
    """What share of the documents no topic took, backend by backend."""
    rows = report.topics[report.topics["topic"] == -1] if len(report.topics) else report.topics
    return [f"{row.backend} {percent(float(row.share))}" for row in records(rows)]


def _tables(report: Report, unit: str, downloads: Downloads) -> dict[str, Shown | None]:
    """Every table of the run as text and as a file, small ones first.

    In this order, the files of small tables fit into the page.
    """
    out: dict[str, Shown | None] = dict.fromkeys(COLUMNS)
    for name in (
        "coverage",
        "quality",
        "claims",
        "trends",
        "composition",
        "diagnostics_corrected",
        "diagnostics",
        "alignment",
        "topics",
        "specifications",
        "prevalence",
        "curves",
    ):
        frame: pd.DataFrame = getattr(report, name)
        if frame.empty:
            continue
        shown = (
            table(_readable(report, name, frame), unit, most=60 if name in LONG else 1000)
            if name not in UNSEEN
            else Table([], [], [])
        )
        if name == "claims":
            places, about = anchors(report), str(report.metadata.get("claims_about", ""))
            shown = replace(
                shown,
                anchors=[
                    places.get((about, int(t)), "") if str(t).lstrip("-").isdigit() else ""
                    for t in frame["topic"]
                ],
            )
        out[name] = Shown(shown, downloads.offer(frame, f"{name}.csv"))
    return out


def _readable(report: Report, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The columns that a reader wants on the page; the file keeps all."""
    if name == "trends":
        return frame[
            ["backend", "label", *CHANGES, *_there(frame, "autocorrelation"), "note"]
        ].sort_values(["backend", "change"], ascending=[True, False], kind="stable")
    if name == "claims":
        more = ("joint_p", "matched", "specifications", "diagnostics", "choice_that_matters")
        shown = frame[["label", *CHANGES, "stability", "agreement", *_there(frame, *more)]]
        shown = shown.assign(stability=[statements.stability_of(r) or DASH for r in records(frame)])
        # Beside what was not found, the smallest change that would have been.
        power = (
            frame["power"].where(frame["finding"] == Finding.NO_CHANGE)
            if "power" in frame
            else None
        )
        return shown if power is None else shown.assign(power=power)
    if name == "composition":
        return frame[
            [
                "backend",
                "label",
                "slope",
                "volume",
                "volume_lower",
                "volume_upper",
                "ratio",
                "ratio_lower",
                "ratio_upper",
                "ratio_p_adjusted",
                "slope_without",
                "p_adjusted_without",
                "reading",
            ]
        ].sort_values(["backend", "slope"], ascending=[True, False], kind="stable")
    if name == "diagnostics_corrected":
        return diagnostics.corrected(report)
    if name == "alignment":
        labels = {(r.backend, r.topic): r.label for r in records(report.topics)}
        out = pd.DataFrame()
        for side in ("a", "b"):
            numbers = zip(frame[f"backend_{side}"], frame[f"topic_{side}"], strict=True)
            out[f"topic_{side}"] = [
                f"{b}: {labels.get((b, t), f'topic {t}')}" if t >= 0 else f"{b}: no partner"
                for b, t in numbers
            ]
        return out.assign(
            similarity=frame["similarity"].to_numpy(), null_p=frame["null_p"].to_numpy()
        )
    return frame


def _there(frame: pd.DataFrame, *names: str) -> list[str]:
    """Those of the columns that the table has."""
    return [name for name in names if name in frame.columns]


def _figures(report: Report, unit: str, downloads: Downloads) -> dict[str, list[dict[str, Any]]]:
    out: dict[str, list[dict[str, Any]]] = {name: [] for name in SECTIONS}
    stems = {picture.stem for picture in report.figures}
    for i, picture in enumerate(report.figures):
        out[picture.section].append(
            {
                "id": f"figure-{i + 1}",
                "title": picture.title,
                "svg": inline(picture.svg, f"f{i + 1}-", picture.alt),
                "caption": picture.caption,
                "stem": picture.stem,
                "other": any(
                    backend != report.lead
                    and picture.stem.endswith(backend)
                    and picture.stem.removesuffix(backend) + report.lead in stems
                    for backend in report.backends
                ),
                "table": table(picture.data, unit),
                "saved": downloads.offer(picture.data, f"{picture.stem}.csv"),
            }
        )
    return out


def _facts(values: dict[str, Any], path: str = "") -> list[tuple[str, str]]:
    """A nested dictionary as rows of name and value."""
    rows: list[tuple[str, str]] = []
    for key, value in values.items():
        name = f"{path}.{key}" if path else str(key)
        if isinstance(value, dict) and value:
            rows += _facts(value, name)
        else:
            rows.append((name, plain(value)))
    return rows
