# Vitrine. `make help` names what there is to make.
.DEFAULT_GOAL := help
.PHONY: help demo test check clean

# The shop is made for Python 3.11; any name will do.
PYTHON ?= $(shell for name in python3.11 python3 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --root-user-action=ignore

# Settings that a real shop would have, for `check --deploy`; nothing listens there.
AS_IN_PRODUCTION := PRODUCTION=1 DEBUG=0 ALLOWED_HOSTS=shop.example \
	SECRET_KEY=only-for-this-check-kd83hfQpx0Zs7vNw2LmTy5RbUaEgJcIo \
	DATABASE_URL=postgresql://nobody@127.0.0.1:9/none REDIS_URL=redis://127.0.0.1:9/0 PAYMENTS=trial \
	EMAIL_URL=smtp://127.0.0.1:9

help: ## say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

demo: .venv/runtime ## open the shop here, with an example catalogue (PORT=8000, HOST=127.0.0.1, PHOTOS=folder or zip)
	@$(BIN)/python manage.py demo $(if $(PHOTOS),--photos "$(PHOTOS)")

# Two processes at a time, each with its own database and Valkey; a file's tests stay together, as they share fixtures.
test: .venv/development ## run the tests
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: .venv/development ## lint, format, arrows between modules, types, templates, migrations, settings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy
	find . -name '*.html' -path '*templates/*' -not -path './.venv/*' -not -path './var/*' | xargs -r $(BIN)/djade --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(AS_IN_PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

clean: ## remove what make installed and tests left; the shop's data stay in var/ until you remove it
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache var/tests

.venv/runtime: requirements.txt | $(BIN)/python
	@echo "Installing what the shop needs (about 200 MB, once) ..."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/development: requirements-dev.txt .venv/runtime
	@echo "Installing what tests, checks and training need (torch is large; once) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Vitrine needs Python 3.11, and none is on the PATH. Name it: make demo PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) could not make a virtual environment (on Debian: apt install python3.11-venv)."; exit 1; }
