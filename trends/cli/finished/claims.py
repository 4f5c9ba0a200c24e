"""``trends card``, ``register``, ``verify``, ``checklist`` and ``metadata``: claims for others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trends.cli.options import Changes, Json, Progress, Rng, RunFolder
from trends.errors import DataError, UsageError

if TYPE_CHECKING:
    from trends.runs.review.verify import Verification

CardFile = Annotated[
    str, typer.Argument(metavar="CARD", help="A claims.json, or the folder of the run it is in.")
]


def card(
    card: Annotated[
        str, typer.Argument(metavar="CARD", help="A claims.json, or the folder of a run.")
    ] = "",
    topic: Annotated[int, typer.Option(help="Only the claim about this topic.")] = -1,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", "--out", metavar="FILE", help="Page (.html) or card (.json) to write."
        ),
    ] = "",
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of cards and stop.")
    ] = False,
    json: Json = False,
) -> None:
    """Show a claim card, a line per claim or as a page.

    Everything comes from the card alone. What in it cannot be true together is said on stderr.
    """
    from trends.cli import show
    from trends.runs.cards import card_file
    from trends.runs.cards.contradictions import contradictions
    from trends.runs.cards.sentences import line

    if schema:
        show.data(card_file.schema())
        return
    if not card:
        message = "Name a card: trends card results/claims.json."
        raise UsageError(message)
    found = card_file.read(Path(card))
    altered = contradictions(found)
    found = found if topic < 0 else card_file.only(found, topic)
    for section, text in altered:
        print(f"trends: the card contradicts itself, {section}: {text}", file=sys.stderr)
    if output:
        _write(found, Path(output), altered=bool(altered))
    if json:
        show.data(found.model_dump(mode="json"))
    elif not output:
        for claim in found.claims:
            print(line(found, claim))


def _write(card: object, path: Path, *, altered: bool) -> None:
    from trends import files
    from trends.runs.cards import card_file
    from trends.runs.cards.model import Card
    from trends.runs.review.card_page import html

    assert isinstance(card, Card)
    if path.suffix.lower() == ".html":
        files.write_text(path, html(card))
    elif path.suffix.lower() == ".json":
        if altered:
            message = "A card that contradicts itself is not written anew; ask for it as it was."
            raise DataError(message)
        card_file.write(card, path)
    else:
        message = f"A card is written as .html or .json, not as {path.name!r}."
        raise UsageError(message)


def register(
    config: Annotated[
        str, typer.Argument(metavar="CONFIG", help="A TOML file; trends init writes one.")
    ],
    question: Annotated[str, typer.Option(help="What is asked, in your words.")] = "",
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", "--out", metavar="FILE", help="Plan to write; never replaced."
        ),
    ] = "plan.json",
    data_from: Annotated[
        str,
        typer.Option(metavar="DAY", help="For data to come: the first day that counts."),
    ] = "",
    data_until: Annotated[
        str, typer.Option(metavar="DAY", help="For data to come: the last day that counts.")
    ] = "",
    rng: Rng = None,
    changes: Changes = None,
    json: Json = False,
) -> None:
    """Freeze question, data, models and test before a look.

    Nothing is fitted. Deposit the printed hash where others see when (a repository, a preprint, a
    registry), put plan = "plan.json" into the config and run: the claim card then names the plan
    and every departure from it.
    """
    from trends.cli import show
    from trends.runs.config import settings
    from trends.runs.review import register as registering
    from trends.sources.records.options import day_option

    days = {
        name: day_option(name, value) if value else None
        for name, value in (("data_from", data_from), ("data_until", data_until))
    }
    plan = registering.register(
        settings.load(Path(config), changes or [], rng), question=question, **days
    )
    registering.write(plan, Path(output))
    if json:
        show.data(plan.model_dump(mode="json"))
        return
    print(f"Registered {plan.registered}: {plan.question}")
    print(f"Data: {plan.data.sentence}")
    print(f"SHA-256 to deposit: {plan.sha256}")
    print(f'Next: put plan = "{output}" into {config}, then: trends run {config}')


def verify(
    card: CardFile,
    features: Annotated[
        str,
        typer.Argument(
            metavar="FEATURES",
            help="Features of the corpus (trends export-features), or the corpus; without them "
            "only the card is checked.",
        ),
    ] = "",
    plan: Annotated[str, typer.Option(metavar="FILE", help="The plan that was registered.")] = "",
    edits: Annotated[
        str, typer.Option(metavar="FILE", help="The edits of topics of the run, if there were any.")
    ] = "",
    concepts: Annotated[
        str,
        typer.Option(metavar="FILE", help="The concepts, if texts in it stand for examples."),
    ] = "",
    tolerance: Annotated[
        float,
        typer.Option(help="Percentage points by which a number may differ; shares by a hundredth."),
    ] = 0.01,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", "--out", metavar="FOLDER", help="Where tasks of the re-run are kept."
        ),
    ] = "",
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Check a claim card, and run it again from features.

    Says: reproduced exactly, within tolerance, or not, and which step differs first. Status 3 if
    anything differs.
    """
    from dataclasses import asdict

    from trends.api.progress import reporter
    from trends.cli import show
    from trends.runs.cards import card_file
    from trends.runs.review.verify import verify as verifying

    with reporter(visible=progress) as report:
        found = verifying(
            card_file.read(Path(card)),
            Path(features) if features else None,
            plan=Path(plan) if plan else None,
            edits=Path(edits) if edits else None,
            concepts=Path(concepts) if concepts else None,
            beside=Path(card) if Path(card).is_dir() else Path(card).parent,
            folder=Path(output) if output else None,
            tolerance=tolerance,
            report=report,
        )
    show.data(asdict(found)) if json else _print(found)
    if not found.ok:
        raise typer.Exit(DataError.exit_code)


def _print(found: Verification) -> None:
    """Verdict, the step that differs first, all steps, software."""
    print(f"{found.verdict[0].upper()}{found.verdict[1:]}.")
    if found.first is not None:
        print(f"First difference: {found.first.name}.")
    if found.findings_same is not None:
        print(f"Findings and their stability: {'the same' if found.findings_same else 'others'}.")
    for step in found.steps:
        print(f"  {step.line}")
    if found.software:
        print(f"Other versions here: {'; '.join(found.software)}.")


def checklist(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a finished run.")] = "",
    output: Annotated[
        str, typer.Option("--output", "-o", "--out", metavar="FILE", help="Markdown to write.")
    ] = "",
    blank: Annotated[
        bool, typer.Option("--blank", help="The form for a paper that is read by hand.")
    ] = False,
    json: Json = False,
) -> None:
    """Answer twelve questions of a reviewer from a run's files.

    Each answer names file and line, or says that it was not done and what would do it.
    """
    from dataclasses import asdict

    from trends import files
    from trends.cli import show
    from trends.runs.review import checklist as answering
    from trends.runs.review import checklist_form as form

    if not run and not blank:
        message = "Name the folder of a run, or ask for the form: trends checklist --blank."
        raise UsageError(message)
    answers = [] if blank else answering.checklist(Path(run))
    text = form.blank() if blank else form.markdown(answers, Path(run).resolve().name)
    if output:
        files.write_text(Path(output), text)
    if json:
        show.data([asdict(answer) for answer in answers])
    elif not output:
        print(text.rstrip())


def metadata(
    run: RunFolder,
    creator: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Who made the results; repeat it.")
    ] = None,
    license: Annotated[
        str, typer.Option(metavar="NAME", help="Licence of the results, such as CC-BY-4.0.")
    ] = "",
    url: Annotated[str, typer.Option(help="Where the results will be found.")] = "",
    date: Annotated[
        str, typer.Option(metavar="DAY", help="Day of publication; today if not given.")
    ] = "",
    json: Json = False,
) -> None:
    """Describe a run for an archive: RO-Crate and Croissant.

    Writes ro-crate-metadata.json, croissant.json and the schema of the claim card into the run.
    Needs the extra [metadata], and no network.
    """
    from trends.cli import show
    from trends.runs.review import metadata as describing
    from trends.sources.records.options import day_option

    made = describing.write(
        Path(run),
        license=license,
        creators=creator or [],
        url=url,
        date=day_option("date", date) if date else None,
    )
    show.data(made) if json else print(f"Written into {run}: {', '.join(made)}")
