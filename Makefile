# The words of the house. `make demo` and `make test` are the first two.
PYTHON ?= python3
BIN := .venv/bin
# Rules that are checked against independent calculations: no branch of them goes untested.
JUDGE := services/alerts/domain/goals/*,services/alerts/domain/trajectories.py,services/alerts/domain/schemes.py
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install lock demo up down check format test unit contract integration e2e faults machine nightly coverage connectsuite bench peers schemas screenshots browser clean

help: ## this list
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: .venv/installed ## .venv with the locked dependencies, and the broker's jars

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本；Python 3.11 or newer is needed: make PYTHON=python3.12 install"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	$(BIN)/python -m deploy.local.kafka --jars
	@touch $@

lock: ## resolve the dependencies anew
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra dev --extra forecast --extra plot --custom-compile-command "make lock" -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra forecast --constraints requirements.lock --excludes deploy/docker/excludes.txt --custom-compile-command "make lock" -o deploy/docker/requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --overrides bench/peers/overrides.txt --custom-compile-command "make lock" -o bench/peers/requirements.lock bench/peers/requirements.in

demo: install ## the demo year through the front door; leaves the console running
	$(BIN)/pacekeeper demo

up: install ## start the stack in the background
	$(BIN)/pacekeeper up

down: ## stop it
	$(BIN)/pacekeeper down

check: install ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: install browser ## every test
	$(BIN)/pytest --cov --cov-report=term --cov-report=
	$(BIN)/coverage report --skip-covered --fail-under=90
	$(BIN)/coverage report --include='$(JUDGE)' --fail-under=100

unit contract integration e2e faults machine: install ## one folder of the tests
	$(BIN)/pytest tests/$@

nightly: install browser ## faults, generated sequences and other examples, at full count
	PACEKEEPER_EXAMPLES=nightly $(BIN)/pytest tests/unit
	PACEKEEPER_FAULT_ROUNDS=10 PACEKEEPER_ENGINE_KILLS=100 PACEKEEPER_RANDOM_KILLS=50 PACEKEEPER_STORMS=20 PACEKEEPER_YEAR_KILLS=20 PACEKEEPER_LOSSES=place,table,both PACEKEEPER_AWAY_SECONDS=60 $(BIN)/pytest tests/faults
	PACEKEEPER_SEQUENCES=10000 PACEKEEPER_RESTART_SEQUENCES=300 $(BIN)/pytest tests/machine

connectsuite: install ## clickhouse-connect's own integration suite against the embedded server
	$(BIN)/python -m tests.contract.clickhouse_connect_suite

bench: install peers ## figures of speed and memory, as text and JSON
	$(BIN)/python -m bench

peers: .venv-peers/installed ## the other clients that bench compares with, in a .venv-peers of their own

.venv-peers/installed: bench/peers/requirements.lock | install
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-peers
	$(BIN)/uv pip install --quiet --python .venv-peers/bin/python --require-hashes --no-deps -r $<
	@touch $@

schemas: install ## regenerate schemas/published
	$(BIN)/python -m schemas.publish

screenshots: install browser ## refresh docs/screenshots from the demo
	PACEKEEPER_SCREENSHOTS=docs/screenshots $(BIN)/pytest tests/e2e/test_console_browser.py -k demo_year

browser: install ## a Chromium for the browser tests
	@$(BIN)/python -m tests.chromium

clean: ## remove what was built, not the state folder
	rm -rf .venv .venv-peers build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .hypothesis
