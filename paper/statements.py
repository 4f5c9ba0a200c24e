"""What main.tex says in words, each as a condition on the results.

A new result that turns one round stops `make paper`.
"""

from __future__ import annotations

from collections.abc import Callable

import paper_tables
from quantities import EXPERIMENTS, LEVEL, PRETRAINING, held, read, road


def _value(name: str) -> float:
    return float(road()[name]["value"])


def _mean(model: str, column: str) -> float:
    return float(paper_tables.bbc_runs()[model][column].mean())


def _one_pass_is_poor() -> bool:
    return _mean("gibbs-lda", "npmi") > 3 * _mean("gensim-lda-1", "npmi")


def _largest_fall_alone_robust() -> bool:
    claims = read(PRETRAINING, "claims")
    return claims.index[claims["verdict"] == "robust"].tolist() == [claims["slope"].idxmin()]


def _joint_disagrees() -> bool:
    claims = read(PRETRAINING, "claims")
    return bool(((claims["joint_p"] <= LEVEL) & (claims["verdict"] == "not detected")).any())


def _partners_agree() -> bool:
    return all(slope * other > 0 for slope, other in paper_tables.partner_slopes())


def _daily_robust_are_few() -> bool:
    claims = read(EXPERIMENTS / "daily_papers" / "results", "claims")
    return int((claims["verdict"] == "robust").sum()) < len(held(claims))


#: Sentence of the paper, shortened → condition.
STATEMENTS: dict[str, Callable[[], bool]] = {
    (
        "pooling six fits keeps the nominal coverage with hard labels, and not with mean theta"
    ): lambda: _value("RoadSix") >= 0.93 > _value("RoadSixMean"),
    "shuffles of documents and of whole periods are quiet, blocks are not": lambda: (
        min(
            _value("RoadShuffleOwn"),
            _value("RoadShuffleOwnPeriods"),
            _value("RoadShuffleOther"),
            _value("RoadShuffleOtherPeriods"),
        )
        >= 0.95
        and max(_value("RoadShuffleOwnBlocks"), _value("RoadShuffleOtherBlocks")) < 0.95
    ),
    "the published LDA was hardly trained: the same documents give a trained one several times the "
    "NPMI": _one_pass_is_poor,
    "stock BERTopic leaves more documents without a topic than the backend here": lambda: (
        _mean("stock-bertopic", "unassigned") > _mean("bertopic", "unassigned")
    ),
    (
        "of the case study, the claim of the largest fall is robust, and no other"
    ): _largest_fall_alone_robust,
    "the joint test rejects for a topic that the run itself does not detect": _joint_disagrees,
    "matched topics of the other family have slopes of the same direction": _partners_agree,
    (
        "few claims about the Daily Papers survive the test that allows for memory"
    ): _daily_robust_are_few,
}


def untrue() -> list[str]:
    """Sentences that the results do not bear out."""
    return [sentence for sentence, holds in STATEMENTS.items() if not holds()]


if __name__ == "__main__":
    raise SystemExit("\n".join(untrue()))
