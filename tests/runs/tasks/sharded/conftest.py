"""Made works are imported by the name of their file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "sources" / "shards"))
