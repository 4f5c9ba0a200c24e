"""``trends resolve-dates``: date documents by their titles, with the evidence of each date."""

from __future__ import annotations

from typing import Annotated

import typer

from trends.cli.fetch import Interval, Mailto, Timeout, Tries
from trends.cli.options import CorpusFile, CorpusInput, ForExcel, Json, Progress, Source


def resolve_dates(
    corpus: CorpusInput,
    output: CorpusFile,
    for_excel: ForExcel = False,
    service: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="arxiv, crossref, openalex, in the order to ask; all if none is named.",
        ),
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="Least similarity of titles.", min=0.5, max=1.0)
    ] = 0.9,
    finer: Annotated[
        str,
        typer.Option(
            metavar="day|month", help="Also look up documents whose date is coarser than this."
        ),
    ] = "",
    decisions: Annotated[
        str, typer.Option(help="Table of all decisions; by default <output>.decisions.csv.")
    ] = "",
    table: Annotated[
        str, typer.Option(help="Also write the dates as a table for corpus.dates in a config.")
    ] = "",
    cache: Annotated[str, typer.Option(help="Cache of answers; by default <output>.lookups.")] = "",
    source: Source = "auto",
    mailto: Mailto = "",
    base_url: Annotated[
        list[str] | None, typer.Option(metavar="NAME=URL", help="Address of a mirror of a service.")
    ] = None,
    interval: Interval = None,
    timeout: Timeout = 60.0,
    tries: Tries = 6,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Discard cached answers and ask again.")
    ] = False,
    progress: Progress = True,
    json: Json = False,
) -> None:
    """Date undated documents by looking up their titles.

    The titles are looked up in arXiv, Crossref and OpenAlex. Answers are cached: the same command
    goes on where it stopped.
    """
    from collections import Counter
    from pathlib import Path

    from trends.api import corpus as api
    from trends.cli import show
    from trends.cli.fetch import client, say
    from trends.core.dates import Precision
    from trends.errors import UsageError
    from trends.sources.fetch import resolving
    from trends.sources.fetch.http.response_cache import ResponseCache
    from trends.sources.fetch.lookup import LOOKUPS

    if finer not in ("", "day", "month"):
        message = f"--finer is day or month, not {finer!r}."
        raise UsageError(message)
    bases = dict(each.partition("=")[::2] for each in base_url or [])
    if unknown := sorted(set(bases) - set(LOOKUPS)):
        message = f"--base-url is NAME=URL with one of {', '.join(LOOKUPS)}, not {unknown[0]!r}."
        raise UsageError(message)
    documents = api.read_corpus(corpus, source=source)
    asking = client(mailto, timeout, tries)
    with ResponseCache(Path(cache or f"{output}.lookups")) as answers:
        if fresh:
            answers.clear()
        dated, decided = resolving.resolve(
            documents,
            client=asking,
            cache=answers,
            services=service or tuple(LOOKUPS),
            base_urls=bases,
            interval=interval,
            threshold=threshold,
            finer=Precision(finer) if finer else None,
            progress=(lambda done, total: say(f"looked up {done:,} of {total:,} documents"))
            if progress
            else lambda *_: None,
        )
    listed = decisions or f"{output}.decisions.csv"
    resolving.write_decisions(decided, Path(listed))
    left_out = resolving.write_dates(decided, Path(table)) if table else 0
    api.write_corpus(dated, output, for_excel=for_excel)
    counts = dict(sorted(Counter(each.verdict for each in decided).items()))
    if json:
        show.data(
            {
                "asked": len(decided),
                "decisions": counts,
                "table_left_out": left_out,
                "output": output,
                "listed": listed,
            }
        )
        return
    print(
        f"{len(decided):,} documents were looked up: "
        + (", ".join(f"{n:,} {verdict}" for verdict, n in counts.items()) or "none to look up")
        + "."
    )
    print(f"Every decision with its score is in {listed}.")
    if left_out:
        print(f"{left_out:,} dates are not in {table}: ranges, or one title with several dates.")
    print(f"\nNext: trends read {output}")
