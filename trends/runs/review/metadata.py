"""A run for an archive: RO-Crate and Croissant metadata beside its files, made offline."""

from __future__ import annotations

import datetime as dt
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from trends import files, store
from trends.errors import DataError, UsageError, reason
from trends.extras import require
from trends.runs.cards import card_file
from trends.runs.cards.make import CARD
from trends.runs.cards.model import FORMAT, Card
from trends.runs.review.places import run_of_topics

RO_CRATE, CROISSANT = "ro-crate-metadata.json", "croissant.json"
#: Tables that the Croissant file describes column by column.
RECORDS = {
    "claims": "One row per topic: what was found of it, and how stable that is.",
    "trends": "One row per backend and topic: the change between two spans with its interval.",
    "prevalence": "One row per backend, topic and period: the share with its interval.",
    "topics": "One row per backend and topic: words, documents and quality.",
}
_TYPES = {"b": "BOOL", "i": "INTEGER", "f": "FLOAT", "M": "DATE"}
#: Where the shape of a claim card is defined.
_SCHEMA = "claims.schema.json"


def write(
    folder: Path,
    *,
    license: str,
    creators: list[str],
    url: str = "",
    date: dt.date | None = None,
) -> list[str]:
    """Describe a finished run for an archive.

    Parameters
    ----------
    folder : Path
        Of the run; both files are written into it, with the schema of the card.
    license : str
        Address or SPDX name of the licence of the results.
    creators : list of str
        Names of people.
    url : str
        Where the results will be found.
    date : datetime.date, optional
        Of publication; today if none is given.

    Returns
    -------
    list of str
        Names of the files that were written.

    Raises
    ------
    MissingError
        If the folder holds no run, or a package is not installed.
    UsageError
        If nobody is named, or no licence, or the folder holds concepts.
    """
    run = run_of_topics(folder)
    if not creators or not license.strip():
        message = (
            "An archive asks who made the results and under which licence they may be used: give "
            '--creator "NAME" and --license CC-BY-4.0.'
        )
        raise UsageError(message)
    card, manifest = card_file.read(run.folder / CARD), run.manifest
    about = {
        "name": f"Claims: {card.title}",
        "description": f"{card.question.estimand}. {card.corpus.description}",
        "license": license,
        "creators": creators,
        "url": url,
        "date": date or dt.datetime.now(dt.UTC).date(),
    }
    files.write_text(run.folder / _SCHEMA, card_file.SCHEMA.read_text(encoding="utf-8"))
    hashes = {
        **manifest["files"],
        _SCHEMA: files.sha256(run.folder / _SCHEMA),
        "manifest.json": files.sha256(run.folder / "manifest.json"),
    }
    crate = _crate(run.folder, card, hashes, about)
    described = _croissant(run.folder, hashes, about)
    files.write_json(run.folder / RO_CRATE, crate)
    files.write_json(run.folder / CROISSANT, described)
    return [RO_CRATE, CROISSANT, _SCHEMA]


def _crate(
    folder: Path, card: Card, hashes: Mapping[str, str], about: Mapping[str, Any]
) -> dict[str, Any]:
    """RO-Crate metadata: every file with its hash, and the act that made them."""
    with require("metadata", "RO-Crate metadata"):
        from rocrate.model.contextentity import ContextEntity
        from rocrate.model.person import Person
        from rocrate.rocrate import ROCrate

    crate = ROCrate()
    crate.name, crate.description, crate.license = (
        about[name] for name in ("name", "description", "license")
    )
    crate.datePublished = about["date"].isoformat()
    people = [
        crate.add(Person(crate, f"#creator-{i}", properties={"name": name}))
        for i, name in enumerate(about["creators"], 1)
    ]
    crate.creator = people
    if about["url"]:
        crate.url = about["url"]
    made = [
        crate.add_file(
            folder / name,
            dest_path=name,
            properties={
                "sha256": digest,
                "encodingFormat": _format(name),
                "contentSize": str((folder / name).stat().st_size),
                **({"conformsTo": {"@id": _SCHEMA}, "description": FORMAT} if name == CARD else {}),
            },
        )
        for name, digest in sorted(hashes.items())
        if (folder / name).is_file()
    ]
    versions = card.software.versions
    tool = crate.add(
        ContextEntity(
            crate,
            "#topic-trends",
            properties={
                "@type": "SoftwareApplication",
                "name": "topic-trends",
                "version": versions["topic-trends"],
                "softwareRequirements": [f"{n} {v}" for n, v in sorted(versions.items())],
            },
        )
    )
    read = [
        crate.add(
            ContextEntity(
                crate,
                f"#input-{i}",
                properties={
                    "@type": "CreativeWork",
                    "name": given.name,
                    "sha256": given.sha256,
                    "description": "Input that is not part of this archive.",
                },
            )
        )
        for i, given in enumerate(card.corpus.inputs, 1)
    ]
    crate.add_action(
        tool,
        identifier="#run",
        object=read,
        result=made,
        properties={"name": "trends run", "description": " ".join(card.check)},
    )
    for name, row in {"corpus": card.corpus.documents_sha256, "card": card.seal.card}.items():
        crate.root_dataset.append_to("identifier", f"sha256:{name}:{row}")
    found: dict[str, Any] = crate.metadata.generate()
    return found


def _croissant(folder: Path, hashes: Mapping[str, str], about: Mapping[str, Any]) -> dict[str, Any]:
    """Croissant metadata: the tables of the run, column by column."""
    with require("metadata", "Croissant metadata"):
        import mlcroissant as mlc

    objects, records = [], []
    for name, what in RECORDS.items():
        file = f"{name}.csv"
        if file not in hashes:
            continue
        objects.append(
            mlc.FileObject(
                id=file,
                name=file,
                description=what,
                content_url=file,
                content_size=f"{(folder / file).stat().st_size} B",
                encoding_formats=["text/csv"],
                sha256=hashes[file],
            )
        )
        table = store.read_csv(folder / file)
        records.append(
            mlc.RecordSet(
                id=name,
                name=name,
                description=what,
                fields=[_field(mlc, name, column) for column in table.items()],
            )
        )
    try:
        metadata = mlc.Metadata(
            name=about["name"],
            description=about["description"],
            license=[about["license"]],
            url=about["url"] or "https://topic-trends.example/",
            creators=[mlc.Person(name=name) for name in about["creators"]],
            date_published=dt.datetime.combine(about["date"], dt.time()),
            version="1.0.0",
            cite_as=f"{', '.join(about['creators'])} ({about['date'].year}). {about['name']}.",
            distribution=objects,
            record_sets=records,
        )
        found: dict[str, Any] = metadata.to_json()
    except mlc.ValidationError as error:
        message = f"The run cannot be described as Croissant: {reason(error)}."
        raise DataError(message) from error
    return found


def _field(mlc: Any, table: str, column: tuple[Any, pd.Series]) -> Any:
    name, values = str(column[0]), column[1]
    return mlc.Field(
        id=f"{table}/{name}",
        name=name,
        description=f"Column {name} of {table}.csv.",
        data_types=[getattr(mlc.DataType, _TYPES.get(values.dtype.kind, "TEXT"))],
        source=mlc.Source(file_object=f"{table}.csv", extract=mlc.Extract(column=name)),
    )


def _format(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
