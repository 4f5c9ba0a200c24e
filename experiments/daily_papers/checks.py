"""Two checks of the findings.

Shares of plain words by quarter (words.csv), and what is found without the topic of the reasoning
wave.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import trends as tr
from trends import store
from trends.core.claim import FOUND
from trends.sources import read_corpus

HERE = Path(__file__).resolve().parent
WORDS = {
    "agent": r"\bagents?\b",
    "harness": r"\bharness",
    "skill": r"\bskills?\b",
    "on-policy or self-distillation": r"on-policy distill|self-distill",
    "GRPO, RLVR, verifiable reward": r"grpo|rlvr|verifiable reward",
    "chain of thought, overthinking": r"chain[- ]of[- ]thought|\bcot\b|overthink",
    "RLHF, human preference": r"rlhf|human preference",
    "DPO": r"\bdpo\b|direct preference",
    "retrieval-augmented": r"retrieval[- ]augmented|\brag\b",
    "deep research, search agent": r"deep research|agentic search|search agent",
    "vision-language-action": r"vision-language-action|\bvlas?\b",
    "world model": r"world model",
    "multilingual, low-resource": r"multilingual|low-resource",
    "diffusion language model": r"diffusion (?:large )?language model|\bdllm",
    "Gaussian splatting": r"gaussian splat",
    "audio, speech, music": r"\baudio|speech|music",
}


def words() -> pd.DataFrame:
    """Percent of the papers of each quarter whose title or abstract has a word."""
    papers = read_corpus([str(HERE / "corpus.parquet")]).documents
    text, quarter = (
        (papers["title"] + " " + papers["text"]).str.lower(),
        papers["date"].dt.to_period("Q").astype(str),
    )
    return pd.DataFrame(
        {w: 100 * text.str.contains(p).groupby(quarter).mean() for w, p in WORDS.items()}
    ).T.round(1)


def found(without: str = "") -> str:
    """Serial correlation of gibbs-lda, and what is found, with or without one topic."""
    rows = store.read_csv(HERE / "results" / "prevalence.csv").query("backend == 'gibbs-lda'")
    if without:
        gone = rows[rows["label"].str.startswith(without)].set_index("period")["share"]
        rows = rows[~rows["label"].str.startswith(without)].copy()
        rest = rows["topic"] == -1
        rows.loc[rest, "share"] += rows.loc[rest, "period"].map(gone)
    trend = tr.fit_trends(rows.drop(columns="backend"))
    table = trend.table[trend.table["finding"].isin(FOUND)]
    return (
        f"{len(trend.table)} topics: serial correlation {trend.settings['autocorrelation']:.2f}; "
        f"found: {'; '.join(f'{r.label} {r.finding}' for r in table.itertuples())}"
    )


if __name__ == "__main__":
    words().to_csv(HERE / "results" / "words.csv", index_label="word")
    print(found(), found(without="reasoning, cot"), sep="\n")
