# make report   set up what is needed, then topics, trends, figures and report of the founding corpus
# make check    set up what tests need, then lint, types, import rules, and the tests that take a second or less each
# make test     the same with all tests
# make lint     the same without tests
# make notebooks  execute the notebooks and write them, with their outputs, to build/notebooks
# make docs     the documentation as a site in build/docs: notebooks, tutorial and figures carried out, no warning, no dead link
# make docs-links  ask the network whether links that lead out of it still lead somewhere
# make system   browser, Java and TeX that some tests use, from Debian's packages; for root only (CI calls it, your machine is left alone otherwise)
# make calibrate  measure the error rates again, on simulated truth, and write the README's table (goes on where it was)
# make league   the same simulated corpora through other packages and classical tests of trends (goes on where it was)
# make replicate  repeat a published comparison of topic models on BBC News (goes on where it was; says how to get the data)
# make paper    figures, numbers and PDF of the write-up, from the committed results (as root it installs TeX from Debian's packages if need be)
# make bench    measure how much faster than other packages, and write bench/README.md (about two hours)
# make release  build the package, check its metadata, install it in a new environment and run it; nothing is uploaded
# make fuzz     fuzz every parser for five minutes (two hours in all) and write tests/fuzz/results.csv
PYTHON ?= python3
VENV   ?= .venv
PIP     = $(VENV)/bin/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
WORKERS ?= 2
PYTEST  = $(VENV)/bin/python -m pytest -n $(WORKERS) --dist worksteal
# Debian's packages of what is used besides Python packages. Each stands behind the command that succeeds where
# they are installed (texlive-pictures: pgf.sty, for figures in LaTeX; libatomic1: what drives the browser in tests).
VENV_MODULE = python3-venv
BROWSER = chromium fonts-liberation
DRIVER  = libatomic1
JAVA    = openjdk-17-jre-headless
TEX     = latexmk texlive-latex-recommended texlive-fonts-recommended texlive-pictures
NEEDS   = "$(PYTHON) -c 'import ensurepip':$(VENV_MODULE)" "command -v chromium:$(BROWSER)" "ls /usr/lib*/libatomic.so.1 /usr/lib/*/libatomic.so.1 2>/dev/null | grep .:$(DRIVER)" "command -v java:$(JAVA)" "kpsewhich pgf.sty && command -v latexmk:$(TEX)"

# Hundreds of Pythons are started: each would compile the package, and pytest every test, again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: report check test lint notebooks docs docs-links system calibrate league replicate paper bench release clean help fuzz
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# make/make/p' Makefile

$(VENV)/bin/python: | $(if $(CI),system)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, $(PYTHON) is older; name another with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' || { echo "$(PYTHON) has no ensurepip, which makes $(VENV); on Debian: apt-get install $(VENV_MODULE)"; exit 2; }
	$(PYTHON) -m venv $(VENV)

# pip of constraints.txt knows dependency groups, which the one that Python brings may not.
$(VENV)/.ready: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --upgrade pip
	$(PIP) --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(PIP) --editable '.[all]' --group dev
	@touch $@

report: $(VENV)/.ready
	$(VENV)/bin/trends run experiments/pretraining/config.toml

lint: $(VENV)/.ready-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache
	$(VENV)/bin/repo-review --show err .

check: lint
	$(PYTEST) -m "not slow"

# In CI the machine may be changed; without the packages the tests that need them fail there, and are skipped elsewhere.
test: $(if $(CI),system) lint
	$(PYTEST) --durations=15

notebooks: $(VENV)/.ready-dev
	$(VENV)/bin/python notebooks/_execute.py build/notebooks

docs: $(VENV)/.ready-dev
	$(VENV)/bin/sphinx-build -W --keep-going -q -b html docs build/docs
	$(VENV)/bin/python docs/links.py build/docs

docs-links: docs
	$(VENV)/bin/sphinx-build -q -b linkcheck docs build/docs-links

# Never an error: what could not be installed is said here, and again by what needs it.
system:
	@export DEBIAN_FRONTEND=noninteractive; fetch="apt-get -qq -o Acquire::http::Timeout=30 -o Acquire::Retries=2 -o Dpkg::Use-Pty=0"; updated=""; \
	for need in $(NEEDS); do \
	  packages="$${need##*:}"; \
	  if eval "$${need%:*}" >/dev/null 2>&1; then continue; fi; \
	  if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then echo "system: skipped, this takes root and apt-get: $$packages"; continue; fi; \
	  echo "system: installing $$packages"; \
	  [ "$$updated" ] || timeout 300 $$fetch update >/dev/null || echo "system: the list of packages could not be brought up to date"; updated=yes; \
	  timeout 1200 $$fetch install --yes --no-install-recommends $$packages >/dev/null || echo "system: could not install $$packages"; \
	done

calibrate: $(VENV)/.ready
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/calibration/run.py --tier full
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/calibration/end_to_end.py --row all --workers $(WORKERS)
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/calibration/drift.py
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/calibration/clusters.py
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/calibration/verdicts.py --workers $(WORKERS)
	$(VENV)/bin/python experiments/calibration/readme_table.py

league: $(VENV)/.ready
	test -x build/league/bin/python || $(PYTHON) -m venv build/league
	build/league/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --requirement experiments/league/requirements.txt
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/league/run.py --python build/league/bin/python
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/league/bands.py --python build/league/bin/python

replicate: $(VENV)/.ready
	OMP_NUM_THREADS=1 $(VENV)/bin/python experiments/bbc_news/run.py --workers $(WORKERS)

paper: NEEDS = "kpsewhich pgf.sty && command -v latexmk:$(TEX)"
paper: $(VENV)/.ready system
	@for script in $(filter-out figures/common.py,$(wildcard figures/*.py)); do $(VENV)/bin/python $$script || exit 1; done
	$(VENV)/bin/python paper/make_numbers.py
	$(VENV)/bin/python paper/build_pdf.py

bench: $(VENV)/.ready-dev
	OMP_NUM_THREADS=1 $(VENV)/bin/python bench/run.py

fuzz: $(VENV)/.ready-dev
	OMP_NUM_THREADS=1 $(VENV)/bin/python tests/fuzz/fuzz.py --all

# The wheel is tried in an environment of its own, which has nothing but what the wheel asks for.
release: $(VENV)/.ready
	$(PIP) --group release
	rm -rf dist build/lib build/release
	$(VENV)/bin/python -m build --outdir dist .
	$(VENV)/bin/twine check --strict dist/*
	$(PYTHON) -m venv build/release
	build/release/bin/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt dist/*.whl
	build/release/bin/trends --version
	@! grep -q '\.example/' pyproject.toml || echo "release: before the first upload, enter the public address in [project.urls]"

clean:
	rm -rf build docs/made *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
