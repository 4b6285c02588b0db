# Two commands do everything: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
UV_VERSION := 0.13.9
UV = $(shell command -v uv || echo $(BIN)/uv)

.PHONY: demo test lint typing unit bench lock clean

demo: .venv/ready ## serve the example app on the embedded user pool, on loopback only
	$(BIN)/uvicorn example_app.main:app --host 127.0.0.1 --port $(PORT)

test: lint typing unit ## everything that must pass

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typing: .venv/ready
	$(BIN)/mypy

unit: .venv/ready
	$(BIN)/pytest --numprocesses=auto --dist=worksteal --cov --cov-report=term

ONLY ?=
INTO ?=
bench: .venv/ready ## measure beside other libraries; some parts alone with ONLY='verification http'
	$(BIN)/python -m benchmarks $(ONLY) $(if $(INTO),--into $(INTO))

# The lock holds every version with its hashes, for all platforms and Pythons from 3.11 on.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed; say which: make PYTHON=python3.12 …'; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	command -v uv >/dev/null || test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	VIRTUAL_ENV=.venv $(UV) pip install --quiet --require-hashes -r requirements.lock
	VIRTUAL_ENV=.venv $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

lock: ## renew requirements.lock from pyproject.toml
	VIRTUAL_ENV=.venv $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command 'make lock' --all-extras --group dev pyproject.toml --output-file requirements.lock

clean:
	rm -rf .venv benchmarks/.rivals tests/interop/.foreign tests/interop/node_modules build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
