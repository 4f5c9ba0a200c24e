"""Two checks of the findings.

Shares of plain words by quarter (words.csv), and autocorrelation without the topic of the reasoning
wave.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from trends.analysis.trend.fit import fit_trends
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


def companion(without: str = "") -> str:
    """Autocorrelation of gibbs-lda, and how many topics keep a trend that allows for it."""
    rows = pd.read_csv(HERE / "results" / "prevalence.csv").query(
        "backend == 'gibbs-lda' and topic >= 0"
    )
    rows = rows[~rows["label"].str.startswith(without)] if without else rows
    share, n = (
        rows.pivot(index="topic", columns="period", values="share").to_numpy(),
        rows.groupby("period")["n_docs"].first(),
    )
    years = (pd.to_datetime(n.index) - pd.Timestamp(n.index[0])).days.to_numpy() / 365.2425
    found = fit_trends((share * n.to_numpy(), n.to_numpy(), years))
    kept = int((found.table["p_prewhitened_adjusted"] <= 0.05).sum())
    return (
        f"{len(share)} topics: autocorrelation {found.settings['autocorrelation']:.2f}, {kept} "
        "trends allowing for it"
    )


if __name__ == "__main__":
    words().to_csv(HERE / "results" / "words.csv", index_label="word")
    print(companion(), companion(without="reasoning, cot"), sep="\n")
