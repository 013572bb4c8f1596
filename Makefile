# Everything is installed into .venv and node_modules below this folder; `make help` lists the targets.
# Files in .make/ say what is installed already; they are as old as the inputs they were made from.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH VIRTUAL_ENV

# A file stays on one worker, with its engine; long ones come first, few tests or many.
WORKERS ?= -n 3 --dist loadfile --no-loadscope-reorder

labextension := $(shell find src style schema -type f -not -path '*/__tests__/*' 2>/dev/null)

.PHONY: help
help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

# --- For everyone ------------------------------------------------------------------------------

.PHONY: demo
demo: .make/demo-linked ## deploy and run the project's own schedules/, then open JupyterLab
	@python scripts/demo.py

.PHONY: test
test: .make/test-linked ## every check, cheap ones first; stops at the first that fails
	@python scripts/layers.py

# --- For daily work, each a layer of `make test` ------------------------------------------------

.PHONY: lint
lint: .make/test-python ## style and formatting of Python
	ruff check .
	ruff format --check .

.PHONY: types
types: .make/test-python ## types and layers of Python
	mypy
	lint-imports

.PHONY: lint-js
lint-js: .make/node-test ## style, formatting and types of TypeScript
	jlpm prettier:check
	jlpm eslint:check
	jlpm tsc --noEmit
	jlpm types:check

.PHONY: test-js
test-js: .make/node-test ## jest
	jlpm test --ci

.PHONY: test-unit
test-unit: .make/test-linked .make/postgres .make/chromium ## pytest without the dear folders
	pytest $(WORKERS) $(PYTEST_ARGS) $$(python scripts/layers.py --folders quick)

.PHONY: test-slow
test-slow: .make/test-linked .make/postgres .make/chromium .make/r ## pytest: real kernels, the wheel, notebooks of other projects
	pytest $(WORKERS) $(PYTEST_ARGS) $$(python scripts/layers.py --folders dear)

.PHONY: faults
faults: .make/test-linked .make/postgres ## 500 random faults each on SQLite and PostgreSQL, and broken databases
	FAULTS=$${FAULTS:-500} EXAMPLES=$${EXAMPLES:-500} pytest -s $(PYTEST_ARGS) tests/faults

.PHONY: browser
browser: .make/test-linked .make/chromium ## Galata in Chromium
	cd ui-tests && CI=1 jlpm playwright test $(PLAYWRIGHT_ARGS)

.PHONY: bench
bench: .make/test-linked .make/chromium ## measure; writes benchmarks/results.json
	python -m benchmarks $(MEASURES)

.PHONY: format
format: .make/test-python .make/node-test ## put everything into form
	ruff check --fix .
	ruff format .
	jlpm lint

.PHONY: constraints
constraints: .make/test-python ## write constraints.txt from what .venv holds
	python scripts/constraints.py

.PHONY: clean
clean: ## remove what was built; `make clean-all` also what was installed
	rm -rf lib dist jupyter_deploy/labextension *.tsbuildinfo .demo .make/labextension .make/*-linked .make/reports
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf ui-tests/test-results ui-tests/playwright-report
	find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

.PHONY: clean-all
clean-all: clean
	rm -rf .venv node_modules ui-tests/node_modules .yarn .make .cache

# --- Set-up -------------------------------------------------------------------------------------

.make/venv: constraints.txt scripts/python.sh
	@PYTHON="$(PYTHON)" scripts/python.sh venv
	@touch $@

.make/demo-python: .make/venv pyproject.toml
	@scripts/python.sh install demo
	@touch $@

.make/test-python: .make/venv pyproject.toml
	@scripts/python.sh install demo,test,dev
	@touch .make/demo-python $@

# The demo needs no test tools; the second rule installs them as well.
.make/node-build: package.json yarn.lock .yarnrc.yml .make/venv
	@scripts/node.sh build
	@touch $@

.make/node-test: package.json yarn.lock .yarnrc.yml ui-tests/package.json .make/venv
	@scripts/node.sh test
	@touch .make/node-build $@

.make/labextension: .make/node-build tsconfig.json package.json $(labextension)
	jlpm clean
	jlpm build:prod
	@touch $@

# Installing copies the lab extension; a link instead shows every later build.
.make/demo-linked: .make/demo-python .make/labextension
	jupyter-builder develop . --overwrite
	@touch $@

.make/test-linked: .make/test-python .make/node-test .make/labextension
	jupyter-builder develop . --overwrite
	@touch .make/demo-linked $@

.make/postgres: scripts/postgres.sh .make/venv
	@scripts/postgres.sh
	@touch $@

.make/r: scripts/r.sh .make/venv
	@scripts/r.sh
	@touch $@

.make/chromium: scripts/chromium.sh .make/venv
	@scripts/chromium.sh
	@touch $@
