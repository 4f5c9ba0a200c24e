"""Tables of a run whose shares were added up over shards, beside those of the documents drawn."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import files, store
from trends.analysis.alignment import prototype
from trends.analysis.prevalence.clusters import about_clusters, said_alone, without_cluster
from trends.analysis.prevalence.totals import estimate_totals, estimate_totals_each
from trends.analysis.robustness import claims
from trends.analysis.trend.fit import fit_trends
from trends.core import Alignment, Corpus, Topics, Trend
from trends.core.computing.cost import Cost
from trends.runs.config.settings import RunConfig
from trends.runs.engine.cache import RECORD
from trends.runs.engine.task import task
from trends.runs.tasks import audit, backends, documents, sample
from trends.runs.tasks.analysis_parts import tables as plain
from trends.runs.tasks.analysis_parts.analyse import specifications
from trends.runs.tasks.analysis_parts.case import Case
from trends.runs.tasks.analysis_parts.diagnosis_tables import changed_by, warnings_of
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.sharded.aggregating import CLUSTERS
from trends.runs.tasks.sharded.counting import NONE, Days
from trends.runs.tasks.sharded.diagnosing import DRAWN, diagnosed, tables_of
from trends.runs.tasks.sharded.numbered import READING
from trends.runs.tasks.sharded.sums import Sums


@task(
    "sharded-tables",
    cost=Cost(500, all_shares=24),
    reads=("rng", "models.backends", "models.seeds", "prevalence", "diagnostics"),
    loads=backends.of_run,
)
def tables(
    folder: Path,
    repeats: Path,
    corpus: Path,
    days: Path,
    totals: Path,
    check: Path,
    analysis: Path,
    fits: Mapping[str, Mapping[int, Path]],
    *,
    config: RunConfig,
) -> dict[str, Any]:
    """The tables of the analysis of the drawn documents, those of shares about all documents."""
    shutil.copytree(analysis, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(RECORD))
    shutil.copyfile(repeats / READING, folder / READING)
    made = All(documents.load(corpus), Days.of(days), totals, analysis, fits, config)
    for name, frame in made.tables().items():
        files.write_csv(folder / f"{name}.csv", frame)
    files.write_json(folder / "analysis.json", made.notes)
    sample.add_to_analysis(folder, check)
    made.say_of_audit(folder / audit.FOLDER)
    return {}


@dataclass
class All:
    """What is known of all documents, and the analysis of those that were drawn.

    Parameters
    ----------
    corpus : Corpus
        The documents that were drawn.
    days : Days
        All documents by date.
    totals, analysis : Path
        Folders of the sums over all documents, and of the analysis of those that were drawn.
    fits : mapping
        Backend → seed → folder.
    config : RunConfig
    """

    corpus: Corpus
    days: Days
    totals: Path
    analysis: Path
    fits: Mapping[str, Mapping[int, Path]]
    config: RunConfig

    def __post_init__(self) -> None:
        self.notes: dict[str, Any] = files.read_json(self.analysis / "analysis.json")
        calendar = self.config.prevalence.calendar
        self.periods = self.days.periods(
            calendar, (self.corpus.observed_from, self.corpus.observed_until)
        )
        self.sums = Sums(self.totals, self.periods)

    def old(self, name: str) -> pd.DataFrame:
        """A table of the documents that were drawn."""
        return store.read_csv(self.analysis / f"{name}.csv")

    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables that take the place of those of the documents that were drawn."""
        p = self.config.prevalence
        seeds = {k: v[0] for k, v in self.notes["seeds"].items()}
        topics, closest = self.old("topics"), self.old("documents")
        parts: dict[str, list[pd.DataFrame]] = {}
        cases: dict[str, Case] = {}
        matched: dict[str, dict[str, Alignment | None]] = {}
        read = {b: [store.read_topics(f) for f in of.values()] for b, of in self.fits.items()}
        for backend, of_backend in read.items():
            found = prototype.choose(of_backend, rng=seeds["alignment"])
            best = of_backend[found.index]
            mine = (topics["backend"] == backend) & (topics["topic"] >= 0)
            labels = topics.loc[mine].sort_values("topic")["label"].astype(str).tolist()
            rows = [
                self.sums.of(f"{backend}/{fit.seed}").aligned(to)
                for fit, to in zip(of_backend, found.alignments, strict=True)
            ]
            about: dict[str, Any] = {
                "labels": labels, "theta": p.theta, "level": p.level, "cluster": self.cluster,
            }  # fmt: skip
            shares = estimate_totals(
                rows, self.periods, interval=p.interval, rng=seeds["bootstrap"], **about
            )
            trend = fit_trends(
                estimate_totals_each(rows, self.periods, **about), spans=p.spans, level=p.level
            )
            cases[backend] = Case(backend, best, (), shares, trend)
            matched[backend] = {
                f"{backend}/{fit.seed}": to
                for fit, to in zip(of_backend, found.alignments, strict=True)
            }
            self.notes["trend_notes"][backend] = [
                *trend.settings.get("notes", []),
                *about_clusters(shares),
            ]
            for name, frame in cases[backend].over_time(p, seeds["curves"]).items():
                parts.setdefault(name, []).append(frame)
            self._recount(topics, closest, backend, best)
        main = next(iter(self.fits))
        out = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
        out |= {"topics": topics, "documents": closest, "coverage": self.coverage()}
        out |= {"dates": self.dates(), "source_changes": self.source_changes()}
        out["diagnostics"], out["diagnostics_corrected"] = tables_of(
            diagnosed(cases, matched, self.sums, self.cluster, self.config),
            self.old("diagnostics"),
            self.old("diagnostics_corrected"),
            drawn=len(self.corpus) < len(self.days),
        )
        out["specifications"] = specifications(
            cases[main].prototype, read, self.test, seeds["alignment"]
        )
        _, out["claims"] = claims.classify_claims(
            out["trends"].query("backend == @main"),
            out["specifications"],
            diagnostics=changed_by(out["diagnostics"], main),
        )
        self.notes["spans"] = cases[main].trend.settings.get("spans", [])
        self.notes["warnings"] = self.warnings(out["diagnostics"])
        summary = plain.summary(self.days.summary(), out, main)
        self.notes["summary"] = [*summary, self.sentence]
        return out

    @functools.cached_property
    def cluster(self) -> dict[str, Any] | None:
        """What is known of clusters of documents, where there are any."""
        path = self.totals / CLUSTERS
        return files.read_json(path) if path.is_file() else None

    def test(self, fit: Topics) -> Trend:
        """The trends of one fit."""
        p = self.config.prevalence
        one = estimate_totals(
            [self.sums.of(f"{fit.backend}/{fit.seed}")],
            self.periods,
            labels=[str(k) for k in range(fit.n_topics)],
            theta=p.theta,
            level=p.level,
            cluster=self.cluster,
        )
        return fit_trends(one, spans=p.spans, level=p.level)

    @property
    def sentence(self) -> str:
        """What a reader must know of the sample."""
        n = len(self.corpus)
        return (
            f"Topics were learnt on {n:,} of {len(self.days):,} documents, drawn evenly over all "
            "periods; every document, those of the sample too, was then assigned to them by one "
            "rule, and shares, trends and claims are about all. Quality, words, examples, map and "
            "audit are about the documents drawn."
        )

    def _recount(
        self, topics: pd.DataFrame, closest: pd.DataFrame, backend: str, best: Topics
    ) -> None:
        """Put the counts of all documents in place of those of the documents drawn."""
        hard, mass = self.sums.overall(f"{backend}/{best.seed}")
        n = len(self.days)
        share = hard / n if self.config.prevalence.theta == "hard" else mass / n
        rows = topics.index[topics["backend"] == backend]
        topic = topics.loc[rows, "topic"].to_numpy(np.int64)  # -1 is the last
        topics.loc[rows, "n_docs"] = np.rint(hard[topic]).astype(np.int64)
        topics.loc[rows, "share"] = share[topic]
        counts = self.sums.of(f"{backend}/{best.seed}").hard
        at = closest.index[closest["backend"] == backend]
        days = closest.loc[at, "period"].to_numpy().astype("datetime64[D]")
        period = np.searchsorted(self.periods.starts, days)
        of = closest.loc[at, "topic"].to_numpy(np.int64)
        closest.loc[at, "n_docs"] = np.rint(counts[period, of]).astype(np.int64)

    def coverage(self) -> pd.DataFrame:
        """As :func:`trends.analysis.audit.coverage.by_period`."""
        dates, periods = self.days.dates, self.periods
        inside = periods.index >= 0
        place = np.where(inside, periods.index, len(periods))
        n = len(periods) + (1 if (~inside).any() else 0)
        times = dates["documents"].to_numpy(np.float64)
        dated = times * (dates["day"].to_numpy() != NONE)
        rest = n - len(periods)
        starts = np.concatenate([periods.starts, np.full(rest, "NaT", "datetime64[D]")])
        return pd.DataFrame(
            {
                "period": starts.astype("datetime64[s]"),
                "n_docs": np.bincount(place, times, n).astype(np.int64),
                "n_dated": np.bincount(place, dated, n).astype(np.int64),
                "n_with_text": np.rint(self.sums.worded[:n]).astype(np.int64),
                "complete": np.concatenate([periods.complete, np.zeros(rest, dtype=bool)]),
            }
        )

    def dates(self) -> pd.DataFrame:
        """Documents by evidence and precision of their date."""
        keys = {"evidence": "date_evidence", "precision": "date_precision"}
        frame = self.days.frame.rename(columns={**keys, "documents": "n_docs"})
        return frame.groupby(list(keys.values()))["n_docs"].sum().reset_index()

    def source_changes(self) -> pd.DataFrame:
        """As :func:`trends.runs.tasks.analysis_parts.figure_tables.source_changes`."""
        from trends.runs.tasks.analysis_parts.figure_tables import largest_changes

        when = ["day", "last", "precision"]
        dates = self.days.dates.assign(at=self.periods.index)[[*when, "at"]]
        frame = self.days.frame.merge(dates, on=when)
        counts = frame[frame["at"] >= 0].groupby(["at", "source"])["documents"].sum()
        return largest_changes(counts.rename("n").reset_index(), self.periods)

    def say_of_audit(self, folder: Path) -> None:
        """Say that the audit is about the documents drawn."""
        if len(self.corpus) == len(self.days):
            return
        summary = store.read_csv(folder / "summary.csv")
        summary["sentence"] = DRAWN + summary["sentence"]
        files.write_csv(folder / "summary.csv", summary)
        about = files.read_json(folder / "audit.json")
        about["conclusion"] = DRAWN + about["conclusion"]
        for part in about["parts"]:
            part["sentence"] = DRAWN + part["sentence"]
        files.write_json(folder / "audit.json", about)

    def warnings(self, diagnostics: pd.DataFrame) -> list[str]:
        """Warnings about all documents, and of those about the ones drawn what stays true."""
        calendar = self.config.prevalence.calendar
        gone = {
            *warnings_of(_rows(self.old("diagnostics"))),
            *plain.period_warnings(periods_of(self.corpus, **calendar)),
            *without_cluster(clusters_of(self.corpus, self.config.prevalence.cluster)),
        }
        rest = [said for said in self.notes["warnings"] if said not in gone]
        of = self.cluster
        alone = said_alone(of["alone"], len(self.days), of["column"]) if of else []
        about = [*plain.period_warnings(self.periods), *alone]
        return [self.sentence, *about, *rest, *warnings_of(_rows(diagnostics))]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
