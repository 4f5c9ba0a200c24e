"""Twelve questions of a reviewer, answered from the files of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trends.core.claim import FOUND
from trends.core.wording import listed, percent, plural
from trends.runs.cards.make import CARD
from trends.runs.review.checklist_form import DONE, NOT_DONE, PARTLY, QUESTIONS, Answer
from trends.runs.review.places import CsvFile, JsonFile, Place, run_of_topics


class _Run:
    """The files of a run that are asked."""

    def __init__(self, folder: Path) -> None:
        run = run_of_topics(folder)
        self.folder = run.folder
        self.manifest = JsonFile(self.folder, "manifest.json")
        self.card = JsonFile(self.folder, CARD)
        backends = self.manifest.get("config", "models", "backends", default=[])
        self.lead = str(backends[0]) if backends else ""
        self.config = f"trends … CONFIG -o {self.folder}"

    def table(self, name: str) -> CsvFile:
        """A table of the run."""
        return CsvFile(self.folder, f"{name}.csv")

    def diagnostics(self, *names: str) -> tuple[list[str], list[Place]]:
        """What diagnostics of the leading backend say."""
        table, said, places = self.table("diagnostics"), [], []
        for name in names:
            for line, row in table.find(diagnostic=name, backend=self.lead):
                said.append(row["sentence"])
                places.append(table.place(line))
        return said, places

    def off(self, names: tuple[str, ...]) -> list[Place]:
        """Lines of the settings that turn diagnostics off."""
        return [self.manifest.place("config", "diagnostics", name) for name in names]


def checklist(folder: Path) -> list[Answer]:
    """Answer the twelve questions from the files of a run.

    Raises
    ------
    MissingError
        If the folder holds no finished run.
    UsageError
        If it holds concepts.
    """
    run = _Run(folder)
    return [
        Answer(question, *answer(run))
        for (question, _), answer in zip(QUESTIONS, _ANSWERS, strict=True)
    ]


_Said = tuple[str, str, list[Place], str]


def _documents(run: _Run) -> _Said:
    m = run.manifest
    records, kept = (m.get("counts", name, default=0) for name in ("records", "documents"))
    dropped = m.get("counts", "dropped", default=[])
    text = f"{records:,} records read, {kept:,} documents kept, {records - kept:,} not."
    names = ["records", "documents", *(["dropped"] if dropped else [])]
    return DONE, text, [m.place("counts", name) for name in names], ""


def _dates(run: _Run) -> _Said:
    table, coverage = run.table("dates"), run.table("coverage")
    said = [
        f"{row['n_docs']} {row['date_evidence']} to the {row['date_precision'] or 'none'}"
        for _, row in table.rows
    ]
    incomplete = coverage.find(complete="False")
    found, places = run.diagnostics("incomplete-period", "date-errors")
    text = (
        f"Dates: {listed(said)}. {len(incomplete)} of {plural(len(coverage.rows), 'period')} "
        f"incomplete. {' '.join(found)}"
    )
    lines = [table.place(line) for line, _ in table.rows[:3]]
    lines += [coverage.place(line) for line, _ in incomplete[:2]]
    state = DONE if len(found) == 2 else PARTLY
    return state, text.strip(), [*lines, *places], _switch(run, state)


def _independence(run: _Run) -> _Said:
    found, places = run.diagnostics("duplicates")
    cluster = run.manifest.get("config", "prevalence", "cluster", default="")
    places.append(run.manifest.place("config", "prevalence", "cluster"))
    said = (
        f"Documents of one {cluster} count as a cluster."
        if cluster
        else "Documents are taken for independent within a period: no cluster is named."
    )
    state = DONE if found and cluster else PARTLY if found or cluster else NOT_DONE
    to_do = "" if cluster else 'name a column: prevalence.cluster = "author"'
    return state, " ".join([*found, said]), places, to_do


def _composition(run: _Run) -> _Said:
    names = ("source-mix", "length-drift", "vocabulary-drift")
    found, places = run.diagnostics(*names)
    state = DONE if len(found) == len(names) else PARTLY if found else NOT_DONE
    if state == NOT_DONE:
        places = run.off(("sources", "lengths", "vocabulary"))
    return state, " ".join(found) or "These diagnostics were off.", places, _switch(run, state)


def _switch(run: _Run, state: str) -> str:
    return "" if state == DONE else f"turn the diagnostics on and run again: {run.config}"


def _number(run: _Run) -> _Said:
    chosen = run.manifest.get("topic_number", default={})
    if chosen:
        table = run.table("topic_number")
        reasons = " ".join(map(str, chosen.get("reasons", [])))
        text = f"{chosen['n_topics']} topics, chosen by recurrence. {reasons}"
        places = [run.manifest.place("topic_number", "n_topics")]
        return DONE, text, [*places, *(table.place(line) for line, _ in table.rows[:1])], ""
    number = run.manifest.get("config", "models", "n_topics")
    places = [run.manifest.place("config", "models", "n_topics")]
    levels = JsonFile(run.folder, "multiverse.json")
    others = [n for n in levels.get("choices", "n_topics", default=[]) if str(n) != str(number)]
    if others:
        places.append(levels.place("choices", "n_topics"))
        text = f"{number} topics, set by hand; the multiverse has {listed(others)} too."
        return PARTLY, text, places, 'models.n_topics = "auto"'
    text = f"{number} topics, set by hand; no other number was tried."
    return NOT_DONE, text, places, 'models.n_topics = "auto", or trends multiverse CONFIG'


def _again(run: _Run) -> _Said:
    quality, agreement = run.table("quality"), run.table("agreement")
    fits = quality.find(backend=run.lead)
    places = [quality.place(line) for line, _ in fits[:1]]
    said = [f"{plural(len(fits), 'fit')} of {run.lead}"]
    if len(fits) > 1:
        alike = [float(row["stability"]) for _, row in fits if row["stability"]]
        if alike:
            said.append(f"mean similarity {sum(alike) / len(alike):.2f}")
    others = [(line, row) for line, row in agreement.rows if run.lead in row.values()]
    for line, row in others[:3]:
        pair = f"{row['backend_a']} and {row['backend_b']}"
        said.append(f"{pair} share {plural(int(row['n_matched']), 'topic')}")
        places.append(agreement.place(line))
    places.append(run.manifest.place("config", "models", "backends"))
    state = DONE if len(fits) > 1 and others else PARTLY if len(fits) > 1 or others else NOT_DONE
    to_do = "" if state == DONE else "models.seeds = 5 and a second backend"
    return state, f"{'; '.join(said)}.", places, to_do


def _labels(run: _Run) -> _Said:
    checked = run.manifest.get("labels", run.lead, default="")
    to_do = f"trends label-sample {run.folder}, then trends label-read {run.folder} SHEET"
    coded = sorted(run.folder.glob("**/summary.json"))
    coded = [p for p in coded if ".cache" not in p.parts]
    if coded:
        name = coded[0].relative_to(run.folder).as_posix()
        place = JsonFile(run.folder, name).place()
        return DONE, f"{checked} People coded documents.".strip(), [place], ""
    if checked:
        place = run.manifest.place("labels", run.lead)
        return PARTLY, f"{checked} No codes by people lie in the run.", [place], to_do
    place = run.manifest.place("labels")
    return NOT_DONE, "Labels were not checked, by people or otherwise.", [place], to_do


def _unit(run: _Run) -> _Said:
    card = run.card
    rates = card.get("error_rates", default=[])
    if not rates:
        place = run.manifest.place("versions", "topic-trends")
        return NOT_DONE, "The run has no claim card.", [place], f"run again: {run.config}"
    said = [f"{r['meaning']} Median {r['median']:.3f}, worst {r['worst']:.3f}." for r in rates]
    text = f"Periods. {card.get('test', 'name')}. {' '.join(said)}"
    return DONE, text, [card.place("test", "name"), card.place("error_rates")], ""


def _family(run: _Run) -> _Said:
    table = run.table("trends")
    rows = table.find(backend=run.lead)
    tested = [(line, row) for line, row in rows if row["p"]]
    found = sum(row["finding"] in FOUND for _, row in rows)
    text = (
        f"{plural(len(tested), 'topic')} of {len(rows)} tested, {found} found; Benjamini–Hochberg "
        "over all of them."
    )
    places = [table.place(line) for line, _ in (tested or rows)[:1]]
    if run.card.lines:
        places.append(run.card.place("test", "adjustment"))
    return DONE, text, places, ""


def _choices(run: _Run) -> _Said:
    found = JsonFile(run.folder, "multiverse.json")
    if not found.lines:
        place = run.manifest.place("config", "multiverse")
        return (
            NOT_DONE,
            "No multiverse was run.",
            [place],
            f"trends multiverse CONFIG -o {run.folder}",
        )
    table = run.table("claims")
    rows = [(line, row) for line, row in table.rows if row["finding"] in FOUND]
    stable = sum(row["stability"] == "stable" for _, row in rows)
    text = (
        f"{found.get('counts', 'specifications')} specifications from "
        f"{plural(found.get('counts', 'fits'), 'fit')}; {stable} of "
        f"{plural(len(rows), 'finding')} stable."
    )
    places = [found.place("counts", "specifications"), found.place("choices")]
    places += [table.place(line) for line, _ in (rows or table.rows)[:2]]
    return DONE, text, places, ""


def _nothing(run: _Run) -> _Said:
    found, trends = JsonFile(run.folder, "placebo.json"), run.table("trends")
    power = [
        (line, float(row["power"])) for line, row in trends.find(backend=run.lead) if row["power"]
    ]
    said, places = [], []
    if power:
        points = sorted(value for _, value in power)
        said.append(
            f"Changes of {points[0]:.2f} to {points[-1]:.2f} points would have been found with a "
            "probability of 80 %."
        )
        places.append(trends.place(power[0][0]))
    if found.lines:
        rate = found.get("backends", run.lead, "any_discovery", default=0.0)
        shuffles = found.get("backends", run.lead, "settings", "shuffles")
        said.insert(0, f"{percent(rate)} of {shuffles} shuffles show any trend.")
        places.insert(0, found.place("backends", run.lead, "any_discovery"))
        return DONE if power else PARTLY, " ".join(said), places, ""
    said.insert(0, "Dates were not shuffled.")
    places.append(run.manifest.place("config", "placebo", "shuffles"))
    return (
        PARTLY if power else NOT_DONE,
        " ".join(said),
        places,
        (f"trends placebo CONFIG -o {run.folder}"),
    )


def _plan(run: _Run) -> _Said:
    m, plan = run.manifest, run.card.get("plan")
    places = [m.place("rng"), m.place("versions", "topic-trends"), m.place("corpus_fingerprint")]
    again = f"Seed {m.get('rng')}, versions and hashes of all files are kept."
    if not plan:
        text = f"No plan was registered. {again}"
        places.append(run.card.place("plan") if run.card.lines else m.place("config"))
        return PARTLY, text, places, "trends register CONFIG, before the next data are seen"
    departed = plan["deviations"]
    said = " ".join(departed) if departed else "It was followed without deviation."
    text = f"A plan was registered on {plan['registered'][:10]}. {said} {again}"
    return DONE, text, [run.card.place("plan", "sha256"), *places], ""


_ANSWERS: tuple[Callable[[_Run], _Said], ...] = (
    *(_documents, _dates, _independence, _composition, _number, _again),
    *(_labels, _unit, _family, _choices, _nothing, _plan),
)
