# Two commands are all that is needed: `make run` and `make test`. Each sets itself up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup run test check gates lock clean

setup: $(READY)

$(READY): requirements.lock bootstrap.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "copydesk: installing the locked set into $(VENV) (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

run: setup
	@$(BIN)/python -m flows raw --warehouse warehouse || test $$? -eq 2  # 2: finished, some input refused

test: setup
	@$(BIN)/python -m pytest

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

lock: setup
	@$(BIN)/uv pip compile pyproject.toml --group dev --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-strip-extras --quiet -o requirements.lock

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

gates: setup
	@$(BIN)/python -m benchmarks.gates
