# Two commands for users: `make demo` and `make test`. One for developers: `make check`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: check test
$(VENV)/.dev: requirements/dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy src tests
	PYTHONPATH=src $(BIN)/lint-imports
	$(BIN)/vulture
	PYTHONPATH=src $(BIN)/deptry src

test: $(VENV)/.dev
	PYTHONPATH=src $(BIN)/pytest
