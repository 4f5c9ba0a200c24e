"""The command line: parse, call, print. stdout is data, stderr is progress."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from trends.cli import stopping
from trends.cli.audit import audit
from trends.cli.fetch import fetch
from trends.cli.figures import figures
from trends.cli.join import join
from trends.cli.read import read
from trends.cli.resolve import resolve_dates
from trends.cli.stability import stability
from trends.errors import StorageError, TrendsError

if TYPE_CHECKING:
    from trends.runs.config.settings import RunConfig

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=(
        "Topic prevalence over time, with claims that survive.\n\n"
        "  trends read pages/ -o corpus.parquet      what was read, kept, dropped, and how it is "
        "dated\n\n"
        "  trends read papers.csv --text abstract --date published -o corpus.parquet\n\n"
        "  trends run config.toml --out results      topics, trends, figures and report\n\n"
        "  trends multiverse config.toml             the claims again, over every defensible "
        "choice\n\n"
        "  trends show results                       the main tables of a finished run"
    ),
)

app.command()(read)
app.command()(join)
app.command()(audit)
app.command()(fetch)
app.command(name="resolve-dates")(resolve_dates)
app.command()(stability)
app.command()(figures)

Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Out = Annotated[
    str, typer.Option(help="Folder of the results; by default 'results' beside the config.")
]
Rng = Annotated[
    int | None, typer.Option(help="Seed of the run; takes the place of rng in the config.", min=0)
]
Override = Annotated[
    list[str] | None, typer.Option("-o", metavar="KEY=VALUE", help="Set one key of the config.")
]
Progress = Annotated[
    bool, typer.Option("--progress/--no-progress", help="Show a progress bar on stderr.")
]


def _settings(
    config: str, out: str, override: list[str] | None, rng: int | None
) -> tuple[RunConfig, Path]:
    """The settings of a run and the folder of its results, which lies beside the config unless it is named."""
    from trends.runs.config import settings as configs

    return configs.load(Path(config), override or [], rng), Path(out) if out else Path(
        config
    ).resolve().parent / "results"


@app.command()
def run(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG", help="A TOML file; see experiments/pretraining/config.toml."
        ),
    ],
    out: Out = "",
    rng: Rng = None,
    override: Override = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would run and what is kept; run nothing.")
    ] = False,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Fit topic models, estimate prevalence and trends, draw figures, write the report. Seeded UMAP runs on one thread."""
    from trends.cli import show
    from trends.cli.progress import reporter
    from trends.runs.studies import recipe

    settings, folder = _settings(config, out, override, rng)
    if dry_run:
        plan = recipe.plan(settings, folder)
        show.data(plan) if json else show.plan(plan)
        return
    with reporter(visible=progress) as report:
        manifest = recipe.run(settings, folder, report=report)
    show.data(manifest) if json else show.finished(manifest, folder)


@app.command()
def multiverse(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG", help="A TOML file; its section [multiverse] lists the choices."
        ),
    ],
    out: Out = "",
    rng: Rng = None,
    override: Override = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would run and what is kept; run nothing.")
    ] = False,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Run the claims again over every defensible choice: model, seed, topics, embedding, estimator, period, denominator, duplicates, length."""
    from trends.cli import show
    from trends.cli.progress import reporter
    from trends.runs.studies import multiverse as road

    settings, folder = _settings(config, out, override, rng)
    if dry_run:
        plan = road.plan(settings, folder)
        show.data(plan) if json else show.plan(plan)
        return
    with reporter(visible=progress) as report:
        manifest = road.run(settings, folder, report=report)
    show.data(show.multiverse_data(folder)) if json else show.multiverse(manifest, folder)


@app.command()
def placebo(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG", help="A TOML file; its section [placebo] says how often and how."
        ),
    ],
    out: Out = "",
    rng: Rng = None,
    override: Override = None,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Shuffle the dates of the corpus and count how often the tests still find a trend."""
    from trends.cli import show
    from trends.cli.progress import reporter
    from trends.runs.studies import placebo as road

    settings, folder = _settings(config, out, override, rng)
    with reporter(visible=progress) as report:
        found = road.run(settings, folder, report=report)
    show.data(found) if json else show.placebo(found, folder)


@app.command()
def power(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG", help="A TOML file; see experiments/pretraining/config.toml."
        ),
    ],
    out: Out = "",
    rng: Rng = None,
    override: Override = None,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Say which slope each topic would have needed to be found in four of five such corpora; carries out the run if need be."""
    from trends import store
    from trends.cli import show
    from trends.cli.progress import reporter
    from trends.runs.studies import recipe

    settings, folder = _settings(config, out, override, rng)
    with reporter(visible=progress) as report:
        recipe.run(settings, folder, report=report)
    finished = store.Run(folder)
    show.data(show.power_data(finished)) if json else show.power(finished)


@app.command(name="show")
def show_(
    folder: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a finished run.")],
    json: Json = False,
) -> None:
    """Print the topics and trends of a finished run."""
    from trends import store
    from trends.cli import show

    finished = store.Run(Path(folder))
    show.data(show.run_data(finished)) if json else show.run(finished)


@app.command(name="export-features")
def export_features(
    corpus: Annotated[str, typer.Argument(metavar="CORPUS", help="What `trends read` accepts.")],
    output: Annotated[str, typer.Option("--output", "-o", help="Folder to make.")],
    source: Annotated[
        str, typer.Option(help="How to read: auto, or the name of a source.")
    ] = "auto",
    embedding: Annotated[
        str, typer.Option(help="minilm, sentence-transformers or precomputed.")
    ] = "minilm",
    embedding_path: Annotated[
        str, typer.Option(help="Path or name of your own model, or your .npy file.")
    ] = "",
    json: Json = False,
) -> None:
    """Write titles, dates, term counts and vectors, but no text: what may be shared when the words may not."""
    from trends.api import corpus as api
    from trends.cli import show

    made = api.export_features(
        api.read_corpus(corpus, source=source),
        output,
        embedding=embedding,
        embedding_path=embedding_path,
    )
    show.data(made) if json else show.exported(made, output)


@app.command()
def doctor(json: Json = False) -> None:
    """Versions, model hash, fonts and a write test: what to send along with a question."""
    from trends.cli import show
    from trends.runs.doctor import examine

    found = examine()
    show.data(found) if json else show.doctor(found)
    if not found["ok"]:
        raise typer.Exit(4)


def fail(message: str, code: int) -> NoReturn:
    """Print one sentence on stderr and leave."""
    print(f"trends: {message}", file=sys.stderr)
    sys.exit(code)


def main(args: list[str] | None = None) -> Any:
    """Entry point: every error becomes one sentence and an exit code (see ``trends.errors``)."""
    command = next(
        (word for word in (sys.argv[1:] if args is None else args) if not word.startswith("-")), ""
    )
    try:
        with stopping.stoppable(command):
            return app(args, standalone_mode=True)
    except TrendsError as error:
        fail(str(error), error.exit_code)
    except stopping.Stopped as stopped:
        fail(stopping.sentence(command), stopped.exit_code)
    except BrokenPipeError:
        # The reader of our output went away (`| head`); that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (OSError, MemoryError) as error:
        fail(f"{_what(error)}; nothing half-written was left behind.", StorageError.exit_code)
    except Exception as error:
        if os.environ.get("TRENDS_TRACEBACK"):
            raise
        fail(
            f"an error inside trends: {type(error).__name__}: {error}. Set TRENDS_TRACEBACK=1 to "
            "see where, and report it.",
            1,
        )


def _what(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "memory ran out; fit fewer documents or terms at a time"
    assert isinstance(error, OSError)
    return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"


if __name__ == "__main__":
    main()
