# The portal's commands. `make run` starts everything; `make test` proves it.
.DEFAULT_GOAL := help
.PHONY: help run setup test test-full check bench test-tools system-packages
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
NEWEST = $(shell for name in python3.11 python3.12 python3.13 python3; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$name && break; done)
PYTHON ?= $(NEWEST)
WORKERS ?= 2
# A file's tests share what they start, so one worker gets them all.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

help:
	@echo "make run        start the portal on this machine (Ctrl C stops it)"
	@echo "make test       run the tests"
	@echo "make test-full  run the tests with the long matrices"
	@echo "make check      formatting, types, imports, templates, migrations, deployment"
	@echo "make bench      run the benchmarks; SIZES=10000,100000,1000000 for the large ones"
	@echo "make setup      install what 'make run' needs; quick when nothing is to do"

run: setup
	@exec $(BIN)/python -m portal.launcher run

setup: $(VENV)/base.done static/generated/.made $(VENV)/system.done

test: test-tools
	@exec $(PYTEST) $(ARGS)

test-full: test-tools
	@exec $(PYTEST) -m "full or not full" $(ARGS)

check: $(VENV)/test.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	PORTAL_URL=https://portal.test PORTAL_SMTP_URL=smtp://mail.test:25 DATABASE_URL=postgres://app:word@127.0.0.1:1/portal \
	PORTAL_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

bench: test-tools
	@$(BIN)/python -m benchmarks.run $(SIZES)

test-tools: $(VENV)/test.done static/generated/.made $(VENV)/system-tests.done

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed; on Debian: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/base.done: requirements/base.lock | $(BIN)/python
	@echo "Installing the pinned packages (a minute or two the first time)"
	@$(PIP) -r $<
	@touch $@

$(VENV)/test.done: requirements/test.lock | $(BIN)/python
	@echo "Installing the pinned packages and the test tools (a minute or two the first time)"
	@$(PIP) -r $<
	@touch $(VENV)/base.done $@

static/generated/.made: portal/launcher/assets.py portal/documents/fonts.py portal/documents/fontcutting.py $(VENV)/base.done
	@$(BIN)/python -m portal.launcher.assets
	@touch $@

# Stamped only when nothing is missing: otherwise each start says in one line what to install.
$(VENV)/system.done: portal/launcher/system.py | $(VENV)/base.done
	@if $(BIN)/python -m portal.launcher.system; then touch $@; fi

$(VENV)/system-tests.done: portal/launcher/system.py | $(VENV)/test.done
	@if $(BIN)/python -m portal.launcher.system --tests; then touch $@; fi
