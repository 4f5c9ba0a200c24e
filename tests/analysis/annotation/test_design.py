"""What is drawn for coding, and how much of it is needed."""

import numpy as np
import pytest

from trends.analysis.annotation.design import draw_sample
from trends.analysis.annotation.needed import labels_needed
from trends.errors import UsageError


def test_periods_get_the_same_number_and_every_prediction_its_floor():
    rng = np.random.default_rng(1)
    period = np.repeat([0, 1, 2, -1], [1000, 100, 30, 50])
    said = (rng.random(len(period)) < 0.04).astype(int)
    said[np.flatnonzero(period == 2)[:3]] = 1
    design = draw_sample(period, said, 150, floor=3, rng=2)
    labels = np.bincount(period[design.rows], minlength=3)
    assert labels.tolist() == [60, 60, 30] and len(set(design.rows)) == 150
    assert (design.drawn >= np.minimum(3, design.sizes)).all()
    assert (period[design.rows] >= 0).all()
    at = np.bincount(design.stratum[design.rows]) / np.bincount(design.stratum[design.stratum >= 0])
    assert design.probability == pytest.approx(at[design.stratum[design.rows]])
    again = draw_sample(period, said, 150, floor=3, rng=2)
    assert (again.rows == design.rows).all()


def test_too_few_labels_for_the_predictions_fall_back_to_periods_and_then_refuse():
    period, topic = np.repeat(np.arange(4), 50), np.tile(np.arange(25), 8)
    design = draw_sample(period, topic, 40, rng=1)
    assert design.by == "period" and design.drawn.tolist() == [10] * 4
    with pytest.raises(UsageError, match=r"5 labels are too few for 4 periods.*at least 8"):
        draw_sample(period, topic, 5, rng=1)


@pytest.mark.slow
def test_larger_changes_and_better_predictions_need_fewer_labels():
    size = [400] * 10
    kept = {"series": 100, "tried": (10, 40, 160), "rng": 3}
    small = labels_needed(0.3, 10, size, **kept)
    large = labels_needed(0.3, 30, size, **kept)
    poor = labels_needed(0.3, 10, size, recall=0.5, precision=0.5, **kept)
    assert large.labels == 100 or large.labels == 400
    assert small.labels is None or small.labels > large.labels
    assert poor.table["power"].iloc[1] < small.table["power"].iloc[1]
    with pytest.raises(UsageError, match=r"cannot change by 80 points"):
        labels_needed(0.3, 80, size, rng=1)
