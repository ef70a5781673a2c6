# cxgov's commands. `make help` lists them.

PYTHON ?= python3
INSTALL = $(PYTHON) cxgov/local/install.py
LOCAL = .venv/bin/python -m cxgov.local
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

.PHONY: help run test check soak bench screenshots reset lock
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: ## start cxgov with everything it needs; PORT=8000
	@$(INSTALL) local
	@exec $(LOCAL) run

test: ## all checks and all tests; ARGS="tests/core -k seal" runs only those tests
	@$(INSTALL) dev
	@exec $(LOCAL) test $(ARGS)

check: ## lint, types, contracts, migrations, templates, deployment
	@$(INSTALL) dev
	@exec $(LOCAL) check

soak: ## for long: 8 × 5,000 operations with 50 killed writers and 3 crashes of the database; acts killed at every step; 2,000 transfers both ways; a database under a web server killed ten times; 500 lost answers; 200 pairs of edits; 1,000 interleavings
	@$(INSTALL) dev
	@exec $(LOCAL) test tests/funding/test_soak.py tests/funding/soak_killed.py tests/funding/test_ledger_machine.py tests/funding/test_deadlock.py tests/funding/test_retried.py tests/funding/test_outage.py tests/access/test_newer_edit.py tests/funding/test_interleavings.py --lost 500 --outages 10 --edits 3 --interleavings 1000 --transfers 2000 --acts 100000 --operations 5000 --kills 50 --crashes 3 --every 1 --log-cli-level INFO

bench: ## measure pages beside their floors
	@$(INSTALL) dev
	@exec .venv/bin/python -m tests.bench

screenshots: ## picture every page at three widths, light and dark
	@$(INSTALL) dev
	@exec .venv/bin/python -m tests.screenshots

reset: ## delete the data folder: database, queue, mail, logs
	@$(INSTALL) local
	@exec $(LOCAL) reset

lock: ## compile requirements*.txt from requirements/*.in; UPGRADE=--upgrade takes newer releases
	@$(INSTALL) dev
	$(COMPILE) $(UPGRADE) requirements/runtime.in --output-file requirements.txt
	$(COMPILE) $(UPGRADE) requirements/local.in --constraint requirements.txt --output-file requirements-local.txt
	$(COMPILE) $(UPGRADE) requirements/dev.in --constraint requirements-local.txt --output-file requirements-dev.txt
