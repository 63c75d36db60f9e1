# Needs python3 (>= 3.11) and make; everything else comes into .venv by scripts/bootstrap.sh.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check bench soak lock

PORT ?= 8000
SANDBOX_PORT ?= 8001
PY := .venv/bin/python
# Named after where we are: a checkout that was moved or copied is set up again.
READY := .venv/.ready-$(shell pwd | cksum | cut -d' ' -f1)
# The web app as it is served. Node comes with .venv, so that one on this machine, or none, makes no difference.
WEB := adapters/http/web/index.html
NODE_MODULES := frontend/node_modules/.installed
BROWSER := tests/web/node_modules/.installed
WEB_SOURCES := $(shell find frontend/src frontend/public frontend/build -not -name '*.test.ts*' 2>/dev/null) \
	$(wildcard frontend/*.html frontend/*.ts frontend/*.json)
NPM := PATH="$(CURDIR)/.venv/bin:$$PATH" npm
LOCK := $(PY) -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

help: ## say what can be made (the default)
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: $(READY) $(WEB) ## start the service with a local Meta and a database of its own; Ctrl-C stops all of it
	@exec $(PY) -m meta_inbox.entrypoints.demo --port $(PORT) --sandbox-port $(SANDBOX_PORT)

# With bytecode kept even where Python is told to keep none: each process would compile all the tests again.
PYTEST := PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -q -m
# Three at a time on two cores, since they often wait: modules that take long begin, short ones fill up the end.
# Then, one by one, those that measure times or harm their Postgres.
FIRST := tests/acceptance tests/web tests/faults tests/examples
ALL := $(FIRST) $(filter-out $(FIRST) %/__pycache__,$(patsubst %/,%,$(wildcard tests/*/)))

test: $(READY) $(WEB) $(BROWSER) ## run every test but the soak runs (some: make test TESTS=tests/unit)
ifdef TESTS
	@$(PYTEST) "not soak" $(TESTS)
else
	@cd frontend && $(NPM) test -- --run
	@$(PYTEST) "not soak and not alone" -n 3 --dist loadfile --no-loadscope-reorder $(ALL)
	@$(PYTEST) "not soak and alone" tests
endif

check: $(READY) $(NODE_MODULES) ## lint, format, types and the borders of the hexagon
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m pyright
	.venv/bin/lint-imports
	cd frontend && $(NPM) run lint
	cd frontend && $(NPM) run types

bench: $(READY) $(WEB) $(BROWSER) ## measure receiving, reading, the live connection and the web app against their floors, and sending
	@missed=0; for each in ingest poison reads sends live web; do $(PY) -m bench.$$each || missed=1; done; exit $$missed

soak: $(READY) ## long runs under load and faults
	@$(PY) -m pytest -q -m soak

lock: $(READY) ## choose newer versions within pyproject.toml's bounds and write the locks
	$(LOCK) --upgrade requirements-bootstrap.in --output-file requirements-bootstrap.txt
	$(LOCK) --upgrade pyproject.toml --output-file requirements.txt
	$(LOCK) --upgrade pyproject.toml --group dev --output-file requirements-dev.txt

$(READY): requirements-bootstrap.txt requirements-dev.txt pyproject.toml scripts/bootstrap.sh
	@sh scripts/bootstrap.sh
	@rm -f .venv/.ready-* && touch $@

%/node_modules/.installed: %/package.json %/package-lock.json %/.npmrc | $(READY)
	@echo "Installing what $*/package-lock.json names" >&2
	@cd $* && $(NPM) ci --loglevel=error
	@touch $@

$(WEB): $(NODE_MODULES) $(WEB_SOURCES)
	@echo "Building the web app" >&2
	@cd frontend && $(NPM) run build --loglevel=error -- --logLevel=warn
