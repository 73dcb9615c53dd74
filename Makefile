# Two commands matter: `make demo` and `make test`. Both install what they need into .venv first.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 5000
SURVEY_DATA ?= data/demo
VENV := .venv
BIN := $(VENV)/bin
export SURVEY_DATA
# Compiled modules are kept whatever the machine's habit is: the tests start Python many times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup develop demo guide test soak fuzz lock audit sbom lint format bench examples chromium servers clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Debian ships Python without its venv module; where we may, we add it, and otherwise say how.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; found $$($(PYTHON) --version). Set PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
	  rm -rf $(VENV); \
	  command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && { apt-get update -qq; apt-get install -y -qq python3-venv >/dev/null; }; \
	  $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Install Python's venv module first: sudo apt-get install python3-venv"; exit 1; }; }

# What is installed is what the lock files name, each file checked against its hash. `make lock` writes them anew from requirements*.txt.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.runs: requirements.lock | $(BIN)/python
	@echo "Installing what the program needs …"
	@$(PIP_INSTALL) --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.develops: requirements-dev.lock | $(BIN)/python
	@echo "Installing what the program and its tests need …"
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@touch $(VENV)/.runs $@

setup: $(VENV)/.runs ## Install only

develop: $(VENV)/.develops ## Install what the tests need, too

demo: $(VENV)/.runs ## Build the demonstration visit data and serve it (PORT=5050 SURVEY_DATA=some/folder to change)
	@$(BIN)/python -m survey demo --port $(PORT)

guide: $(VENV)/.runs ## Build the guide that the server shows at /guide; a server that lacks it does so by itself
	@$(BIN)/python -m survey guide

# The browser tests drive the shell of Debian's Chromium, or all of it; without either they skip and the summary says so.
chromium:
	@command -v chromium-headless-shell >/dev/null || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] \
	  && { echo "Installing Chromium for the browser tests …"; apt-get update -qq; apt-get install -y -qq chromium-headless-shell >/dev/null; }; } \
	  || command -v chromium >/dev/null \
	  || echo "Chromium is not here and cannot be installed without root: the browser tests will skip. (sudo apt-get install chromium-headless-shell)"

# Tests start a PostgreSQL, a Redis, an nginx and a ClamAV of their own; without them they skip. A server is nothing to install on somebody's machine unasked,
# so only .ci/run calls this target.
servers:
	@{ ls /usr/lib/postgresql/*/bin/initdb && command -v redis-server && ls /usr/sbin/nginx /usr/sbin/clamd; } >/dev/null 2>&1 || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] \
	  && { echo "Installing PostgreSQL, Redis, nginx and ClamAV for the tests …"; apt-get update -qq; apt-get install -y -qq --no-install-recommends postgresql redis-server nginx-light clamav-daemon >/dev/null; }; } \
	  || echo "PostgreSQL, Redis, nginx or ClamAV is not here and cannot be installed without root: their tests will skip. (sudo apt-get install postgresql redis-server nginx-light clamav-daemon)"

test: $(VENV)/.develops chromium ## Run the test suite, on every core
	@$(BIN)/python -m compileall -q -j 0 questionnaires analysis survey docs benchmarks
	@$(BIN)/python -m tests.rewriting
	@$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder

soak: $(VENV)/.develops chromium ## Run the long tests, which `make test` leaves out, and print what they counted
	@$(BIN)/python -m pytest -m soak -n auto --dist worksteal -p tests.soaking

# On a machine that does nothing else it takes half an hour or more for each database.
fuzz: $(VENV)/.develops ## Send a hundred thousand broken requests to a real server, half of them to one with PostgreSQL, and print what came of them
	@$(BIN)/python -m tests.fuzzing.requests.running --requests 50000
	@$(BIN)/python -m tests.fuzzing.requests.running --requests 50000 --database PostgreSQL

lint: $(VENV)/.develops ## Check style and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(VENV)/.develops ## Put the code into its house style
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.develops ## Measure what the program promises and print promise against figure
	@$(BIN)/python -m benchmarks

# The forms are pyxform's and stay outside the project; 1.0.0 is a version whose source archive still holds them.
EXAMPLES := build/examples/pyxform-1.0.0
$(EXAMPLES):
	@mkdir -p $(@D)
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary pyxform --dest $(@D) pyxform==1.0.0
	@tar -xzf $@.tar.gz -C $(@D)

examples: $(VENV)/.develops chromium $(EXAMPLES) ## Open pyxform's own example forms in a browser; takes minutes and the network
	@SURVEY_FORMS=$(EXAMPLES)/pyxform/tests $(BIN)/python -m pytest tests/browser/test_forms_of_others.py -k folder -q -s

# Tools of supply lie in an environment of their own, so that nothing of theirs comes between the program and its libraries.
SUPPLY := build/supply/bin
$(SUPPLY)/python: | $(BIN)/python
	@$(BIN)/python -m venv build/supply
	@$@ -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1' 'pip-audit>=2.9,<3' 'cyclonedx-bom>=7,<8'

# What runs, on a laptop and in the image, is what the tests ran with: the two other lock files are held to the versions of the tests' own.
LOCK := $(SUPPLY)/uv pip compile --quiet --generate-hashes --universal --no-header --python-version 3.11
lock: | $(SUPPLY)/python ## Write the lock files anew from requirements*.txt: the newest versions that these allow, with their hashes
	@$(LOCK) -o requirements-dev.lock requirements-dev.txt
	@for name in requirements requirements-server; do $(LOCK) -c requirements-dev.lock -o $$name.lock $$name.txt; done
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m docs.licences > docs/licences.md

audit: | $(SUPPLY)/python ## Ask PyPI's advisories about every library of the lock files; says so where they cannot be reached
	@$(BIN)/python -m docs.audit $(SUPPLY)/pip-audit

sbom: | $(SUPPLY)/python ## Write the bill of materials (CycloneDX) into build/sbom.json
	@$(SUPPLY)/cyclonedx-py requirements --of JSON -o build/sbom.json requirements.lock && echo "build/sbom.json"

clean: ## Remove the virtual environment and caches (keeps your data)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build
