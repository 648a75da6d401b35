# make run · make test · make test-model · make check · make bench. Each step is taken only when needed.
PYTHON ?= python3
BIN := .venv/bin
export NEWSDESK_HOME ?= $(CURDIR)/data

.PHONY: run test test-model check bench fuzz clean

run: .venv/run
	@$(BIN)/newsdesk articles list | grep -q . || $(BIN)/python -m ingest seeds/articles
	@$(BIN)/python app.py

test: .venv/test
	$(BIN)/pytest

test-model: .venv/model-test
	$(BIN)/pytest tests/model

check: .venv/check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: .venv/bench
	$(BIN)/python -m benchmarks.quality

fuzz: .venv/test  # a few minutes of made-up requests to a server that runs, such as that of make run
	$(BIN)/st run http://127.0.0.1:7860/openapi.json --exclude-path-regex '^/api/(ingest|evaluations)$$' \
		--exclude-checks negative_data_rejection,positive_data_acceptance,unsupported_method,ignored_auth \
		--phases examples,coverage,fuzzing,stateful --max-examples 50

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/test .venv/model-test .venv/check .venv/bench: .venv/%: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[$*]"
	@touch $@

clean:
	rm -rf .venv build dist *.egg-info src/*.egg-info
