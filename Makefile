# Two commands for a fresh machine: `make run` and `make test`. Each installs all it needs; the second time it starts at once.
SHELL := bash
PYTHON := .venv/bin/python
HOME_DIR ?= castlock-home
# two processes, each with whole files, so that what a file sets up is set up once
SIDE_BY_SIDE := -n 2 --dist loadfile
export OMP_NUM_THREADS ?= 1
export HF_HUB_OFFLINE ?= 1

.PHONY: run demo test test-full bench bench-instantid lint format setup setup-dev migration clean

run: setup
	$(PYTHON) app.py --home $(HOME_DIR) --sample

demo: setup
	$(PYTHON) -m studio demo --home $(HOME_DIR)

test: setup-dev
	$(PYTHON) -m pytest $(SIDE_BY_SIDE) -m "not slow and not bench"

test-full: setup-dev
	$(PYTHON) -m pytest $(SIDE_BY_SIDE) --hypothesis-profile=explore -m "not bench"

bench: setup-dev
	$(PYTHON) -m pytest -m bench -s

# on a CUDA card of 40 GB or more, some half an hour; make bench-instantid ARGS=--tiny proves anywhere that it runs
bench-instantid: setup-dev
	$(PYTHON) -m benchmarks.instantid $(ARGS)

lint: setup-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/basedpyright

format: setup-dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

setup:
	@bash scripts/setup.sh requirements.txt

setup-dev:
	@bash scripts/setup.sh requirements.txt requirements-dev.txt

# make migration M="what changed": a new Alembic revision from the difference between models and migrations
migration: setup-dev
	$(PYTHON) scripts/new_migration.py "$(M)"

clean:
	rm -rf .venv build dist *.egg-info
