"""``python -m trends``."""

from trends.cli.main import main

if __name__ == "__main__":
    main()
