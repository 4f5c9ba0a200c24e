"""The command line: parse, call, print. stdout is data, stderr is progress."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from trends import __version__
from trends.cli import settings, studies
from trends.cli.audit import audit
from trends.cli.features import export_features
from trends.cli.fetch import fetch
from trends.cli.figures import figures
from trends.cli.finished import claims
from trends.cli.finished.edit import edit
from trends.cli.finished.label import label
from trends.cli.finished.people import label_read, label_sample
from trends.cli.finished.update import update
from trends.cli.given.concept import concept
from trends.cli.given.shares import given
from trends.cli.join import join
from trends.cli.options import Json, RunFolder
from trends.cli.process import stopping
from trends.cli.process.terminal import harmless_streams
from trends.cli.read import read
from trends.cli.resolve import resolve_dates
from trends.errors import StorageError, TrendsError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"trends {__version__}")
        raise typer.Exit


@app.callback(
    help=(
        "Topic prevalence over time, with claims that survive.\n\n"
        "  trends read papers.csv --text abstract --date published -o corpus.parquet\n\n"
        "  trends run config.toml -o results      topics, trends, figures and report\n\n"
        "  trends multiverse config.toml          the claims again, over defensible choices\n\n"
        "  trends show results                    what it found, and what to do next"
    )
)
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None: ...


def show(
    folder: RunFolder,
    every: Annotated[
        bool, typer.Option("--all", help="Also print what the other models of the run found.")
    ] = False,
    json: Json = False,
) -> None:
    """Print findings, warnings and next steps of a run."""
    from trends import store
    from trends.cli import show
    from trends.cli.finished import verdicts

    finished = store.Run(Path(folder))
    show.data(show.run_data(finished)) if json else verdicts.show(finished, every=every)


def doctor(json: Json = False) -> None:
    """Print versions, fonts and a write test, for questions."""
    from trends.cli import show
    from trends.runs.doctor import examine

    found = examine()
    show.data(found) if json else show.doctor(found)
    if not found["ok"]:
        raise typer.Exit(4)


for _command in (
    *(read, join, audit, fetch, resolve_dates, export_features),
    *(studies.run, studies.multiverse, studies.placebo, studies.power, studies.stability),
    *(show, label, edit, label_sample, label_read, figures, settings.init, settings.config, doctor),
    *(studies.groups, studies.shapes, concept, update),
    *(claims.card, claims.register, claims.verify, claims.checklist, claims.metadata),
):
    app.command()(_command)
app.command("test")(given)


def fail(message: str, code: int) -> NoReturn:
    """Print one sentence on stderr and leave."""
    print(f"trends: {message}", file=sys.stderr)
    sys.exit(code)


def main(args: list[str] | None = None) -> Any:
    """Entry point: every error becomes one sentence and an exit code (see ``trends.errors``)."""
    command = next(
        (word for word in (sys.argv[1:] if args is None else args) if not word.startswith("-")), ""
    )
    with harmless_streams():
        return _called(args, command)


def _called(args: list[str] | None, command: str) -> Any:
    try:
        with stopping.stoppable(command):
            return app(args, standalone_mode=True)
    except TrendsError as error:
        fail(str(error), error.exit_code)
    except stopping.Stopped as stopped:
        fail(stopping.sentence(command), stopped.exit_code)
    except (OSError, MemoryError) as error:
        fail(f"{_reason(error)}; nothing half-written was left behind.", StorageError.exit_code)
    except Exception as error:
        if isinstance(error, ImportError) and "map segment" in str(error):
            fail(f"{_reason(MemoryError())}.", StorageError.exit_code)
        if os.environ.get("TRENDS_TRACEBACK"):
            raise
        fail(
            f"an error inside trends: {type(error).__name__}: {error}. Set TRENDS_TRACEBACK=1 to "
            "see where, and report it.",
            1,
        )


def _address_space() -> int | None:
    """Bytes of addresses that this process may have; ``None`` without a limit."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if most == resource.RLIM_INFINITY else most


def _reason(error: OSError | MemoryError) -> str:
    if isinstance(error, MemoryError):
        if (space := _address_space()) is not None:
            return (
                f"memory ran out: the shell allows {space / 2**30:.1f} GiB of addresses, of which "
                "libraries reserve more than they use; allow more with ulimit -v"
            )
        return "memory ran out; fit fewer documents or terms at a time"
    return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"


if __name__ == "__main__":
    main()
