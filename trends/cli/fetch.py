"""``trends fetch``: fetch records from a service into a file; resumes where it stopped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from trends.cli.options import Json, Progress

if TYPE_CHECKING:
    from trends.sources.fetch.http.client import Client

Mailto = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="Your mail address, which services ask for."),
]
Interval = Annotated[
    float | None,
    typer.Option(
        help="Seconds between two requests, if more than the service asks for (less: mirrors only)."
    ),
]
Timeout = Annotated[float, typer.Option(help="Seconds to wait for an answer.", min=1.0)]
Tries = Annotated[int, typer.Option(help="Most attempts for one request.", min=1)]


def fetch(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="acl-anthology, arxiv, crossref, hf-daily, openalex, pubmed or semantic-scholar.",
        ),
    ],
    query: Annotated[
        str,
        typer.Argument(
            metavar="QUERY",
            help="In the language of the service; collections such as '2023.acl P19' for "
            "acl-anthology; hf-daily takes days only.",
        ),
    ] = "",
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", "--out", metavar="FILE", help="File to make, such as raw.jsonl."
        ),
    ] = "",
    first: Annotated[
        str, typer.Option("--from", metavar="YYYY-MM-DD", help="First day of the documents.")
    ] = "",
    last: Annotated[
        str, typer.Option("--until", metavar="YYYY-MM-DD", help="Last day of the documents.")
    ] = "",
    limit: Annotated[int | None, typer.Option(help="Most records.", min=1)] = None,
    mailto: Mailto = "",
    base_url: Annotated[
        str, typer.Option(help="Address of a mirror; also TRENDS_<SOURCE>_URL in the environment.")
    ] = "",
    interval: Interval = None,
    timeout: Timeout = 60.0,
    tries: Tries = 6,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Start again even if the file is complete or partly fetched."),
    ] = False,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Fetch records from a service; resumes where it stopped.

    Keys, where you have one, are read from TRENDS_OPENALEX_KEY and TRENDS_SEMANTIC_SCHOLAR_KEY.
    """
    from pathlib import Path

    from trends.cli import show
    from trends.errors import UsageError
    from trends.sources.fetch.fetching import fetch as fetch_records
    from trends.sources.fetch.service import Request
    from trends.sources.records.options import day_option

    if not output:
        message = "Say where the records go with --output, such as -o raw.jsonl."
        raise UsageError(message)
    request = Request(
        source,
        query,
        day_option("--from", first or None),
        day_option("--until", last or None),
        limit,
    )

    def show_progress(done: int, total: int | None) -> None:
        say(
            f"{source}: {done:,} of {total:,} records"
            if total is not None
            else f"{source}: {done:,} records"
        )

    about = fetch_records(
        request,
        Path(output),
        client=client(mailto, timeout, tries),
        base_url=base_url,
        interval=interval,
        fresh=fresh,
        progress=show_progress if progress else lambda *_: None,
    )
    if json:
        show.data(about)
        return
    state = "is there already, complete" if about["kept"] else "is complete"
    repeated = (
        f"; {about['repeated']:,} were repeated and are kept once" if about["repeated"] else ""
    )
    print(
        f"{output} {state}: {about['records']:,} records in {about['pages']:,} pages{repeated}, "
        f"collected on {about['collected_on']} (UTC)."
    )
    if about["missing"]:
        print(
            f"The service stated {about['stated_total']:,} records: {about['missing']:,} did not "
            "come. Fetch all again with --fresh."
        )
    if about["cut_by_limit"]:
        print(
            "There are more; --limit cut them off, so the file covers no span of time as a whole."
        )
    print(f"\nNext: trends read {output} -o corpus.parquet")


def client(mailto: str, timeout: float, tries: int) -> Client:
    """HTTP client that reports retries on stderr.

    Raises
    ------
    UsageError
        If the mail address is not valid.
    """
    from trends.errors import UsageError
    from trends.sources.fetch.http.client import Client

    if mailto and not (
        mailto.isascii()
        and mailto.isprintable()
        and mailto.count("@") == 1
        and not set(mailto) & set(" ()<>,;:\"'")
    ):
        message = f"{mailto[:80]!r} is not a mail address such as name@example.org."
        raise UsageError(message)
    return Client(contact=mailto, timeout=timeout, attempts=tries, notify=say)


def say(text: str) -> None:
    """A line on stderr."""
    print(text, file=sys.stderr, flush=True)
