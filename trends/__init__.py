"""Topic prevalence over time, with claims that survive.

>>> import trends as tr
>>> corpus = tr.read("pretraining")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
