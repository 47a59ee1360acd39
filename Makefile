# The whole daily life of the project: run, check, test, bench.
# Some containers forbid compiled files: the tests start a hundred programs, and each would compile all of Coach anew.
unexport PYTHONDONTWRITEBYTECODE
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run demo test torture check bench format messages translations voice tools

PYTHON ?= python3
PORT ?= 8501
WORKERS ?= 5
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CODE := coach pages tests streamlit_app.py

help: ## Say what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

run: $(VENV)/.run ## Open the app at http://127.0.0.1:8501
	@echo "Coach opens at http://127.0.0.1:$(PORT) (stop it with Ctrl+C)"
	@$(BIN)/python -m streamlit run streamlit_app.py --server.port $(PORT)

demo: $(VENV)/.run ## Open the app on a temporary record with sample data
	@$(BIN)/python -m coach demo

test: $(VENV)/.dev tools ## Everything: style, types, import contracts, all tests with Chromium, PostgreSQL and nginx
	@$(MAKE) --no-print-directory --jobs=2 inspect whole

torture: $(VENV)/.dev tools ## Hurt the record and the server: kills, power cuts, full disks, double taps, strangers; COACH_TORTURE_KILLS=1000 for more of one
	@$(BIN)/python -m pytest tests/torture tests/browser tests/export tests/pages -m torture

check: $(VENV)/.dev ## The fast loop: no browser, no PostgreSQL, nothing slow
	@$(MAKE) --no-print-directory --jobs=2 inspect quick

# The tests begin while the code is still being looked at: types take half a minute on their own.
.PHONY: inspect whole quick
whole:
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations=20 -m "not torture"

quick:
	@$(BIN)/python -m pytest -n auto --dist worksteal \
		-m "not browser and not postgres and not compiler and not slow and not torture"

inspect:
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.dev tools ## Measure what Coach costs and how many it bears, into docs/performance.md
	@$(BIN)/python -m tests.bench --write

format: $(VENV)/.dev ## Put the code into shape
	@$(BIN)/ruff check --fix-only --quiet $(CODE)
	@$(BIN)/ruff format $(CODE)

messages: $(VENV)/.dev ## Collect the texts for translators into coach/locale/coach.pot
	@PYTHONPATH=. $(BIN)/pybabel --quiet extract --mapping-file=babel.cfg --keywords="N_" --no-wrap --sort-by-file \
		--project=Coach --output-file=coach/locale/coach.pot coach pages
	@# Without the date, nothing changes when no text did.
	@grep -v '^"POT-Creation-Date' coach/locale/coach.pot > coach/locale/coach.new
	@mv coach/locale/coach.new coach/locale/coach.pot

translations: messages ## Bring the catalogues in coach/locale up to date, and say what is wrong with them
	@$(BIN)/python -m coach.i18n

voice: $(VENV)/.dev ## Record what is said in a session, in one language: make voice LANGUAGE=en
	@$(BIN)/python -m coach.cli.voice $(LANGUAGE)

tools: ## Make sure that Chromium, PostgreSQL, PgBouncer, nginx and a C compiler are there
	@bash tests/support/tools.sh

# The environment is made once and brought up to date when the pinned lists change.
$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Coach needs Python 3.11 or newer as '$(PYTHON)'. Name another one with: make PYTHON=/path/to/python3 ..." >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Making the environment in $(VENV) ..."
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.run: requirements.txt | $(BIN)/python
	@echo "Installing what Coach needs ..."
	@$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing what the tests need ..."
	@$(PIP) install -r requirements-dev.txt
	@touch $@ $(VENV)/.run
