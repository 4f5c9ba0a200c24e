# make report   set up what is needed, then topics, trends, figures and report of the founding corpus
# make test     set up what tests need, then lint, types, import rules and tests
# make lint     the same checks without the tests
# make calibrate  measure the error rates again, on simulated truth, and write the README's table (goes on where it was)
# make replicate  repeat a published comparison of topic models on BBC News (goes on where it was; says how to get the data)
# make bench    measure how much sooner than other packages, and write bench/README.md (ten minutes)
PYTHON ?= python3
VENV   ?= .venv
PIP     = $(VENV)/bin/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
WORKERS ?= 2

.PHONY: report test lint features calibrate replicate bench clean help
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# make/make/p' Makefile

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, $(PYTHON) is older; name another with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(PIP) --editable '.[dev]'
	@touch $@

report: $(VENV)/.ready
	$(VENV)/bin/trends run experiments/pretraining/config.toml

lint: $(VENV)/.ready-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache

test: lint
	$(VENV)/bin/python -m pytest -n $(WORKERS) --dist worksteal --durations=15

calibrate: $(VENV)/.ready
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/calibration/run.py --tier full
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/calibration/end_to_end.py --row all --workers $(WORKERS)
	$(VENV)/bin/python experiments/calibration/readme_table.py

replicate: $(VENV)/.ready
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/bbc_news/run.py --workers $(WORKERS)

bench: $(VENV)/.ready
	OMP_NUM_THREADS=1 $(VENV)/bin/python bench/run.py

clean:
	rm -rf build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
