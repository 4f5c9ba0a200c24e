"""``trends stability``: the fits of a run again, on other orders and fewer documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

#: Kinds of change as a reader would call them.
WORDS = {"seed": "another seed", "order": "another order", "drop": "fewer documents"}


def stability(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG", help="A TOML file; see experiments/pretraining/config.toml."
        ),
    ],
    out: Annotated[
        str, typer.Option(help="Folder of the results; by default 'results' beside the config.")
    ] = "",
    rng: Annotated[
        int | None,
        typer.Option(help="Seed of the run; takes the place of rng in the config.", min=0),
    ] = None,
    override: Annotated[
        list[str] | None, typer.Option("-o", metavar="KEY=VALUE", help="Set one key of the config.")
    ] = None,
    repeats: Annotated[
        int, typer.Option(help="Orders, and draws of documents to leave out, for each backend.")
    ] = 5,
    drop: Annotated[float, typer.Option(help="Share of the documents to leave out.")] = 0.05,
    progress: Annotated[
        bool, typer.Option("--progress/--no-progress", help="Show a progress bar on stderr.")
    ] = True,
    json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
) -> None:
    """Compare fits over seeds, over orders of the documents, and without a few documents; carries out the run if need be.

    Each backend's prototype (the fit of the run that is most like the others) is fitted again with
    its own seed on the same documents in other orders, and on all but a share of them.
    stability.csv holds one row per pair of fits: the adjusted Rand index (ari) and the adjusted
    mutual information (ami) of the documents' topics, the share of topics matched, and the mean
    similarity, a topic without partner counting 0. stability_topics.csv holds the same by topic.
    """
    from trends.cli import show
    from trends.cli.progress import reporter
    from trends.runs.config import settings as configs
    from trends.runs.studies import stability as road

    settings = configs.load(Path(config), override or [], rng)
    folder = Path(out) if out else Path(config).resolve().parent / "results"
    with reporter(visible=progress) as report:
        found = road.run(settings, folder, repeats=repeats, drop=drop, report=report)
    show.data(found) if json else _print(found, folder)


def _print(found: dict[str, Any], folder: Path) -> None:
    print(
        f"{'backend':<12} {'compared with':<16} {'pairs':>5} {'ari':>6} {'lowest':>7} "
        f"{'similarity':>11} {'topics matched':>15}"
    )
    for backend, kinds in found["backends"].items():
        for kind, row in kinds.items():
            print(
                f"{backend:<12} {WORDS[kind]:<16} {row['pairs']:>5} {row['ari']:>6.3f} "
                f"{row['ari_smallest']:>7.3f} "
                f"{row['similarity']:>11.3f} {row['matched']:>15.0%}"
            )
    print(
        "\nari: adjusted Rand index of the documents' topics, 1 for the same partition, 0 for "
        "unrelated ones."
    )
    print(f"Tables: {folder / 'stability.csv'}, stability_topics.csv, stability.json")
