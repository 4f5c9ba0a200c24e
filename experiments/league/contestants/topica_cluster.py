"""topica: `estimate_effect` with the year as cluster, as it advises for nested documents."""

from __future__ import annotations

import exchange
import numpy as np
from topica_effect import effect


def clustered(theta: np.ndarray, year: np.ndarray) -> exchange.Rows:
    return effect(theta, year, cluster=year)


if __name__ == "__main__":
    exchange.answer(clustered, "topica")
