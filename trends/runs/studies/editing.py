"""``trends edit``: a file of edits of topics, and the run with these edits."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trends import files, store
from trends.analysis.curation.edits import KEYS, edits_from
from trends.errors import UsageError
from trends.runs.engine.engine import Report
from trends.runs.studies import multiverse
from trends.runs.studies import run as runs
from trends.runs.studies.labelling import settings_of, table
from trends.runs.tasks.curation import edits_file

EXAMPLE = """
# [[merge]]
# topics = [3, 7]
# name = "machine translation"     # without a name it is made from the words
#
# [[split]]
# topic = 5
# parts = 2                        # or: names = ["speech recognition", "speech synthesis"]
#
# [[exclude]]
# topics = [9]
# reason = "phrases of publishers"
#
# [[rename]]
# topic = 2
# name = "question answering"
#
# model = "bertopic" in an edit means topics of that model, not of the first.
"""


def file_of(run: store.Run, file: str = "") -> Path:
    """The file of edits of a run: the given one, the one it used, or one beside its folder.

    Raises
    ------
    UsageError
        If the run was made with the edits of another file: its topics are edited ones.
    """
    used = str(run.manifest["config"].get("edits", ""))
    if file and used and Path(file).resolve() != Path(used).resolve():
        message = (
            f"{run.folder} was made with the edits of {used}, whose numbers are those of topics "
            "before the edits; change that file."
        )
        raise UsageError(message)
    return Path(file or used or f"{run.folder.resolve()}-edits.toml")


def start(run: store.Run, file: Path) -> bool:
    """Write a file of edits without edits, and the topics of the run beside it; whether it was."""
    if file.exists():
        return False
    topics = file.with_name(f"{file.stem.removesuffix('-edits')}-topics.csv")
    rows = table(run.folder / "labels.csv")
    shutil.copyfile(run.folder / "labels.csv", topics)
    lines = [
        f"# Edits of topics. Their numbers are those of {topics.name}, here with names and words;",
        "# they stay the same whatever is edited.",
    ]
    for backend, mine in rows.groupby("backend", sort=False):
        lines += ["#", f"# {backend}"]
        lines += [f"#   {r.topic}  {r.label} ({r.top_terms})" for r in mine.itertuples()]
    # Words of documents stay in their comment.
    shown = ["".join(c if c.isprintable() else " " for c in line) for line in lines]
    text = "\n".join([*shown, "", f"topics = {json.dumps(topics.name)}"]) + "\n" + EXAMPLE
    files.write_text(file, text)
    return True


def add(file: Path, asked: Mapping[str, Sequence[str]]) -> None:
    """Write edits into the file, behind those that it has.

    Parameters
    ----------
    file : Path
    asked : mapping of str to sequence of str
        Kind → edits: ``"3,7"`` or ``"3,7=name"`` to merge, ``"5"``, ``"5=3"`` (parts) or
        ``"5=name|name"`` to split, ``"9,11=reason"`` to exclude, ``"2=name"`` to rename; with
        ``"bertopic/"`` before for another model than the first.

    Raises
    ------
    UsageError
        If one is written otherwise, or does not go with the others; the file stays as it is.
    """
    text = file.read_text(encoding="utf-8-sig")
    for kind, given in asked.items():
        text += "".join(_toml(kind, each) for each in given)
    data = tomllib.loads(text)
    data.pop("topics", None)
    edits_from(data, file.name)
    files.write_text(file, text)


def _toml(kind: str, given: str) -> str:
    """One edit as TOML."""
    where, equals, rest = given.partition("=")
    model, slash, topics = where.rpartition("/")
    numbers = [t.strip() for t in topics.split(",")]
    rest = rest.strip()
    if not all(t.isascii() and t.isdigit() and len(t) < 10 for t in numbers) or (
        bool(equals) != bool(rest)
    ):
        message = (
            f"--{kind} takes {FORMS[kind]}; got {given!r}. Numbers are those of the file of topics."
        )
        raise UsageError(message)
    values = [str(int(t)) for t in numbers]
    many = KEYS[kind][0] == "topics"
    if not many and len(values) > 1:
        message = f"--{kind} takes {FORMS[kind]}; got {given!r}."
        raise UsageError(message)
    lines = [f"topics = [{', '.join(values)}]" if many else f"topic = {values[0]}"]
    if kind == "split" and rest.isascii() and rest.isdigit():
        lines.append(f"parts = {int(rest[:9])}")
    elif kind == "split" and rest:
        names = [json.dumps(n.strip(), ensure_ascii=False) for n in rest.split("|")]
        lines.append(f"names = [{', '.join(names)}]")
    elif rest:
        key = "reason" if kind == "exclude" else "name"
        lines.append(f"{key} = {json.dumps(rest, ensure_ascii=False)}")
    if slash:
        lines.append(f"model = {json.dumps(model.strip(), ensure_ascii=False)}")
    return "\n".join(["", f"[[{kind}]]", *lines, ""])


#: What each option takes.
FORMS = {
    "merge": "TOPIC,TOPIC or TOPIC,TOPIC=NAME",
    "split": "TOPIC, TOPIC=PARTS or TOPIC=NAME|NAME",
    "exclude": "TOPIC,… or TOPIC,…=REASON",
    "rename": "TOPIC=NAME",
}


def apply(run: store.Run, file: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run again with the edits of a file; fits are kept.

    Raises
    ------
    TrendsError
        If an edit does not suit the topics of the run; nothing is changed then.
    """
    edits_file.read(str(file))
    config = settings_of(run, [f"edits={json.dumps(str(file))}"])
    study = multiverse if (run.folder / "multiverse.json").is_file() else runs
    return study.run(config, run.folder, report=report)
