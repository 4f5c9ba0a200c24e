"""Settings of earlier versions, each with the setting that took its place."""

from __future__ import annotations

#: Sections and settings, dotted. Those of backends are in :data:`trends.models.settings.RENAMED`.
RENAMED = {
    "guards": "diagnostics",
    "prevalence.mix": "prevalence.standardize_by",
    "prevalence.weights": "prevalence.standardize_by",
}

#: Values that a setting no longer takes, each with the one that took its place.
REPLACED = {("embed.engine", "onnx"): "torch"}
