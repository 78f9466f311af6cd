# Everyday commands. `make` lists them.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup check format lint types imports test testall spark schema defaults report sample

help:  ## List the commands.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

.venv: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch .venv

setup: .venv  ## Make a virtual environment with everything in it.

check: lint types imports test  ## Everything that must hold before a commit.

format: .venv  ## Format the code.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: .venv  ## Format and lint, without changing anything.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv  ## Strict types.
	$(BIN)/mypy

imports: .venv  ## The architecture: data flows one way.
	$(BIN)/lint-imports --no-cache

test: .venv  ## All tests, on all cores.
	$(BIN)/pytest --numprocesses auto

testall: .venv  ## All tests, with all made-up shops.
	LOYALTY_SEEDS=all $(BIN)/pytest --numprocesses auto

spark: .venv  ## The ledger on a real Spark cluster, started here (Java 17; 0.6 GB of packages, 3 GB of memory).
	$(BIN)/python -m pip install --quiet --group spark
	$(BIN)/pytest -m spark

schema: .venv  ## Write the schema of the configuration again, for editors.
	$(BIN)/loyalty schema config > docs/loyalty.schema.json

defaults: .venv  ## Write again the defaults that `loyalty explain` shows.
	$(BIN)/python docs/make_defaults.py

report: .venv  ## The monthly report on the sample data.
	$(BIN)/loyalty report --config config.example.yaml

sample:  ## Make the sample data again (same bytes).
	$(PYTHON) sample_data/generate.py
