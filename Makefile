# Every target calls kulturmetropol/bootstrap.py, which needs nothing but Python's standard library.

VENV := .venv

# Asked by running it, as a pyenv shim may stand on the PATH and yet fail. Where none is new enough, bootstrap.py says so.
find_python = for python in python3.13 python3.12 python3.14 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$python && exit; \
	done; python3 -c '' 2>/dev/null && echo python3
PYTHON = $(or $(shell $(find_python)),$(error Python 3.12 or newer is needed, as python3 on the PATH))

.PHONY: help setup run dev test lint screens pictures bench-pdf bench-memos test-kills

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /make \1: /p' Makefile

setup: ## make .venv and the database, load the agreement and the demo users
	@$(PYTHON) -I kulturmetropol/bootstrap.py setup

run: ## setup, then serve on http://127.0.0.1:8000 (another port: make run PORT=8001)
	@$(PYTHON) -I kulturmetropol/bootstrap.py run

dev: ## the same with DEBUG on and a server that reloads changed code
	@$(PYTHON) -I kulturmetropol/bootstrap.py dev

test: ## lint, then all tests on SQLite and on PostgreSQL (some of them: make test PYTEST_ARGS="-k memo")
	@$(PYTHON) -I kulturmetropol/bootstrap.py test

lint: ## all checks that run no tests
	@$(PYTHON) -I kulturmetropol/bootstrap.py lint

pictures: ## take the pictures of all components anew, after a change of the look that is meant, after make test
	@RENEW_PICTURES=1 $(VENV)/bin/python -m pytest -q tests/browser/test_components.py

screens: ## pictures of every page into var/screens, wide and narrow, light and dark, and what axe finds on each
	@$(PYTHON) -I kulturmetropol/bootstrap.py screens

bench-pdf: ## speed and memory of the PDFs, after make setup
	@$(VENV)/bin/python -m tests.benchmarks.pdf

bench-memos: ## what a download costs, and how much faster two workers are, after make setup
	@$(VENV)/bin/python -m tests.benchmarks.memos

test-kills: ## kill -9 the process 200 times while memos are issued, on both databases, after make test
	@for database in sqlite postgresql; do \
		KILLS=200 $(VENV)/bin/python -m pytest -q --database=$$database tests/outreach/test_memo_kills.py -s || exit 1; \
	done
