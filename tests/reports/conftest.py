"""A report of made-up tables in the shape of a run's files, and the browser if there is one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pytest

BACKENDS = ("gibbs-lda", "lda", "bertopic")
FREQUENCY = {"half-year": "6MS", "quarter": "QS", "year": "YS"}


def make_tables(
    k: int = 6,
    periods: int = 8,
    n: int = 200,
    unit: str = "half-year",
    label: str = "topic about {}",
) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(0)
    starts = pd.date_range("2019-01-01", periods=periods, freq=FREQUENCY[unit])
    docs = rng.multinomial(n, np.ones(periods) / periods)
    docs[0] += docs[1]
    docs[1] = 0
    topics, shares, trends, quality = [], [], [], []
    for backend in BACKENDS:
        numbers = [*range(k), *([-1] if backend == "bertopic" else [])]
        for j, start in enumerate(starts):
            share = (
                rng.multinomial(docs[j], np.ones(len(numbers)) / len(numbers)) / docs[j]
                if docs[j]
                else np.full(len(numbers), np.nan)
            )
            for i, topic in enumerate(numbers):
                name = label.format(topic) if topic >= 0 else "unassigned"
                band = (np.nan, np.nan) if topic < 0 else (max(share[i] - 0.05, 0), share[i] + 0.05)
                shares.append(
                    (backend, topic, name, start, docs[j], share[i], *band, j < periods - 1)
                )
        for topic in numbers:
            name = label.format(topic) if topic >= 0 else "unassigned"
            words = "; ".join(f"word{topic}x{i}" for i in range(8))
            topics.append(
                (
                    backend,
                    topic,
                    name,
                    n // k,
                    1 / len(numbers),
                    words,
                    f"First title {topic} | Second title {topic}",
                    0.1,
                    0.8,
                )
            )
        for topic in range(k):
            finding, change, p = {
                0: ("rising", 4.0, 0.001),
                1: ("falling", -3.0, 0.01),
                2: ("turned", 0.2, 0.6),
            }.get(topic, ("no change detected", 0.2, 0.6))
            ends = (change, change - 1.6, change + 1.6)
            turn = ("rose, then fell", 2020.5, 0.02) if topic == 2 else ("", np.nan, 1.0)
            year = tuple(v / 2 for v in ends)
            row = (finding, *ends, *year, p, p, 2.5, *turn, 0.1 * topic, "")
            trends.append((backend, topic, label.format(topic), *row))
        quality += [(backend, seed, k, 0.1 + seed / 100, 0.8, 0.05) for seed in range(5)]
    matched = [
        ("gibbs-lda", i, b, i if i < k - 1 else -1, 0.5 if i < k - 1 else np.nan, 0.01)
        for b in BACKENDS[1:]
        for i in range(k)
    ]
    named = ["backend", "topic", "label"]
    return {
        "coverage": pd.DataFrame(
            {
                "period": starts,
                "n_docs": docs,
                "n_dated": docs,
                "n_with_text": docs,
                "complete": [j < periods - 1 for j in range(periods)],
            }
        ),
        "topics": pd.DataFrame(
            topics,
            columns=[*named, "n_docs", "share", "top_terms", "examples", "npmi", "stability"],
        ),
        "prevalence": pd.DataFrame(
            shares, columns=[*named, "period", "n_docs", "share", "lower", "upper", "complete"]
        ),
        "trends": pd.DataFrame(
            trends,
            columns=[
                *named,
                *("finding", "change", "change_lower", "change_upper", "slope", "lower", "upper"),
                *("p", "p_adjusted", "power", "turn", "turn_at", "p_turn_adjusted"),
                *("autocorrelation", "note"),
            ],
        ),
        "alignment": pd.DataFrame(
            matched,
            columns=["backend_a", "topic_a", "backend_b", "topic_b", "similarity", "null_p"],
        ),
        "quality": pd.DataFrame(
            quality, columns=["backend", "seed", "n_topics", "npmi", "diversity", "unassigned"]
        ),
    }


def make_report(
    tables: dict[str, pd.DataFrame] | None = None,
    *,
    figures: bool = True,
    title: str = "A report",
    **more: object,
) -> object:
    import trends.plots as plots
    from trends.reports import Picture, Report

    unit = str(more.pop("unit", "half-year"))
    tables = tables or make_tables()
    drawn = []
    if figures:
        drawn.append(("coverage", plots.coverage(tables["coverage"], period=unit)))
        for backend in BACKENDS:
            mine = {
                name: tables[name][tables[name]["backend"] == backend]
                for name in ("prevalence", "trends")
            }
            drawn.append(
                (
                    "prevalence",
                    plots.prevalence(
                        mine["prevalence"],
                        period=unit,
                        trends=mine["trends"],
                        stem=f"prevalence-{backend}",
                    ),
                )
            )
            drawn.append(
                (
                    "prevalence",
                    plots.heatmap(mine["prevalence"], period=unit, stem=f"heatmap-{backend}"),
                )
            )
            drawn.append(("trends", plots.changes(mine["trends"], stem=f"changes-{backend}")))
        pair = tables["alignment"][tables["alignment"]["backend_b"] == "bertopic"]
        drawn.append(("agreement", plots.agreement(pair, tables["topics"], tables["trends"])))
    dated = int(tables["coverage"]["n_docs"].sum())
    metadata = {
        "corpus": "made up",
        "documents": dated + 1,
        "dated": dated,
        "undated": 1,
        "period": unit,
        "by_precision": {"day": dated},
        "spans": ["2019 H1 to 2020 H1", "2021 H2 to 2022 H2"],
    }
    pictures = [
        Picture(d.stem, plots.svg_text(d), d.caption, d.alt, d.data, section, d.stem)
        for section, d in drawn
    ]
    warnings = more.pop("warnings", ["One period has no documents."])
    metadata |= more.pop("metadata", {})  # type: ignore[operator]
    return Report(
        title,
        metadata,
        **tables,
        warnings=warnings,
        figures=pictures,
        settings={"models": {"seeds": 5}},
        **more,
    )


@pytest.fixture(scope="session")
def tables() -> Callable[..., dict[str, pd.DataFrame]]:
    return make_tables


@pytest.fixture(scope="session")
def report() -> Callable[..., object]:
    return make_report


def make_audited(report: Any) -> Any:
    """The report with the section of an audit: every part, its figures, and standardized trends."""
    import trends.plots as plots
    from trends.reports import Picture, Report
    from trends.reports.content import Audit
    from trends.reports.sections.audit import TITLES

    parts = [*TITLES, "mix-source", "mix-venue"]
    flags = [("ok", "look", "unknown")[i % 3] for i in range(len(parts))]
    said = (
        "The corpus holds many documents, and this sentence says of them what a reader must know, "
        "in some forty words or so. " * 3
    )
    summary = pd.DataFrame(
        {
            "part": parts,
            "flag": flags,
            "sentence": said,
            "rule": "a look if a value is above another one",
        }
    )
    starts = report.coverage["period"]
    names = [f"a journal of things number {i}" for i in range(7)]
    mix = pd.DataFrame(
        [(p, name, 5 + i) for p in starts for i, name in enumerate(names)],
        columns=["period", "label", "n_docs"],
    )
    lengths = pd.DataFrame(
        {
            "period": starts,
            "n_docs": 40,
            "q10": 80.0,
            "q25": 100.0,
            "median": 130.0,
            "q75": 150.0,
            "q90": 190.0,
        }
    )
    mine = report.trends[report.trends["backend"] == report.backends[0]]
    standardized = mine.copy()
    for tail in ("same", "standardized"):
        standardized[f"finding_{tail}"] = standardized["finding"]
        for name in ("change", "change_lower", "change_upper", "p", "p_adjusted"):
            standardized[f"{name}_{tail}"] = standardized[name] * (
                0.5 if tail == "standardized" else 1
            )
    drawn = [
        ("Mix by source", plots.mix(mix, stem="audit-mix-source")),
        ("Mix by venue", plots.mix(mix, noun="venue", stem="audit-mix-venue")),
        ("Length of documents", plots.lengths(lengths, stem="audit-length")),
        (
            "Changes with and without standardization",
            plots.standardized(standardized, stem="standardized-gibbs-lda"),
        ),
    ]
    pictures = [
        Picture(title, plots.svg_text(d), d.caption, d.alt, d.data, "audit", d.stem)
        for title, d in drawn
    ]
    audit = Audit(
        summary,
        standardized,
        [
            "Standardized by source: 7 values.",
            "gibbs-lda: after standardization no finding changes.",
        ],
    )
    return Report(**{**vars(report), "audit": audit, "figures": [*report.figures, *pictures]})


@pytest.fixture(scope="session")
def audited() -> Callable[[Any], Any]:
    return make_audited


@pytest.fixture(scope="session")
def claimed() -> Callable[..., pd.DataFrame]:
    return make_claims


@pytest.fixture(scope="session")
def page(once: Callable[[str, Callable[[Path], object]], Path]) -> str:
    """The page of the made-up report, with claims and the section of the audit."""

    def fill(folder: Path) -> None:
        from trends.reports import render

        report = make_report(claims=make_claims(), metadata={"claims_about": "gibbs-lda"})
        made = render(make_audited(report))
        (folder / "report.html").write_text(made, encoding="utf-8", newline="")

    with (once("page", fill) / "report.html").open(encoding="utf-8", newline="") as file:
        return file.read()


def make_linked(tables: dict[str, pd.DataFrame], titles: str = "Title {}") -> dict[str, Any]:
    """Curves, documents, addresses, fits and diagnostics beside tables: what a whole run has."""
    shares = tables["prevalence"].query("topic >= 0")
    curves = shares.assign(
        fitted=shares["share"].ffill(),
        lower=shares["lower"].ffill(),
        upper=shares["upper"].ffill(),
    )
    rows = [
        (r.backend, r.topic, r.period, place, 5, f"id-{r.topic}-{i % 40}-{place}")
        for i, r in enumerate(shares[shares["n_docs"] > 0].itertuples())
        for place in (1, 2, 3)
    ]
    documents = pd.DataFrame(
        rows, columns=["backend", "topic", "period", "place", "n_docs", "id"]
    ).assign(title=lambda f: [titles.format(i) for i in f["id"]])
    fits = [(f"{b}/seed-{s}", k) for b in BACKENDS for s in range(3) for k in range(6)]
    specifications = pd.DataFrame(fits, columns=["specification", "topic"]).assign(
        change=lambda f: np.where(f["specification"] == "lda/seed-2", -1.0, 1.0),
        finding="no change detected",
    )
    names = ("duplicates", "length-drift")
    diagnostics = pd.DataFrame(
        [(d, b, d == "duplicates", "Said.", "") for b in BACKENDS for d in names],
        columns=["diagnostic", "backend", "flagged", "sentence", "corrected"],
    )
    return {
        "curves": curves[["backend", "topic", "period", "fitted", "lower", "upper"]],
        "documents": documents,
        "links": {name: f"https://example.org/{name}" for name in documents["id"]},
        "specifications": specifications,
        "diagnostics": diagnostics,
        "methods": "Methods of this run.",
        "references": "@misc{a, title = {A}}",
    }


@pytest.fixture(scope="session")
def linked() -> Callable[..., dict[str, Any]]:
    return make_linked


def make_claims(trends: pd.DataFrame | None = None, backend: str = "gibbs-lda") -> pd.DataFrame:
    """``claims.csv``: the findings of one backend, those of a change stable."""
    trends = make_tables()["trends"] if trends is None else trends
    rows = trends[trends["backend"] == backend].drop(columns="backend").reset_index(drop=True)
    found = rows["finding"].isin(["rising", "falling", "turned"])
    return rows.assign(
        agreement=0.9,
        stability=np.where(found, "stable", "not examined"),
        joint_p=0.01,
        matched=8,
        specifications=9,
        diagnostics="",
        choice_that_matters="seed",
    )


#: A browser that asks nobody for anything on its own account.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--no-pings",
    "--disable-domain-reliability",
)


@pytest.fixture(scope="session")
def chromium(not_installed: Callable[[str], NoReturn]) -> str:
    names = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        not_installed("no Chromium on this machine (Debian's package: chromium)")
    return str(Path(found))


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        opened = running.chromium.launch(
            executable_path=chromium, args=list(FLAGS), timeout=120_000
        )
        yield opened
        opened.close()


class Opened:
    """A page of the report, what it asked for and what it said."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.asked: list[str] = []
        self.said: list[str] = []
        page.set_default_timeout(60_000)
        page.route("**/*", self._route)
        page.on("console", lambda m: self.said.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda e: self.said.append(str(e)))
        page.on("dialog", lambda d: (self.said.append(f"dialog: {d.message}"), d.dismiss()))
        page.goto(address)

    def _route(self, route: Any) -> None:
        url = route.request.url
        if url.split("#")[0] != self.address.split("#")[0]:
            self.asked.append(url)
            route.abort()
        else:
            route.continue_()

    def names(self, table: int = 0) -> list[str]:
        """Labels of the topics that are to be seen in one table, in order."""
        return (
            self.page.locator("table.topics")
            .nth(table)
            .locator(".topic:visible th button")
            .all_inner_texts()
        )

    def unfold(self) -> None:
        self.page.locator("details").evaluate_all("all => { for (const d of all) d.open = true; }")

    def violations(self) -> list[str]:
        """What axe objects to."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{v['id']}: {n['html'][:200]}" for v in found for n in v["nodes"]]


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    contexts = []

    def make(text: str, fragment: str = "", **options: Any) -> Opened:
        (tmp_path / "report.html").write_text(text, encoding="utf-8")
        contexts.append(browser.new_context(**options))
        return Opened(contexts[-1].new_page(), (tmp_path / "report.html").as_uri() + fragment)

    yield make
    for context in contexts:
        context.close()
