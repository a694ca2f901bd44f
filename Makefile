# `make` alone prints what there is. PYTHON chooses the interpreter: `make install PYTHON=python3.13`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

# The tests start hundreds of processes: each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run test pytest lint coverage bench clean

help:  ## Print this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

install: $(VENV)/installed  ## Build .venv with the `pims` command

run: install  ## Serve a demo catalogue on 127.0.0.1:8000 (a second run keeps its data)
	@$(BIN)/pims init --demo
	@exec $(BIN)/pims serve --bind 127.0.0.1:8000

test:  ## Check everything: style, types, import layers, all tests on SQLite and PostgreSQL
	@$(MAKE) --no-print-directory --jobs=2 lint pytest

pytest: $(VENV)/installed-dev $(VENV)/azurite/package.json
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/installed-dev  ## Check style, types and import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

coverage: $(VENV)/installed-dev  ## Run all tests and list the lines that none reaches
	$(BIN)/pytest --cov

bench: $(VENV)/installed  ## Measure speed on SQLite in minutes; ARGS="--products 100k" passes options instead
	$(BIN)/python -m benchmarks $(or $(ARGS),--quick)

clean:  ## Remove .venv and what the tools left; databases stay
	rm -rf $(VENV) build dist *.egg-info .coverage htmlcov .hypothesis
	rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# The interpreter that was chosen first stays: a later `make test` need not name it again.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make install PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

# Each stamp is younger than the files that say what to install, or the step runs again.
$(VENV)/installed: setup.cfg pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[s3,azure,sftp]'
	@touch $@

# Installs everything at once: most of the time pip looks for what fits together.
$(VENV)/installed-dev: setup.cfg pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[dev,s3,azure,sftp]'
	@touch $(VENV)/installed $@

# A server that takes what Azure takes, for the tests. Without npm they are skipped, but not in CI.
$(VENV)/azurite/package.json:
	@if command -v npm >/dev/null; then \
	    npm install --silent --no-audit --no-fund --prefix $(VENV)/azurite azurite@3; fi
