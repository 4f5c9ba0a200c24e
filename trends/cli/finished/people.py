"""``trends label-sample`` and ``label-read``: labels by people correct the shares of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from trends.cli.options import Json, RunFolder
from trends.errors import UsageError

Backend = Annotated[str, typer.Option(help="Whose topics; by default the first of the run.")]


def label_sample(
    run: RunFolder,
    n: Annotated[int, typer.Option("--n", "-n", help="Documents to code.", min=1)] = 200,
    topic: Annotated[
        str,
        typer.Option(
            metavar="TOPIC",
            help="Number or label of one topic: people say yes (1) or no (0). By default they name "
            "the topic of each document.",
        ),
    ] = "",
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", "--out", metavar="FILE", help="Sheet to write: .csv or .xlsx."
        ),
    ] = "sheet.csv",
    coders: Annotated[
        int, typer.Option(help="Sheets, each in an order of its own; all code all documents.")
    ] = 1,
    floor: Annotated[
        int, typer.Option(help="Fewest documents of each period and prediction.", min=1)
    ] = 2,
    backend: Backend = "",
    corpus: Annotated[
        str,
        typer.Option(
            metavar="CORPUS", help="Where the texts are, if not where the run's config says."
        ),
    ] = "",
    intrusion: Annotated[
        str,
        typer.Option(
            metavar="words|documents",
            help="Write an intrusion test of the topics instead: which word (document) does not "
            "belong to the others?",
        ),
    ] = "",
    for_change: Annotated[
        float,
        typer.Option(
            metavar="POINTS",
            help="Write nothing: print how many labels would find a change of TOPIC by so many "
            "percentage points.",
        ),
    ] = 0.0,
    rng: Annotated[int, typer.Option(help="Seed of the draw; it is in the key.", min=0)] = 7,
    json: Json = False,
) -> None:
    """Draw documents for coding by people.

    Writes a sheet (or one a coder), a codebook, and a key with the probabilities, which coders
    should not see. Fill in the column "code", then: trends label-read RUN SHEET.
    """
    import trends as tr
    from trends.cli import show

    if for_change:
        _needed(run, topic, backend, for_change, rng, json=json)
        return
    if intrusion:
        drawn = tr.intrusion_sample(
            run,
            intrusion,  # type: ignore[arg-type]
            backend=backend,
            coders=coders,
            rng=rng,
        )
    else:
        drawn = tr.label_sample(
            run,
            n,
            topic=topic or None,
            backend=backend,
            coders=coders,
            floor=floor,
            corpus=tr.read_corpus(corpus) if corpus else None,
            rng=rng,
        )
    paths = drawn.write(output)
    if json:
        show.data({"files": [str(path) for path in paths], **drawn.key})
        return
    for path in paths:
        print(path)
    if not intrusion:
        print(f"\n{len(drawn.sheets[0]):,} documents; strata: {drawn.key['strata']}.")
        if not drawn.key["texts"]:
            print("The corpus holds no texts, so the sheet shows titles only; --corpus names some.")
    sheets = " ".join(str(path) for path in paths[: len(drawn.sheets)])
    print(f"Keep the key from the coders. Next: trends label-read {run} {sheets}")


def label_read(
    run: RunFolder,
    sheets: Annotated[
        list[str], typer.Argument(metavar="SHEET...", help="Filled-in sheets, one a coder.")
    ],
    key: Annotated[
        str, typer.Option(metavar="FILE", help="Key of the sheets; by default beside the first.")
    ] = "",
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            "--out",
            metavar="FOLDER",
            help="Folder of the tables; by default SHEET-corrected.",
        ),
    ] = "",
    method: Annotated[
        str,
        typer.Option(
            help="dsl (design-based supervised learning) or ppi (prediction-powered inference)."
        ),
    ] = "dsl",
    predictions: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Table with the columns id and prediction (0 to 1), such as codes of a language "
            "model, in the place of what the fit says of the topic.",
        ),
    ] = "",
    json: Json = False,
) -> None:
    """Read coded sheets; correct shares and trends by them.

    Codes are matched by id; what is no code is counted and left out. Prints agreement, precision
    and recall, and what the one test says of the corrected shares. Sheets of an intrusion test
    give the scores of the topics.
    """
    import trends as tr
    from trends import files
    from trends.cli import show
    from trends.runs.people.sheet_file import key_of, read_key, read_predictions

    place = Path(key) if key else key_of(Path(sheets[0]))
    about = read_key(place)
    folder = (
        Path(output) if output else place.with_name(place.name.replace(".key.json", "-corrected"))
    )
    if about["kind"] == "labels":
        found = tr.corrected(
            run,
            sheets,
            about,
            method=method,  # type: ignore[arg-type]
            predictions=read_predictions(Path(predictions)) if predictions else None,
        )
        found.write(folder)
        sentences, summary = found.sentences, found.summary
    else:
        scores = tr.intrusion_scores(sheets, about)
        files.make_folder(folder)
        files.write_csv(folder / "intrusion.csv", scores.table)
        sentences = scores.sentences
        summary = {
            "sentences": sentences,
            "agreement": scores.agreement,
            "codes": scores.codes.counts,
            "topics": scores.table.to_dict("records"),
        }
    if json:
        show.data({**summary, "folder": str(folder)})
        return
    print("\n".join(sentences))
    print(f"\nTables: {folder}")


def _needed(run: str, topic: str, backend: str, points: float, rng: int, *, json: bool) -> None:
    import trends as tr
    from trends.cli import show
    from trends.runs.people.measured import measured

    if not topic:
        message = "--for-change needs the topic whose change it is: --topic NUMBER."
        raise UsageError(message)
    found = measured(Path(run), backend)
    said = found.predicted(found.topic_of(topic))[found.periods.index >= 0]
    size: Any = found.periods.n_docs[found.periods.n_docs > 0]
    needed = tr.labels_needed(float(said.mean()), points, size, rng=rng)
    rows = needed.table.to_dict("records")
    if json:
        show.data({"labels": needed.labels, "tried": rows})
        return
    print("   labels  power   (if the fit has recall .8 and precision .8)")
    for row in rows:
        print(f"{row['labels']:>9,}  {row['power']:.2f}")
    print(
        f"\n{needed.labels:,} labels would find a change of {points:g} points with a probability "
        "of 80 %."
        if needed.labels
        else f"\nNo number of labels tried finds a change of {points:g} points with a probability "
        "of 80 %: shares of these periods move too much for that."
    )
