"""How many documents have one topic in one fit and another in a second."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trends.analysis.alignment.agreement import common_labels
from trends.core.topics import Topics


def crossed(left: Topics, right: Topics) -> pd.DataFrame:
    """Cross the hard labels of two fits.

    Parameters
    ----------
    left, right : Topics
        The fits; documents are matched by id, and those of one fit alone are left out.

    Returns
    -------
    pandas.DataFrame
        Columns topic_a, topic_b (-1 is no topic), n_docs; pairs with documents only, in the order
        of the topics. The counts add up to the documents that both fits know.
    """
    pairs = np.column_stack(common_labels(left, right))
    found, counts = np.unique(pairs, axis=0, return_counts=True)
    return pd.DataFrame({"topic_a": found[:, 0], "topic_b": found[:, 1], "n_docs": counts})
