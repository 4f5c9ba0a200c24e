"""Test the trends of the shares in results/ again, and draw their figures; no model is fitted.

python experiments/daily_papers/again.py

For a change of the test: the shares are those of the run that is described in README.md, pooled
over the seeds of each model, so the trends are close to those that a new run would give from the
same fits (which averages counts where a seed lacks a topic).
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

import trends as tr
from trends import files, plots, store
from trends.core.claim import Finding
from trends.reports.export.numbers import camel

RESULTS = Path(__file__).resolve().parent / "results"


def main() -> None:
    shares = store.read_csv(RESULTS / "prevalence.csv")
    topics = store.read_csv(RESULTS / "topics.csv")
    tables: list[pd.DataFrame] = []
    about = json.loads((RESULTS / "numbers.json").read_text(encoding="utf-8"))
    for backend, rows in shares.groupby("backend", sort=False):
        found = tr.fit_trends(rows.drop(columns="backend"))
        frame = found.frame()
        spans, notes = found.settings["spans"], found.settings["notes"]
        counts = {kind: int((frame["finding"] == kind).sum()) for kind in Finding}
        about |= {camel(backend, kind): n for kind, n in counts.items()}
        print(f"{backend}, {spans[1]} against {spans[0]}:", counts, *notes)
        frame.insert(0, "backend", backend)
        tables.append(frame)
        _save(plots.changes(frame, spans=spans, stem=f"changes-{backend}"))
        _save(
            plots.prevalence(
                rows, period="month", trends=frame, spans=spans, stem=f"prevalence-{backend}"
            )
        )
    both = pd.concat(tables, ignore_index=True)
    files.write_csv(RESULTS / "trends.csv", both)
    matched = store.read_csv(RESULTS / "alignment.csv")
    measure = "similarity of their documents"
    stem = "agreement-gibbs-lda-bertopic"
    _save(plots.agreement(matched, topics, both, measure=measure, stem=stem))
    about["spans"] = spans
    files.write_json(RESULTS / "numbers.json", about)


def _save(drawn: plots.Drawn) -> None:
    (RESULTS / "figures" / f"{drawn.stem}.svg").write_text(plots.svg_text(drawn), encoding="utf-8")


if __name__ == "__main__":
    main()
