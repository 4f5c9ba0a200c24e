"""The planted corpora of this folder.

20 topics, 5,000 documents, words and vectors of several kinds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trends.analysis.simulation.simulate import Design, Simulated, Vectors, Words, simulate

SEED = 20260404
TOPICS = 20

#: A corpus of many fields. Set against MiniLM vectors of news in five sections (BBC News, see
#: README.md); the simulator's own defaults are those of the abstracts of one narrow field.
VARIED = Vectors(
    common=0.205,
    topic=0.24,
    blend=0.8,
    parents=5,
    parent_share=0.1,
    detail=0.2,
    decay=0.8,
    tail=0.27,
)
NARROW = Vectors()


@dataclass(frozen=True)
class Setting:
    """Words, mixture of topics in a document, and vectors of one kind of corpus.

    ``target`` says whether the target is about it.
    """

    name: str
    words: Words
    purity: float
    vectors: Vectors
    target: bool = True


SETTINGS = (
    Setting("abstracts", Words(length=80, overlap=0.3), 1.0, VARIED),
    Setting("short", Words(length=40, overlap=0.3), 1.0, VARIED),
    Setting("long, mixed", Words(length=160, overlap=0.5), 2.0, VARIED),
    Setting("hard", Words(length=40, overlap=0.5), 1.0, NARROW, target=False),
)


def make(
    setting: Setting, *, topics: int = TOPICS, documents: int = 5000, rng: int = SEED
) -> Simulated:
    """One corpus; each setting draws from a stream of its own."""
    design = Design(
        topics=topics,
        periods=10,
        documents=documents / 10,
        spread=0.0,
        movers=(),
        purity=setting.purity,
    )
    place = [s.name for s in SETTINGS].index(setting.name)
    return simulate(design, setting.words, setting.vectors, rng=np.random.default_rng([rng, place]))
