# make run        set everything up and open BitSpec
# make test       set everything up and run every check
# make installer  build the one-folder bundle in dist/ and check it (ARGS=--pack: pack it, too)
# make fuzz       50,000 damaged files through every reader (ARGS="--inputs N --seed S")
# make crash      kill BitSpec 100 times at work, and see that nothing is lost
# make screenshots  make the pictures of README.md anew

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint installer/constraints.txt
ARGS ?=

.PHONY: run test lint types contracts pytest fuzz crash screenshots installer clean

run: $(VENV)/.app
	@$(BIN)/python -m bitspec_gui $(ARGS)

test: lint types contracts pytest

lint: $(VENV)/.dev
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: run $(BIN)/ruff format ."; exit 1; }

types: $(VENV)/.dev
	@echo "== mypy --strict"
	@$(BIN)/mypy

contracts: $(VENV)/.dev
	@echo "== import-linter"
	@$(BIN)/lint-imports --no-logo

pytest: $(VENV)/.dev
	@echo "== pytest"
	@$(BIN)/python installer/check_system.py
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

fuzz: $(VENV)/.dev
	@$(BIN)/python -m tests.fuzz.readers $(or $(ARGS),--inputs 50000)

crash: $(VENV)/.dev
	@$(BIN)/python -m tests.crash.kill_nine $(or $(ARGS),--times 100)

screenshots: $(VENV)/.app
	@$(BIN)/python installer/make_screenshots.py resources/screenshots

installer: $(VENV)/.installer
	@$(BIN)/python installer/build.py $(ARGS)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "BitSpec needs Python 3.11 or newer, and none was found. On Debian or Ubuntu: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "BitSpec needs Python 3.11 or newer; $(PYTHON) is older. Name another: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/.app: $(VENV)/bin/python pyproject.toml installer/constraints.txt
	@echo "Installing what BitSpec needs into $(VENV) (once; about 1.5 GB)"
	@$(INSTALL) --editable .
	@$(BIN)/python installer/check_system.py
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml installer/constraints.txt
	@echo "Installing what BitSpec and its checks need into $(VENV) (once)"
	@$(INSTALL) --editable '.[dev]'
	@touch $@

$(VENV)/.installer: $(VENV)/bin/python pyproject.toml installer/constraints.txt
	@$(INSTALL) --editable '.[installer]'
	@touch $@

clean:
	rm -rf $(VENV) build dist runs .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
