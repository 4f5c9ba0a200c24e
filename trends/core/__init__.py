"""The nouns. They know numpy, pandas and scipy, and nothing else."""

from trends.core.alignment import Alignment
from trends.core.claim import Claim, Finding, Stability
from trends.core.corpus import Corpus
from trends.core.dates import DocDate, Evidence, Precision
from trends.core.given.concept import Concept
from trends.core.prevalence import Prevalence
from trends.core.terms import TermCounts
from trends.core.topics import Topics
from trends.core.trend import Trend

__all__ = [
    "Alignment",
    "Claim",
    "Concept",
    "Corpus",
    "DocDate",
    "Evidence",
    "Finding",
    "Precision",
    "Prevalence",
    "Stability",
    "TermCounts",
    "Topics",
    "Trend",
]
