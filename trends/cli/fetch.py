"""``trends fetch``: records from a service into a file, politely, and again from where it stopped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from trends.sources.fetch.http.client import Client

Mailto = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS", help="Your mail address: services want to know whom to write to."
    ),
]
Interval = Annotated[
    float | None,
    typer.Option(
        help="Seconds between two requests, if more than the service asks for (less: mirrors only)."
    ),
]
Timeout = Annotated[float, typer.Option(help="Seconds to wait for an answer.", min=1.0)]
Tries = Annotated[
    int, typer.Option(help="How often one thing is asked for before giving up.", min=1)
]


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
        str, typer.Option("--output", "-o", help="File to make, such as raw.jsonl.")
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
        bool, typer.Option("--fresh", help="Fetch anew even if it is finished or begun.")
    ] = False,
    progress: Annotated[
        bool, typer.Option("--progress/--no-progress", help="Say on stderr how far it is.")
    ] = True,
    json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
) -> None:
    """Fetch records from a service. Interrupted, it goes on where it stopped when the same command is given again.

    Keys, where you have one, are read from TRENDS_OPENALEX_KEY and TRENDS_SEMANTIC_SCHOLAR_KEY.
    """
    from pathlib import Path

    from trends.cli import show
    from trends.errors import UsageError
    from trends.sources.fetch.fetching import fetch as fetch_records
    from trends.sources.fetch.service import Request
    from trends.sources.records.reader import day_option

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

    def told(done: int, total: int | None) -> None:
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
        progress=told if progress else lambda *_: None,
    )
    if json:
        show.data(about)
        return
    state = "is there already, complete" if about["kept"] else "is complete"
    repeated = f"; {about['repeated']:,} came twice and are kept once" if about["repeated"] else ""
    print(
        f"{output} {state}: {about['records']:,} records in {about['pages']:,} pages{repeated}, "
        f"collected on {about['collected_on']} (UTC)."
    )
    if about["missing"]:
        print(
            f"The service stated {about['stated_total']:,} records: {about['missing']:,} did not "
            "come. Fetch it anew with --fresh."
        )
    if about["cut_by_limit"]:
        print(
            "There are more; --limit cut them off, so the file covers no span of time as a whole."
        )
    print(f"\nNext: trends read {output} -o corpus.parquet")


def client(mailto: str, timeout: float, tries: int) -> Client:
    """A polite client that says on stderr when it asks again.

    Raises
    ------
    UsageError
        If the mail address is none.
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
