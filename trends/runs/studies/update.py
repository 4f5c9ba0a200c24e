"""A finished run and further documents: shares of its topics, which stay as they are."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from trends import files
from trends.core.wording import plural
from trends.errors import DataError, UsageError
from trends.runs.config.overrides import override
from trends.runs.config.settings import RunConfig, check
from trends.runs.engine.cache import RECORD
from trends.runs.engine.engine import Engine, Need, Report
from trends.runs.tasks.updating import drift, incoming, tables
from trends.runs.tasks.updating.base import base
from trends.runs.tasks.updating.frozen import BASE, UPDATES, Frozen

#: Settings that an update may change: how documents are read and embedded, and how figures look.
FREE = ("corpus", "embed", "figures")
_NUMBER = re.compile(r"[0-9]{4,9}")


def run(
    out: Path,
    new: Sequence[str],
    *,
    settings: Sequence[str] = (),
    observed_until: str = "",
    day: dt.date | None = None,
    report: Report | None = None,
) -> dict[str, Any]:
    """Give new documents their shares of the topics of a finished run, and make its tables again.

    Parameters
    ----------
    out : Path
        Folder of the run. What the run published stays as it is; everything new is in
        ``updates/``.
    new : sequence of str
        Files or folders of documents, read as the run read its own. Documents whose id the run or
        an earlier update has are left out and counted.
    settings : sequence of str
        ``key=value`` of the sections ``corpus``, ``embed`` and ``figures``, where the new documents
        have other columns, or vectors of their own.
    observed_until : str
        Last day that the source covers as a whole; told by the documents if it is empty.
    day : datetime.date, optional
        Date of the update in the manifest; today by default.
    report : callable, optional
        Called with (task, state, done, total).

    Returns
    -------
    dict
        The record of this update in the manifest; its ``number`` is 0 where no document was new.

    Raises
    ------
    TrendsError
        With one sentence that says what is wrong, where, and what to do.
    """
    if not new:
        message = f"Name the new documents: trends update {out} FILE."
        raise UsageError(message)
    frozen = Frozen(out)
    config = _with(frozen.config, settings)
    engine = Engine(out, report)
    when = day or dt.datetime.now(tz=dt.UTC).date()
    return engine.carry_out(study(engine, frozen, config, tuple(new), observed_until, when))


def _with(config: RunConfig, settings: Sequence[str]) -> RunConfig:
    """Settings of the run with those that an update may change.

    Raises
    ------
    UsageError
        If a setting would make other topics or another measure of them.
    """
    data = config.model_dump(mode="json", exclude_unset=True)
    for item in settings:
        if item.partition(".")[0] not in FREE:
            message = (
                f"{item}: an update keeps the topics of the run and how their shares are measured; "
                f"it takes settings of {', '.join(FREE[:-1])} and {FREE[-1]} only. trends run "
                "makes new topics."
            )
            raise UsageError(message)
        override(data, item)
    return check(data, "settings")


def parts_of(frozen: Frozen) -> list[Path]:
    """Folders of the updates that were made, in their order.

    Raises
    ------
    DataError
        If a file of one is not as it was published.
    """
    found = []
    for record in frozen.manifest.get("updates", []):
        name = f"{int(record['number']):04d}"
        folder = frozen.out / UPDATES / name
        _unchanged(frozen, f"{UPDATES}/{name}/")
        found.append(folder)
    return found


def _unchanged(frozen: Frozen, prefix: str) -> None:
    named = {n: h for n, h in frozen.manifest["files"].items() if n.startswith(prefix)}
    for name, digest in named.items():
        path = frozen.out / name
        if ".." in Path(name).parts or not path.is_file() or files.sha256(path) != digest:
            message = (
                f"{path} is not the file that an earlier update published; put it back, or carry "
                "out the run again and update it from the start."
            )
            raise DataError(message)


def study(
    engine: Engine,
    frozen: Frozen,
    config: RunConfig,
    new: tuple[str, ...],
    observed_until: str,
    day: dt.date,
) -> Generator[Need, bool, dict[str, Any]]:
    """The update as a study."""
    read = incoming.task_of_read(new, config, observed_until)
    earlier = parts_of(frozen)
    start = frozen.out / UPDATES / BASE
    goals, first = [read], None
    if earlier:
        _unchanged(frozen, f"{UPDATES}/{BASE}/")
    else:
        first = base(run=str(frozen.out), depends=frozen.fingerprint)
        goals.append(first)
    yield Need(goals)
    start = engine.folder(first) if first else start
    part = incoming.task_of(frozen, read, start, earlier, config)
    yield Need([part])
    facts = files.read_json(engine.folder(part) / incoming.FACTS)
    number = len(earlier) + 1
    record = {"number": number, "date": f"{day:%Y-%m-%d}", **facts, **_inputs(engine, read)}
    if not facts["documents"]:
        return record | {"number": 0}
    judged = drift.task_of(frozen, part, start, earlier, config)
    yield Need([judged])
    record |= files.read_json(engine.folder(judged) / drift.SAID)
    records = [*frozen.manifest.get("updates", []), record]
    parts = [*earlier, engine.folder(part)]
    made = tables.task_of(frozen, judged, start, parts, records, config)
    yield Need([made])
    placed = _placed(engine.folder(made), UPDATES)
    placed |= _placed(engine.folder(part), f"{UPDATES}/{number:04d}")
    placed |= _placed(engine.folder(judged), f"{UPDATES}/{number:04d}")
    placed |= _placed(start, f"{UPDATES}/{BASE}") if first else {}
    _publish(frozen, placed, record)
    return record


def _inputs(engine: Engine, read: Any) -> dict[str, Any]:
    return {"inputs": engine.cache.info(read).get("inputs", {})}


def _placed(folder: Path, prefix: str) -> dict[str, Path]:
    return {
        f"{prefix}/{p.relative_to(folder).as_posix()}": p
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != RECORD
    }


def _publish(frozen: Frozen, placed: dict[str, Path], record: dict[str, Any]) -> None:
    """Put the files of an update in place and name it in the manifest, which comes last."""
    manifest = dict(frozen.manifest)
    manifest["updates"] = [*manifest.get("updates", []), record]
    pictures = f"{UPDATES}/figures/"
    stale = [n for n in manifest["files"] if n.startswith(pictures) and n not in placed]
    manifest["files"] = {n: h for n, h in manifest["files"].items() if n not in stale}

    def clear() -> None:
        for name in stale:
            # Written anew from the last part of the name, so that no path of the manifest is used.
            (frozen.out / UPDATES / "figures" / Path(name).name).unlink(missing_ok=True)

    with files.replacing_files(frozen.out, last="manifest.json", before_last=clear) as staged:
        for name, path in placed.items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, staged / name)
            manifest["files"][name] = files.sha256(staged / name)
        files.write_json(staged / "manifest.json", files.plain(manifest))


def sentences(record: dict[str, Any]) -> list[str]:
    """What an update did, in words."""
    known = plural(record["known"], "document") if record["known"] else ""
    if not record["number"]:
        return [f"Nothing is new: all {known} were there already. Nothing was changed."]
    first = (
        f"Update {record['number']} ({record['date']}): {plural(record['documents'], 'document')} "
        f"from {record['first'] or 'no date'} to {record['last'] or 'no date'} got shares of the "
        "topics of the run, which stay as they are."
    )
    said = [first]
    if known:
        changed = record["changed"]
        said.append(
            f"{known} were there already and keep the shares that they had"
            + (f"; {changed:,} of them came with another title or date" if changed else "")
            + "."
        )
    if record.get("again"):
        said.append(
            f"Title and date of {plural(record['again'], 'new document')} are those of a document "
            "that is there under another id: where it is the same, it counts twice."
        )
    if record["late"]:
        said.append(
            f"{plural(record['late'], 'document')} are not later than those that were there: they "
            "count in the periods of their dates, whose shares change."
        )
    if record["undated"]:
        said.append(f"{plural(record['undated'], 'document')} have no date and are in no period.")
    if record["without_terms"]:
        said.append(
            f"{plural(record['without_terms'], 'document')} hold no word of the run's vocabulary "
            "and are unassigned."
        )
    said += record.get("sentences", [])
    return said
