from .analysis.quality.labels import label
from .api.align import align
from .api.audit import audit
from .api.concepts import concepts, read_concepts
from .api.corpus import (
    describe_columns,
    describe_corpus,
    export_features,
    join,
    read_corpus,
    write_corpus,
)
from .api.edit import edit_topics
from .api.groups import compare_groups
from .api.over_time.events import bursts, change_points, emergence
from .api.over_time.terms import term_trends
from .api.over_time.view import shapes
from .api.people import (
    corrected,
    intrusion_sample,
    intrusion_scores,
    label_sample,
    labels_needed,
)
from .api.prevalence import fit_trends, prevalence, report, words_over_time
from .api.run import read_card, register, run, verify
from .api.shapes import fit_curves, forecast, rolling_origins
from .api.theta import from_theta
from .api.topics import fit, read_topics, transform, write_topics
from .api.update import update
from .core import Alignment, Claim, Concept, Corpus, Prevalence, TermCounts, Topics, Trend
from .plots import plot, style
from .runs.tasks.topic_number import choose_topics
from .store import Run

__version__: str

__all__ = [
    "Alignment",
    "Claim",
    "Concept",
    "Corpus",
    "Prevalence",
    "Run",
    "TermCounts",
    "Topics",
    "Trend",
    "align",
    "audit",
    "bursts",
    "change_points",
    "choose_topics",
    "compare_groups",
    "concepts",
    "corrected",
    "describe_columns",
    "describe_corpus",
    "edit_topics",
    "emergence",
    "export_features",
    "fit",
    "fit_curves",
    "fit_trends",
    "forecast",
    "from_theta",
    "intrusion_sample",
    "intrusion_scores",
    "join",
    "label",
    "label_sample",
    "labels_needed",
    "plot",
    "prevalence",
    "read_card",
    "read_concepts",
    "read_corpus",
    "read_topics",
    "register",
    "report",
    "rolling_origins",
    "run",
    "shapes",
    "style",
    "term_trends",
    "transform",
    "update",
    "verify",
    "words_over_time",
    "write_corpus",
    "write_topics",
]
