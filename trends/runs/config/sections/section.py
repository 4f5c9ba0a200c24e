"""A section of the settings: no unknown keys, nothing changed after it is checked.

The text below a setting is its documentation (:mod:`trends.runs.config.reference`).
"""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Base of every section."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, use_attribute_docstrings=True
    )
