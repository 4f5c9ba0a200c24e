"""The pages of the documentation that are made: of settings, commands, figures, notebooks, results.

``conf.py`` calls `write`; everything goes into ``docs/made``, which is not kept in the repository.
What takes long is made again only if the package or its own source is newer.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import runpy
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import console
import nbformat
import pandas as pd

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "figures")]

import _execute

import trends as tr
from trends import plots, store
from trends.core.wording import plural
from trends.reports.content import SECTIONS
from trends.runs.config import reference

#: Files of the repository that are pages as they are → name of the page.
PAGES = {
    "ARCHITECTURE.md": "architecture",
    "CONTRIBUTING.md": "contributing",
    "CHANGELOG.md": "changelog",
    "experiments/calibration/README.md": "calibration",
    "experiments/calibration/results/full.md": "calibration_full",
    "experiments/calibration/results/end_to_end.md": "calibration_end_to_end",
    "experiments/calibration/results/drift.md": "calibration_drift",
    "experiments/calibration/results/verdicts.md": "calibration_verdicts",
    "experiments/league/README.md": "league",
    "experiments/planted/results/recovery.md": "planted_recovery",
    "experiments/topic_number/README.md": "topic_number",
    "experiments/people/README.md": "people_measured",
    "notebooks/README.md": "notebooks",
}
#: Pages that have no heading of their own.
HEADINGS = {
    "calibration_full": "Error rates: the whole table",
    "calibration_end_to_end": "Error rates through a topic model",
    "calibration_drift": "How often replaced words are noticed",
    "planted_recovery": "How many planted topics are found",
    "calibration_verdicts": "Verdicts, from texts to stability",
}
#: A folder of notebooks and of results of the tutorial that were carried out already: tests name
#: it, which look at both themselves.
FINISHED = Path(os.environ.get("DOCS_FINISHED", os.devnull))
LINK = re.compile(r"(!?\[[^\]]*\])\(([^)#\s]+)(#[^)\s]*)?\)")
#: Runs that the gallery shows: one of the corpus that comes with the package, and for what it does
#: not have (texts, venues) one of the papers of the tutorial.
RUNS: tuple[dict[str, Any], ...] = (
    {
        "name": "pretraining",
        "rng": 7,
        "models": {"backends": ["gibbs-lda", "bertopic"], "n_topics": 8, "seeds": 2, "workers": 1},
        "prevalence": {"period": "year"},
        "figures": {"formats": ["svg"]},
    },
    {
        "name": "papers",
        "rng": 7,
        "corpus": {"path": "papers.csv", "text": "abstract", "date": "published"},
        "models": {
            "backends": ["nmf"],
            "n_topics": "auto",
            "candidates": [3, 4, 5, 6],
            "seeds": 1,
            "workers": 1,
        },
        "prevalence": {"period": "year", "standardize_by": "venue_in_source"},
        "figures": {"formats": ["svg"], "map": False},
    },
)


def write(made: Path) -> None:
    """Write all pages that are made."""
    made.mkdir(exist_ok=True)
    for source, name in PAGES.items():
        text = adapted((ROOT / source).read_text(encoding="utf-8"), ROOT / source)
        heading = f"# {HEADINGS[name]}\n\n" if name in HEADINGS else ""
        put(made / f"{name}.md", heading + text)
    readme = adapted((ROOT / "README.md").read_text(encoding="utf-8"), ROOT / "README.md")
    rates = re.search(r"<!-- error rates.*?-->\n(.*?)<!-- end of error rates", readme, re.DOTALL)
    page = (DOCS / "error_rates_source.md").read_text(encoding="utf-8")
    put(made / "error_rates.md", page.replace("<!-- rates -->", rates[1] if rates else ""))
    put(made / "settings.md", "\n".join(settings()))
    put(made / "commands.md", "\n".join(commands()))
    newest = max(p.stat().st_mtime for p in (ROOT / "trends").rglob("*") if p.is_file())
    for name in _execute.ORDER:
        source = ROOT / "notebooks" / f"{name}.py"
        kept(made / f"{name}.ipynb", source, newest, notebook)
    kept(made / "tutorial.md", DOCS / "tutorial_source.md", newest, tutorial)
    kept(made / "gallery.md", DOCS / "generated.py", newest, gallery)


def put(path: Path, text: str) -> None:
    """Write a page if it says something new, so that Sphinx reads only what changed."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def kept(page: Path, source: Path, newest: float, make: Callable[[Path, Path], None]) -> None:
    """Make a page, unless it is newer than its source and the package."""
    if not page.is_file() or page.stat().st_mtime < max(newest, source.stat().st_mtime):
        make(source, page)


def adapted(text: str, source: Path) -> str:
    """A file of the repository as a page: its links lead to pages, or to the files themselves."""

    def link(found: re.Match[str]) -> str:
        words, path, anchor = found[1], found[2], found[3] or ""
        target = (source.parent / path).resolve()
        if "://" in path or not target.exists():
            return found[0]
        inside = target.relative_to(ROOT).as_posix()
        if inside in PAGES:
            return f"{words}({PAGES[inside]}.md{anchor})"
        return f"{words}({os.path.relpath(target, DOCS / 'made')})" if target.is_file() else words

    return LINK.sub(link, text)


def settings() -> Iterator[str]:
    """The page of settings, from the declarations that also check them."""
    about = reference.sections()
    every = reference.settings()
    yield f"# Settings\n\nAll {len(every)} settings of a config, by section. `trends config` prints"
    yield "the same in a terminal, `trends init` writes a config with all of them, and"
    yield "`-s models.n_topics=20` sets one for a single run. A config is a TOML file:\n"
    yield '```toml\nrng = 7\n\n[corpus]\npath = "papers.csv"\ntext = "abstract"'
    yield 'date = "published"\n\n[models.settings.lda]\npasses = 40\n```\n'
    for section, group in groupby(every, key=lambda s: s.section):
        yield f"## {f'[{section}]' if section else 'Above all sections'}\n"
        if section:
            yield f"{about[section]}\n"
        for s in group:
            default = f"``{s.default}``" if s.default else "none"
            yield f"````{{confval}} {s.name}\n:default: {default}"
            yield f"\n{s.meaning}\n\nAllowed: {s.allowed}.\n````\n"


def commands() -> Iterator[str]:
    """The page of commands, from their own help."""
    import typer

    from trends.cli.main import app

    top = typer.main.get_command(app)
    with top.make_context("trends", ["--help"], resilient_parsing=True) as context:
        yield "# Commands\n\nWhat `trends COMMAND --help` prints. Every command takes `--json`"
        yield "where its result can be read by a program.\n"
        for name in top.list_commands(context):
            command = top.get_command(context, name)
            part = command.make_context(name, [], parent=context, resilient_parsing=True)
            yield f"## trends {name}\n\n```text\n{command.get_help(part).strip()}\n```\n"


def notebook(source: Path, page: Path) -> None:
    """Execute a notebook and keep it with its outputs."""
    if (finished := FINISHED / page.name).is_file():
        done = nbformat.read(finished, as_version=4)
    else:
        with tempfile.TemporaryDirectory() as folder:
            done = _execute.execute(source, Path(folder))
    for cell in done.cells:
        if cell.cell_type == "code":
            # Bars and their widgets say nothing on a page.
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        else:
            for name in _execute.ORDER:
                cell.source = cell.source.replace(f"`{name}.py`", f"[{name}]({name}.ipynb)")
    nbformat.write(done, page)


def tutorial(source: Path, page: Path) -> None:
    """Carry out the tutorial and keep it with its outputs."""
    text = source.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "make_papers.py").write_bytes((DOCS / "make_papers.py").read_bytes())
        if (finished := FINISHED / "papers-results").is_dir():
            shutil.copytree(finished, work / "papers-results")
        text = console.filled(text, work)
        for name in re.findall(r"!\[[^\]]*\]\((\w+\.svg)\)", text):
            found = min(work.rglob(name))
            (page.parent / name).write_bytes(found.read_bytes())
            words = json.loads(found.with_suffix(".json").read_text(encoding="utf-8"))
            text = re.sub(rf"!\[[^\]]*\]\({name}\)", f"![{_alt(words['alt'])}]({name})", text)
    page.write_text(text, encoding="utf-8")


def _came_later(path: Path) -> pd.DataFrame:
    """Papers fed to a run year by year: the measures of the alarm of each update."""
    table = pd.read_csv(path)
    year = table["published"].str[:4].astype(int)
    settings = {**RUNS[1], "name": "growing", "prevalence": {"period": "year"}}
    settings["models"] = {"backends": ["nmf"], "n_topics": 4, "seeds": 1, "workers": 1}
    settings["corpus"] = {**settings["corpus"], "path": "to-2019.csv"}
    table[year <= 2019].to_csv("to-2019.csv", index=False)
    run = tr.run(settings, "growing", progress=False)
    for late in sorted(set(year[year > 2019])):
        table[year == late].to_csv(f"{late}.csv", index=False)
        run = tr.update(run, f"{late}.csv", progress=False)
    return store.read_csv(run.folder / "updates" / "drift.csv")


def gallery(_: Path, page: Path) -> None:
    """Draw every figure and show it with its call, caption and alternative text."""
    folder = page.parent / "figures"
    folder.mkdir(exist_ok=True)
    words: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
        runpy.run_path(str(DOCS / "make_papers.py"))
        for settings in RUNS:
            drawn = tr.run(settings, settings["name"], progress=False).folder / "figures"
            for path in sorted(drawn.glob("*.json")):
                said = json.loads(path.read_text(encoding="utf-8"))
                if said["figure"] not in words:
                    words[said["figure"]] = said
                    (folder / f"{said['stem']}.svg").write_bytes(
                        path.with_suffix(".svg").read_bytes()
                    )
        papers = tr.read_corpus("papers.csv", text="abstract", date="published")
        topics = tr.fit(papers, "nmf", n_topics=4, rng=7)
        in_groups = tr.compare_groups(topics, papers, by="venue_in_source", period="year")
        quarters = tr.prevalence(topics, papers, period="quarter")
        in_seasons = tr.fit_trends(quarters, season="adjust").seasons()
        shapes = tr.shapes(quarters, topics, papers, rng=7)
        came_later = _came_later(Path("papers.csv"))
    study = ROOT / "paper" / "results" / "pretraining"
    rows, claims = (store.read_csv(study / f"{name}.csv") for name in ("specifications", "claims"))
    first = claims["topic"] == claims.sort_values("p_adjusted")["topic"].iloc[0]
    topic = rows["topic"] == claims[first]["topic"].iloc[0]
    for figure in (
        plots.groups(in_groups.over_time()),
        plots.seasons(in_seasons),
        plots.shapes(shapes.over_time(), claims=shapes.frame()),
        plots.drift(came_later),
        plots.overview(rows, claims),
        plots.curve(rows[topic], claims[first]),
        plots.calibration(runpy.run_path(str(ROOT / "figures" / "calibration.py"))["cells"]()),
    ):
        plots.save(figure, folder, ("svg",))
        said = folder / f"{figure.stem}.json"
        words[figure.figure_name] = json.loads(said.read_text(encoding="utf-8"))
    text = (
        f"# Gallery\n\n{plural(len(words), 'figure')}, drawn when this page was built: from small "
        "runs of the corpus that comes with the package and of the papers of the "
        "[tutorial](tutorial.md), and from committed results. Each has its caption "
        "and its alternative text from the data. `trends figures RUN` draws all that a run allows, "
        "at the size of a venue.\n"
    )

    def place(name: str) -> tuple[int, int]:
        says = plots.FIGURES.load(name).declaration
        return (SECTIONS.index(says.section) if says.title else len(SECTIONS), says.order)

    for name in sorted(plots.FIGURES, key=place):
        draw, said = plots.FIGURES.load(name), words[name]
        says = draw.declaration
        title = says.title or draw.__doc__.split("\n")[0].removeprefix("Draw ").rstrip(".")
        call = f'tr.plot("{name}", run)' if says.tables else f'tr.plot("{name}", table)'
        text += f"\n(figure-{name})=\n## {name}: {title}\n\n```python\n{call}"
        text += f"\n```\n\n![{_alt(said['alt'])}](figures/{said['stem']}.svg)\n\n"
        text += f"{said['caption']}\n"
    page.write_text(text, encoding="utf-8")


def _alt(text: str) -> str:
    """Alternative text inside the brackets of an image."""
    return re.sub(r"[\[\]]", "", text)
