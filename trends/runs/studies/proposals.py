"""Names that a language model proposes for the topics of a run, behind an address of the user's.

Nothing is asked unless the user asks for it. Answers are kept in the folder of the run, so that the
same question is not sent twice. A proposal is taken if documents find their way to it no worse than
to the topic's own label.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from trends import files, store
from trends.analysis.quality.label_check import BlindAssignment
from trends.analysis.quality.labels import clean
from trends.core import TermCounts
from trends.core.wording import listed, plural
from trends.errors import DataError, NetworkError, UsageError
from trends.runs.config.settings import LabelsConfig, RunConfig
from trends.runs.engine.engine import Engine, Need
from trends.runs.studies.labelling import settings_of, table
from trends.runs.studies.pipeline import plan

#: Where answers are kept, in the folder of the run.
ANSWERS = "label_answers.json"
#: Words of a name at most; characters of an answer that are kept.
MOST_WORDS, KEPT = 8, 500
TASK = (
    "You name topics of a corpus. Answer with a noun phrase of two to five words that a reader of "
    "the field would use, and nothing else."
)


@dataclass(frozen=True)
class Proposed:
    """What became of the question about one topic."""

    backend: str
    topic: int
    own: str
    proposal: str
    outcome: str


def propose(
    run: store.Run, file: Path, changes: Sequence[str] = (), *, say: Callable[[str], None]
) -> list[Proposed]:
    """Ask for names of the topics that the user did not name, and write those taken to the file.

    Parameters
    ----------
    run : Run
    file : Path
        The file of names.
    changes : sequence of str
        Settings of ``[labels]`` for this time, as ``key=value``.
    say : callable
        Told what is sent where, before it is sent, and what is asked again.

    Raises
    ------
    UsageError
        If no endpoint or model is named, or the variable with the key is not set.
    """
    config = settings_of(run, changes)
    frame, asked = table(file), _Answers(run.folder / ANSWERS, config.labels, say)
    engine = Engine(run.folder)
    counts = engine.carry_out(_counts(engine, config))
    out = []
    for backend, prototype in run.manifest["prototypes"].items():
        fit = run.topics(backend, prototype["seed"])
        # The half on which labels are checked in the report has no say in the choice.
        blind = BlindAssignment(fit, counts, other=True)
        rows = frame.index[frame["backend"] == backend]
        labels = frame.loc[rows, "label"].tolist()
        before = blind.check(labels).mean
        for k, row in enumerate(rows):
            own = labels[k]
            if own != frame.loc[row, "automatic"]:
                continue
            answer = asked.of(_question(frame.loc[row], titles=config.labels.titles))
            name, outcome = _name(answer, labels)
            if name:
                after = blind.check([*labels[:k], name, *labels[k + 1 :]]).mean
                outcome = "taken" if after >= before - 1e-12 else "documents find their way worse"
                if outcome == "taken":
                    labels[k], before = name, after
            out.append(Proposed(backend, int(frame.loc[row, "topic"]), own, name, outcome))
        frame.loc[rows, "label"] = labels
    asked.keep()
    files.write_csv(file, frame)
    return out


def summary(proposed: Sequence[Proposed]) -> str:
    """How many proposals were taken, and why the others were not."""
    outcomes = Counter(p.outcome for p in proposed)
    taken = outcomes.pop("taken", 0)
    kept = [f"{n} ({reason})" for reason, n in sorted(outcomes.items())]
    rest = f"; own labels stay for {listed(kept)}" if kept else ""
    return f"{taken} of {plural(len(proposed), 'proposal')} taken{rest}."


def _counts(engine: Engine, config: RunConfig) -> Generator[Need, bool, TermCounts]:
    """The term counts of a run, which are kept with it."""
    pipeline = yield from plan(engine, config)
    yield Need([pipeline.inputs.terms])
    return store.read_counts(engine.folder(pipeline.inputs.terms))


def _question(row: pd.Series, *, titles: bool) -> list[dict[str, str]]:
    """What is sent about one topic: its words, and titles where the user allows it."""
    asked = f"Words: {row['top_terms']}."
    if titles:
        asked += f" Titles: {row['examples']}."
    return [{"role": "system", "content": TASK}, {"role": "user", "content": asked}]


def _name(answer: str, labels: Sequence[str]) -> tuple[str, str]:
    """A name out of an answer, or "" and why there is none."""
    if not answer.strip():
        return "", "no answer"
    lines = [line.strip() for line in answer.strip().splitlines() if line.strip()]
    name = lines[0].strip("\"'“”‘’`*_ ").rstrip(".").strip()
    if len(lines) > 1 or len(name.split()) > MOST_WORDS:
        return "", "the answer is no short name"
    try:
        name = clean(name, "the answer")
    except UsageError:
        return "", "the answer is no short name"
    if name.lower() in {label.lower() for label in labels}:
        return "", "another topic has that name"
    return name, ""


class _Answers:
    """Answers that are kept, and those that are asked for."""

    def __init__(self, path: Path, labels: LabelsConfig, say: Callable[[str], None]) -> None:
        if not labels.endpoint or not labels.model:
            message = (
                "Names are proposed by a service that the config names: labels.endpoint (such as "
                "http://localhost:11434/v1) and labels.model."
            )
            raise UsageError(message)
        self.path, self.labels, self.say = path, labels, say
        self.known: dict[str, Any] = {}
        if path.is_file():
            self.known = self._read(path)
        self.failed = ""
        self._ask: Callable[[list[dict[str, str]]], str] | None = None

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        known = files.read_json(path)
        whole = isinstance(known, dict) and all(
            isinstance(v, dict) and isinstance(v.get("answer"), str) for v in known.values()
        )
        if not whole:
            message = f"{path} holds no answers as trends keeps them; delete it to ask again."
            raise DataError(message)
        return dict(known)

    def of(self, question: list[dict[str, str]]) -> str:
        """The answer to a question; "" once the service has failed."""
        asked = json.dumps([self.labels.model, question], ensure_ascii=False)
        key = hashlib.sha256(asked.encode()).hexdigest()
        if key not in self.known and not self.failed:
            try:
                answer = self._asker()(question)
            except NetworkError as error:
                self.failed = str(error)
                self.say(f"{error} Topics without an answer keep their own labels.")
            else:
                self.known[key] = {
                    "model": self.labels.model,
                    "sent": question[-1]["content"],
                    "answer": answer[:KEPT],
                }
        return str(self.known.get(key, {}).get("answer", ""))

    def _asker(self) -> Callable[[list[dict[str, str]]], str]:
        if self._ask is None:
            from trends.sources.fetch.services import chat_completions as chat

            variable = self.labels.key
            key = os.environ.get(variable, "") if variable else ""
            if variable and not key:
                message = f"labels.key names the variable {variable}, which is not set."
                raise UsageError(message)
            endpoint = chat.checked(self.labels.endpoint, key)
            client, model = chat.client(self.labels.timeout, self.say), self.labels.model
            more = " and three titles" if self.labels.titles else ""
            self.say(
                f"Sent to {endpoint} ({model}): ten leading words{more} of each topic that you did "
                f"not name; no text, no dates. Questions and answers are kept in {self.path}."
            )
            self._ask = lambda question: chat.ask(client, endpoint, model, question, key)
        return self._ask

    def keep(self) -> None:
        """Write what was asked and answered."""
        if self.known:
            files.write_json(self.path, dict(sorted(self.known.items())))
