# Two commands do everything: `make demo` and `make test`. Each sets up what it needs.
# Another Python has an environment of its own: make unit PYTHON=python3.13 VENV=.venv-3.13
PYTHON ?= python3
PORT ?= 8000
VENV ?= .venv
BIN := $(VENV)/bin
LOWEST := .venv-lowest
UV_VERSION := 0.13.9
UV = $(shell command -v uv || echo $(BIN)/uv)

.PHONY: demo test test-lowest test-pythons wheel lint typing unit interop coverage mutants bench pictures stubs client lock clean

demo: $(VENV)/ready ## serve the example app on the embedded user pool, on loopback only
	$(BIN)/uvicorn example_app.main:app --host 127.0.0.1 --port $(PORT)

test: lint typing unit ## everything that must pass

# What the floors' own code does that newer libraries beneath them deprecate, and what the test client of
# older Starlettes leaves open when an app does not start: warnings are errors elsewhere.
LOWEST_WARNINGS := \
	-W 'ignore:The anyio.abc.BlockingPortal alias:DeprecationWarning' \
	-W 'ignore:websockets.:DeprecationWarning' \
	-W "ignore:'click.utils:DeprecationWarning" \
	-W 'ignore:Unclosed <MemoryObject:ResourceWarning'

test-lowest: $(LOWEST)/ready ## the tests on the oldest versions that are allowed, but for browsers and foreign clients
	$(LOWEST)/bin/pytest --numprocesses=auto --dist=worksteal $(LOWEST_WARNINGS) --ignore=tests/browser --ignore=tests/interop --ignore=tests/typing

PYTHONS := 3.12 3.13 3.14
ROOT_OF_PYTHONS := $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions
# The command of a shim that has no such Python is there, and fails.
test-pythons: ## the tests on the other Pythons that this machine has, but for browsers and foreign clients
	@for version in $(PYTHONS); do \
		for python in python$$version $(ROOT_OF_PYTHONS)/$$version.*/bin/python$$version; do \
			if $$python -c "" 2>/dev/null; then \
				$(MAKE) on-python PYTHON=$$python VENV=.venv-$$version || exit 1; \
				break; \
			fi; \
		done; \
	done

.PHONY: on-python
on-python: $(VENV)/ready
	$(BIN)/pytest --numprocesses=auto --dist=worksteal --ignore=tests/browser --ignore=tests/interop --ignore=tests/typing

# Built as for an index, and installed where nothing else of this project is: with the locked versions of
# what it depends on, and without the checkout on the path.
wheel: $(VENV)/ready ## build the wheel, install it in a fresh environment, and run the README's example there
	rm -rf dist .venv-wheel
	$(UV) build --quiet --wheel --out-dir dist
	$(PYTHON) -m venv .venv-wheel
	VIRTUAL_ENV=.venv-wheel $(UV) pip install --quiet --constraint requirements.lock "fastapi-cognito-auth[local] @ file://$$(echo $(CURDIR)/dist/*.whl)" uvicorn
	cd dist && ../.venv-wheel/bin/python -I ../tests/installed/readme.py ../README.md

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typing: $(VENV)/ready
	$(BIN)/mypy

# One more than there are cores: a test that waits, for a browser or a process, leaves its core to another.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
unit: $(VENV)/ready
	$(BIN)/pytest --numprocesses=$(WORKERS) --dist=worksteal --ignore=tests/interop

interop: $(VENV)/ready ## clients and servers of others, unchanged: beside the tests, since they take minutes of their own
	$(BIN)/pytest --numprocesses=auto --dist=worksteal tests/interop

# Beside the tests and not in them: what counts the lines makes all of them take half as long again.
coverage: $(VENV)/ready ## which lines no test runs, and whether these are too many
	$(BIN)/pytest --numprocesses=auto --dist=worksteal --cov --cov-report=term --ignore=tests/browser --ignore=tests/interop --ignore=tests/typing

ONLY ?=
INTO ?=
JOBS ?= 2
mutants: $(VENV)/ready ## change the code of the checks and see whether its tests notice; some rooms alone with ONLY='tokens srp'
	JOBS=$(JOBS) nice -n 10 $(BIN)/python -m tests.mutants $(ONLY)

bench: $(VENV)/ready ## measure beside other libraries; some parts alone with ONLY='verification http'
	$(BIN)/python -m benchmarks $(ONLY) $(if $(INTO),--into $(INTO))

# The locks hold every version with its hashes, for all platforms and Pythons from 3.11 on.
$(VENV)/ready: requirements.lock pyproject.toml
	$(call new-environment,$(VENV),requirements.lock)

# What is named in pyproject.toml at its lowest, and what that pulls in at its newest.
$(LOWEST)/ready: requirements-lowest.lock pyproject.toml
	$(call new-environment,$(LOWEST),requirements-lowest.lock)

define new-environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed; say which: make PYTHON=python3.12 …'; exit 1; }
	test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
	command -v uv >/dev/null || test -x $(1)/bin/uv || $(1)/bin/python -m pip install --quiet uv==$(UV_VERSION)
	uv=$$(command -v uv || echo $(1)/bin/uv); export VIRTUAL_ENV=$(1); \
		$$uv pip install --quiet --require-hashes -r $(2) && \
		$$uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(1)/ready
endef

pictures: $(VENV)/ready ## take the pictures of the documentation in Chromium; some alone with ONLY='sign-in.png gallery.png'
	$(BIN)/python -m tests.browser.pictures $(ONLY)

stubs: $(VENV)/ready ## write what follows from botocore's description of the API: signatures, and the table of auth.pool_router
	$(BIN)/python -m tests.stubs

client: $(VENV)/ready ## write the types of the client from the OpenAPI document, and the copy of it that the pages serve
	$(BIN)/python -m tests.client_types

COMPILE = VIRTUAL_ENV=$(VENV) $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock' --all-extras pyproject.toml

lock: ## renew both locks from pyproject.toml
	$(COMPILE) --group dev --output-file requirements.lock
	$(COMPILE) --group lowest --resolution lowest-direct --output-file requirements-lowest.lock

clean:
	rm -rf .venv .venv-* .mutants benchmarks/.rivals tests/interop/.foreign tests/interop/node_modules tests/client/node_modules build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
