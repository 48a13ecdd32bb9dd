# Everything a developer types. Needs python3 (3.11 or newer) and make; all else comes from the lock files.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
PYTEST_ARGS ?= -n 3 --dist loadfile --no-loadscope-reorder
PY := .venv/bin/python
CODE := $(wildcard domain application infrastructure interfaces tests benchmarks requirements wsgi.py gunicorn.conf.py)
UV_FLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help venv venv-dev serve test foreign check format bench lock

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

venv: ## Make .venv with the service's locked packages
	@$(PYTHON) requirements/install.py requirements.lock

venv-dev: ## Make .venv with the packages of tests and checks as well
	@$(PYTHON) requirements/install.py requirements-dev.lock

serve: venv ## Run the service with its demo city on 127.0.0.1 (PORT=8000)
	@PORT=$(PORT) exec $(PY) -m interfaces.cli serve

test: venv-dev ## Run all tests; names system parts that are missing (PYTEST_ARGS="-k name" for a few)
	@$(PY) requirements/system_parts.py
	@$(PY) -m pytest $(PYTEST_ARGS)

foreign: venv ## Read and witness a demo city with foreign libraries (needs go and its module proxy)
	@cd tests/foreign && XINLU_PYTHON=$(CURDIR)/$(PY) go test -count=1 -timeout 5m -v .

check: venv-dev ## Style, types, import contracts, generated files
	@$(PY) -m ruff check $(CODE)
	@$(PY) -m ruff format --check $(CODE)
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@! grep -nE 'https?://' requirements.lock requirements-dev.lock
	@if [ -e interfaces/cli/generate.py ]; then $(PY) -m interfaces.cli.generate --check; fi

format: venv-dev ## Put the code into the checked form
	@$(PY) -m ruff check --fix $(CODE)
	@$(PY) -m ruff format $(CODE)

bench: venv-dev ## Measure intake and append beside their limits
	@$(PY) -m benchmarks

lock: ## Write the lock files anew from requirements/*.in (needs uv)
	uv pip compile $(UV_FLAGS) requirements/runtime.in -o requirements.lock
	uv pip compile $(UV_FLAGS) -c requirements.lock requirements/dev.in -o requirements-dev.lock
