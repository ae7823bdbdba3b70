# Every verb is one word; `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help
help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

$(VENV)/.run: requirements.lock pyproject.toml
	@.ci/install $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	@.ci/install $(PYTHON) $(VENV) requirements-test.lock
	@touch $@

.PHONY: lock
lock: ## resolve pyproject.toml anew into the two lock files
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate --no-header --extra test -c requirements.lock pyproject.toml -o requirements-test.lock
