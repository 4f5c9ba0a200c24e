"""topica: `estimate_effect` of the year on the shares of documents, its default.

Its documentation says that standard errors of a point estimate of the shares take them as fixed,
and that nested documents want `cluster`: that is the next contestant. It names no correction for
many topics.
"""

from __future__ import annotations

import exchange
import numpy as np
import topica


def effect(theta: np.ndarray, year: np.ndarray, cluster: np.ndarray | None = None) -> exchange.Rows:
    effects = topica.estimate_effect(
        theta, X=year[:, None].astype(float), feature_names=["year"], cluster=cluster
    ).to_frame()
    for row in effects[effects["feature"] == "year"].to_dict("records"):
        yield {
            "p": row["pvalue"],
            "found": row["pvalue"] < exchange.LEVEL,
            "direction": np.sign(row["coef"]),
            "of": "slope",
            "low": row["ci_low"],
            "high": row["ci_high"],
        }


if __name__ == "__main__":
    exchange.answer(effect, "topica")
