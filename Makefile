# Two commands are all the set-up there is: `make run` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run test check soak bench-directory bench-routing lock clean

run: $(VENV)/runtime
	$(BIN)/linnet demo

test: check
	$(BIN)/pytest -n 2 --dist loadfile

# Half an hour of killing the process in the middle of conversations.
soak: $(VENV)/dev
	LINNET_SOAK_SECONDS=1800 $(BIN)/pytest tests/whole/test_killed.py -s

# How long ten thousand people in two hundred countries take to be read.
bench-directory: $(VENV)/dev
	$(BIN)/python -m tests.routing.bench_load

# How long it takes to find who receives, among ten thousand people in 200 countries.
bench-routing: $(VENV)/dev
	$(BIN)/python -m tests.routing.bench_resolve

check: $(VENV)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/linnet flows check
	$(BIN)/linnet locales check

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: $(BIN)/python requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/dev: $(VENV)/runtime requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

# Writes both lock files anew: hashes for every file, no index named.
lock:
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header --no-annotate \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra build --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header --no-annotate \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra build --extra dev --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) build *.egg-info
