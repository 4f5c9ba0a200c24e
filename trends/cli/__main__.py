"""``python -m trends.cli``."""

from trends.cli.main import main

main()
