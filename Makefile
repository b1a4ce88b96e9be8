# What people type. `make help` lists it; CONTRIBUTING.md says more.

VENV ?= .venv
export VENV
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -q
PAGE := backend/dominoci/web/static/index.html
PAGE_SOURCES := $(shell find frontend/src frontend/help frontend/public -type f 2>/dev/null) \
	$(wildcard frontend/index.html frontend/*.ts frontend/*.json frontend/*.config.* docs/*.md docs/screenshots/*)
LOCKS := pyproject.toml deploy/install.sh deploy/requirements-build.txt deploy/requirements-uv.txt
MACHINE_SAYS := $(VENV)/machine.log
PAGE_SAYS := $(VENV)/end-to-end.log
comma := ,
# the databases of tests wait for the disk at every commit: where memory is plenty, they are kept there
QUICK := $(shell [ "$$(df --output=avail /dev/shm 2>/dev/null | tail -1)" -gt 4000000 ] 2>/dev/null && echo /dev/shm || echo "$${TMPDIR:-/tmp}")
say = printf '\n=== %s ===\n' '$(1)'
step = @$(say)

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run dev test test-fast test-peers lint format types bench bench-ui build-ui docs clean tools

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

# ---- install and run

tools:
	@deploy/tools.sh python node npm git

$(VENV)/.run: $(LOCKS) deploy/requirements-run.txt | tools
	@deploy/install.sh run
	@touch $@

$(VENV)/.test: $(LOCKS) deploy/requirements-test.txt | tools
	@deploy/install.sh test
	@touch $@ $(VENV)/.run

node_modules/.dominoci: package-lock.json package.json frontend/package.json .npmrc | tools
	@echo '==> Installing the locked npm packages'
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE): $(PAGE_SOURCES) node_modules/.dominoci
	@echo '==> Building the page'
	@npm run --silent build
	@touch $@

setup: $(VENV)/.run $(PAGE) ## install everything that running needs, and build the page

setup-test: $(VENV)/.test $(PAGE)

build-ui: $(PAGE) ## build the page (web serves it)

run: setup ## start DominoCI with its demo, data under ./data (or DOMINOCI_DATA); ARGS="--port 9000" adds flags
	@exec $(BIN)/dominoci up --demo $(ARGS)

dev: setup ## the same with reload: web on each change, the page by Vite; one Ctrl-C ends all
	@exec deploy/dev.sh

# ---- look at the code

lint: setup-test ## ruff, import rules, file lengths, Biome
	$(call step,ruff)
	@$(BIN)/ruff check
	$(call step,import rules)
	@$(BIN)/lint-imports --no-logo
	$(call step,file lengths)
	@$(BIN)/python -m tests.checks.file_length
	$(call step,Biome)
	@npm run --silent --workspace frontend lint

types: setup-test ## mypy (strict), tsc, and whether what is generated from the code is current
	$(call step,mypy)
	@$(BIN)/mypy
	$(call step,generated documents and types)
	@$(BIN)/dominoci docs --check
	@npm run --silent types:check
	$(call step,tsc)
	@npm run --silent --workspace frontend typecheck
	@npm exec --workspace frontend -- tsc --noEmit -p ../tests/e2e
	@npm exec --workspace frontend -- tsc --noEmit -p ../bench/ui

format: setup-test ## put imports and the page's code in order
	@$(BIN)/ruff check --fix
	@npm run --silent --workspace frontend format

docs: setup-test ## write the generated parts of the docs again
	@$(BIN)/dominoci docs
	@npm run --silent types

# ---- test

test: ## everything: lint, types, unit, scenarios, contract, state machine, integration, faults, end to end (about 20 min)
	@deploy/tools.sh python
	@$${PYTHON:-python3} -m tests.bed.missing --install
	@nice -n 15 $${PYTHON:-python3} -m tests.bed.rootfs >/dev/null 2>&1 & # a minute; whoever needs it first waits for it
	@$(MAKE) --no-print-directory setup-test lint types
	@folder=$$(mktemp -d "$(QUICK)/dXXXXXX"); trap 'rm -rf "$$folder"' EXIT; TMPDIR=$$folder $(MAKE) --no-print-directory test-all

test-fast: setup-test ## what needs no service: ruff, mypy, unit tests, the page's unit tests
	$(call step,ruff)
	@$(BIN)/ruff check
	$(call step,mypy)
	@$(BIN)/mypy
	$(call step,unit tests but those that start git servers and whole agents)
	@$(PYTEST) -n 2 tests/unit $(addprefix --ignore=tests/unit/agent/test_,process.py agent.py git.py run.py local.py)
	$(call step,unit tests of the page)
	@npm run --silent --workspace frontend test

.PHONY: test-all
test-all:
	@nice -n 15 $(PYTEST) -n 2 tests/machine >$(MACHINE_SAYS) 2>&1 & machine=$$!; failed=0; \
	$(call say,size of the page); npm run --silent --workspace frontend size || failed=1; \
	$(call say,unit tests of the page); npm run --silent --workspace frontend test || failed=1; \
	$(call say,unit tests); $(PYTEST) -n 2 tests/unit || failed=1; \
	$(call say,scenarios); $(PYTEST) -n 2 tests/scenarios || failed=1; \
	CHROMIUM=$$($(BIN)/python -m tests.bed.programs) node_modules/.bin/playwright test --config tests/e2e >$(PAGE_SAYS) 2>&1 & page=$$!; \
	$(call say,faults$(comma) integration$(comma) contracts$(comma) docs; and the page in Chromium beside them); \
	$(PYTEST) -n 2 --dist loadfile tests/faults tests/integration tests/contract tests/docs || failed=1; \
	$(call say,end to end); wait $$page || failed=1; cat $(PAGE_SAYS); \
	$(call say,the state machine in the time that all that has waited); \
	wait $$machine || failed=1; cat $(MACHINE_SAYS); exit $$failed

test-peers: setup-test ## against a real Gitea, which Go builds once (half an hour); no part of `make test`
	@$(BIN)/python -m tests.peers.build >/dev/null
	@$(PYTEST) tests/peers

bench-ui: setup-test ## measure the page in Chromium against its budgets
	@$(BIN)/python -m bench.ui

bench: setup-test ## measure, and print the table of ratios
	@$(BIN)/python -m bench

clean: ## remove what was built and cached (not: .venv, node_modules, data)
	@rm -rf build dist backend/dominoci/web/static .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -rf frontend/test-results frontend/playwright-report
	@find backend agent tests bench migrations -name __pycache__ -type d -prune -exec rm -rf {} +
