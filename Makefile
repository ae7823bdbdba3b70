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

$(VENV)/.run: requirements-uv.lock requirements.lock pyproject.toml
	@.ci/install $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	@.ci/install $(PYTHON) $(VENV) requirements-test.lock
	@touch $@

.PHONY: lock
lock: ## resolve pyproject.toml anew into the lock files
	echo uv | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header - -o requirements-uv.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate --no-header --extra test -c requirements.lock pyproject.toml -o requirements-test.lock

.PHONY: run
run: $(VENV)/.run ## run the demo company through the whole pipeline and show what was published
	@$(BIN)/python -m orchestration run

.PHONY: report
report: $(VENV)/.run ## open the report of the last publication: what to act on, and the whole picture
	@$(BIN)/python -m orchestration report

.PHONY: account
account: $(VENV)/.run ## open one account's whole story on a sheet to be printed: ID=acc_0004
	@$(BIN)/python -m orchestration account --id "$(ID)"

.PHONY: model
model: $(VENV)/.run ## build one model on the last night's inputs, show it and what differs from what is published: M=retention_months UP=1
	@$(BIN)/python -m orchestration model --name "$(M)" $(if $(UP),--up)

.PHONY: docs
docs: $(VENV)/.run ## write the models' documentation as one page, and open it
	@$(BIN)/python -m orchestration docs

.PHONY: sql
sql: $(VENV)/.run ## ask the published tables, read-only: a prompt, or Q="select ..."
	@$(BIN)/python -m orchestration sql --query "$(Q)"

.PHONY: nightly
nightly: $(VENV)/.run ## run the nightly job once with the settings of the environment; a past date is kept aside, or MAKE_CURRENT=1 BY=... REASON=...
	@$(BIN)/python -m orchestration nightly $(if $(MAKE_CURRENT),--make-current --by "$(BY)" --reason "$(REASON)")

.PHONY: ui
ui: $(VENV)/.run ## open the Dagster UI on http://127.0.0.1:3000
	@$(BIN)/python -m orchestration ui

.PHONY: check
check: $(VENV)/.run ## say what is stale and tell it once; exits 1 when anything is (for cron)
	@$(BIN)/python -m orchestration check

.PHONY: doctor
doctor: $(VENV)/.run ## look at settings, credentials, scopes, clock, disk, versions, database rights; exits 1 when anything is wrong
	@$(BIN)/python -m orchestration doctor

.PHONY: versions
versions: $(VENV)/.run ## list the kept publications
	@$(BIN)/python -m orchestration versions

.PHONY: diff
diff: $(VENV)/.run ## compare two publications: OLD=... NEW=...; default: the current one with the one before
	@$(BIN)/python -m orchestration diff --old "$(OLD)" --new "$(NEW)"

.PHONY: rollback
rollback: $(VENV)/.run ## make an older publication the current one: VERSION=... BY=... REASON=...
	@$(BIN)/python -m orchestration rollback --version "$(VERSION)" --by "$(BY)" --reason "$(REASON)"

.PHONY: erase
erase: $(VENV)/.run ## erase a person or an account from everything that is kept: PERSON=... or ACCOUNT=... BY=... REASON=...
	@$(BIN)/python -m orchestration erase --person "$(PERSON)" --account "$(ACCOUNT)" --by "$(BY)" --reason "$(REASON)"

.PHONY: audit
audit: $(VENV)/.test ## check the locked packages: hashes, known vulnerabilities
	@$(BIN)/python -m orchestration audit

.PHONY: interventions
interventions: $(VENV)/.run ## write the interventions to be done as CSV for a spreadsheet; ALL=1 writes all
	@$(BIN)/python -m orchestration interventions $(if $(ALL),--everything)

.PHONY: backtest
backtest: $(VENV)/.run ## show whether the classes foretold who left; LATEST=1 judges one month alone
	@$(BIN)/python -m orchestration backtest $(if $(LATEST),--latest)

.PHONY: test
test: $(VENV)/.test ## run the whole test suite
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

.PHONY: faults
faults: $(VENV)/.test ## play every fault and print what was seen: SEED=... plays the same ones again, ONLY="1 5" some
	@$(BIN)/python -m tests.faults $(if $(SEED),--seed $(SEED)) $(ONLY)

.PHONY: benchmarks
benchmarks: $(VENV)/.run ## measure build, gate and publication at TICKETS=... (default ten million: an hour, 60 GB); prints ratios
	@$(BIN)/python -m benchmarks $(if $(TICKETS),--tickets $(TICKETS))

.PHONY: clean
clean: ## remove the demo data (data/) and what the tools cached; your own CX_HOME stays
	rm -rf data dbt_project/target dbt_project/logs .pytest_cache .mypy_cache .ruff_cache
