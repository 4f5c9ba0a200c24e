"""One run, one statement of each topic: what CSV, report, command line, LaTeX and figures say."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import trends as tr
from trends import plots, store
from trends.cli.finished import verdicts
from trends.core import statements
from trends.core.wording import percent
from trends.reports import Picture, render
from trends.reports.export.latex import latex_tables
from trends.reports.export.numbers import camel, numbers
from trends.runs.tasks.analysis_parts.tables import summary

TOPICS, PERIODS = 8, 16
BACKENDS = ("gibbs-lda", "lda", "bertopic")


def counts(seed: int) -> pd.DataFrame:
    """Findings of every kind: rises, falls, a wave, nothing, a topic that never occurs."""
    rng = np.random.default_rng(seed)
    t = np.linspace(-1, 1, PERIODS)
    course = np.array([2 * t, -2 * t, 3 - 8 * t**2, 8 * t**2 - 3, 0 * t, 0 * t, t / 2])
    share = 1 / (1 + np.exp(2 - rng.permutation(course) - rng.normal(0, 0.1, course.shape)))
    y = np.vstack([rng.binomial(150, share), np.zeros((1, PERIODS))])
    made = tr.fit_trends((y, np.full(PERIODS, 150.0), 2010 + np.arange(PERIODS) / 1))
    return made.frame()


class Run:
    """The files of a run whose trends are estimated, with everything that shows them."""

    def __init__(self, folder: Path, seed: int, table: Any, compose: Any, claimed: Any) -> None:
        tables = table(TOPICS, PERIODS, unit="year", label="thing {}")
        found = [counts(10 * seed + i) for i in range(len(BACKENDS))]
        tables["trends"] = pd.concat(
            [
                frame.assign(backend=b, label=[f"thing {k}" for k in frame["topic"]])
                for b, frame in zip(BACKENDS, found, strict=True)
            ],
            ignore_index=True,
        )
        self.spans = found[0].attrs["spans"]
        self.folder, self.first = folder, BACKENDS[0]
        claims = claimed(tables["trends"])
        self.tables = {**tables, "claims": claims}
        for name, frame in self.tables.items():
            frame.to_csv(folder / f"{name}.csv", index=False)
        config = {"models": {"backends": list(BACKENDS)}, "prevalence": {"period": "year"}}
        manifest = {"config": config, "spans": self.spans, "name": "made"}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        self.rows = store.read_csv(folder / "trends.csv")
        self.claims = store.read_csv(folder / "claims.csv")
        read = plots.plot("changes", store.Run(folder))
        self.panels = plots.plot("prevalence", store.Run(folder))
        self.changes = read
        picture = Picture("Changes", plots.svg_text(read), read.caption, read.alt, read.data)
        report = compose(
            tables,
            figures=False,
            unit="year",
            claims=claims,
            metadata={"claims_about": self.first, "spans": self.spans},
        )
        object.__setattr__(report, "figures", (picture,))
        self.page = render(report)


@pytest.fixture(
    scope="module",
    params=[0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))],
)
def run(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tables: Any,
    report: Any,
    claimed: Any,
) -> Run:
    return Run(tmp_path_factory.mktemp("run"), request.param, tables, report, claimed)


def text_of(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def chart_of(page: str) -> dict[str, Any]:
    """What the linked chart draws and says."""
    packed = re.search(r'data-packed="([^"]+)"', page)
    assert packed
    return json.loads(gzip.decompress(base64.b64decode(packed[1])))


def views(run: Run) -> Iterator[tuple[Any, str, str]]:
    """Row of trends.csv, the topic's place in the page, and what stands there."""
    for row in run.rows.itertuples():
        anchor = f"t{list(dict.fromkeys(run.rows['backend'])).index(row.backend)}-{row.topic}"
        found = re.search(rf'<tbody id="{anchor}" .*?</tbody>', run.page, re.DOTALL)
        assert found
        yield row, anchor, found[0]


def test_every_finding_occurs(run: Run) -> None:
    assert {"rising", "falling", "turned", "not tested"} <= set(run.rows["finding"])


def test_the_page_says_of_a_topic_what_its_row_says(run: Run) -> None:
    words = {"rising", "falling", "turned", "not tested"}
    rows = {(r.backend, r.topic): r for r in run.rows.itertuples()}
    for row, anchor, view in views(run):
        text = text_of(view)
        sentence = statements.sentence(row, run.spans)
        assert f"Topic “{row.label}”: {sentence}" in text and copied(view) == [f"{anchor}-said"]
        assert statements.change_of(row) in text
        head = text_of(re.sub(r'<span class="also">.*?</span>', "", view)).partition(" Trend ")[0]
        assert row.finding in head and not any(w in head for w in words - {row.finding})
        # What it says of topics of other models, here matched by number, is what their rows say.
        for other, finding in re.findall(r'<span class="also">([^:]+): ([^<]+)</span>', view):
            assert finding in (rows[other, row.topic].finding, "none")
        place = rf'<li class="card [^"]*"><h3><a href="#{anchor}">.*?</div></li>'
        card = re.search(place, run.page, re.DOTALL)
        if row.backend == run.first:
            assert card
            said = text_of(re.sub(r"<svg.*?</svg>", "", card[0], flags=re.DOTALL))
            claim = run.claims.set_index("topic").loc[row.topic]
            assert (f"stability: {claim['stability']}" in said) == statements.is_found(row)
            of, p = "", row.p_adjusted
            if row.finding == "turned":
                of, p = "of the turn ", row.p_turn_adjusted
            assert np.isnan(p) or f"adjusted p {of}{statements.equals(p)}" in said
            assert row.finding in said and not any(w in said for w in words - {row.finding})
            assert statements.change_of(row) in said
            assert copied(card[0]) == [f"{anchor}-said"]
        else:
            assert not card


def stability_of(run: Run, topic: int) -> str:
    """What the multiverse says of a finding; nothing where there is none."""
    claim = run.claims.set_index("topic").loc[topic]
    return str(claim["stability"]) if claim["finding"] in ("rising", "falling", "turned") else ""


def copied(markup: str) -> list[str]:
    """Ids of the elements whose text the buttons copy."""
    return re.findall(r'class="copy[^>]* data-of="([^"]*)"', markup)


def test_the_chart_says_and_draws_the_rows(run: Run) -> None:
    drawn = {t["id"]: t for m in chart_of(run.page)["models"] for t in m["topics"]}
    assert len(drawn) == len(run.rows)
    shares = run.tables["prevalence"].set_index(["backend", "topic"]).sort_index()
    for row, anchor, _ in views(run):
        topic = drawn[anchor]
        assert topic["finding"].lstrip("▲▼◆ ") == row.finding
        assert (topic["label"], topic["change"]) == (row.label, statements.change_of(row))
        mine = shares.loc[(row.backend, row.topic)].sort_values("period")
        for i, name in enumerate(("share", "lower", "upper")):
            want = ["" if np.isnan(v) else percent(v).removesuffix("%") for v in mine[name]]
            assert topic["said"][i] == want
            seen = [np.nan if v is None else v / 1e5 for v in topic["seen"][i]]
            np.testing.assert_allclose(seen, mine[name], atol=1e-5)


def test_the_command_line_says_the_same(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    verdicts.show(store.Run(run.folder), every=True)
    blocks = capsys.readouterr().out.split("\n\n")
    first, last = statements.spans_of(run.spans)
    assert f"from {first} to {last}" in blocks[0]
    lines = {b.splitlines()[0].partition(":")[0]: b.splitlines()[2:] for b in blocks[1:]}
    for row in run.rows.itertuples():
        (line,) = (t for t in lines[row.backend] if re.search(rf" {row.label}( *$| \()", t))
        assert line.startswith(f"{row.finding} ") and statements.change_of(row) in line
        assert statements.turn_of(row) in line
        if row.backend == run.first:
            stability = stability_of(run, row.topic)
            assert stability in line and (stability or "examined" not in line)


def test_a_narrow_terminal_shows_all_of_it_in_colour(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    verdicts.show(store.Run(run.folder))
    shown = capsys.readouterr().out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert shown != plain and "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= 60 or str(run.folder) in plain
    words = " ".join(plain.split())
    for row in run.rows[run.rows["backend"] == run.first].itertuples():
        assert f"{row.label} " in words and statements.change_of(row) in words
        assert f"{row.finding}, {statements.change_of(row)}" in words


def test_latex_numbers_and_sentences_agree(run: Run, corpus: Callable[[], Any]) -> None:
    tex = latex_tables(run.tables, run.spans)
    first, last = statements.spans_of(run.spans)
    for row in run.rows.itertuples():
        (line,) = (t for t in tex[f"topics-{row.backend}"].splitlines() if f"{row.label} &" in t)
        change = statements.change_of(row).replace("−", "-").replace("–", "--")
        assert f"& {row.finding} & {change} &" in line
        if row.backend == run.first:
            (line,) = (t for t in tex["claims"].splitlines() if t.startswith(f"{row.label} &"))
            assert f"& {row.finding} & {change} &" in line
            assert line.endswith(rf"& {stability_of(run, row.topic) or '--'} \\")
    assert f"from {first} to {last}" in tex["claims"].splitlines()[0]
    about = {"documents": 10, "dated": 9, "by_precision": {}, "by_evidence": {}}
    quality = run.tables["quality"].assign(stability=0.5)
    found = numbers({**run.tables, "quality": quality}, about, 7)
    for backend, rows in run.rows.groupby("backend"):
        for finding, n in Counter(rows["finding"]).items():
            assert found[camel(backend, finding)] == n
    said = " ".join(summary(corpus().summary(), run.tables, run.first))
    for row in run.rows.itertuples():
        if statements.is_found(row) and row.finding != "turned":
            assert f"{row.label} {row.finding}: {statements.change_of(row)} points" in said


def test_figures_draw_the_rows(run: Run) -> None:
    mine = run.rows[run.rows["backend"] == run.first].set_index("topic")
    drawn = run.changes.data.set_index("topic")
    assert (drawn["finding"] == mine["finding"].reindex(drawn.index)).all()
    np.testing.assert_allclose(drawn["change"], mine["change"].reindex(drawn.index))
    first, last = statements.spans_of(run.spans)
    for figure in (run.changes, run.panels):
        assert f"from {first} to {last}" in figure.caption
    notes = Counter(
        text.get_text().partition(":")[0].partition(" +")[0].partition(" −")[0]
        for axes in run.panels.figure.axes
        for text in axes.texts
    )
    for finding, n in Counter(mine["finding"]).items():
        assert notes[finding] == n


@pytest.fixture
def corpus() -> Callable[[], Any]:
    return lambda: tr.read_corpus("pretraining")
