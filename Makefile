# Everything a person needs is `make run` and `make test`; `make check` is the whole gate, .ci/run calls it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Each file of tests on one of three processes (its fixtures are made once): many tests wait for real nodes. The files
# begin in the order of tests/conftest.py, the longest first; xdist's own puts those with the most tests first.
PYTEST := -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check setup lint types imports docs package slow js bench lock clean prerequisites

run: setup
	$(BIN)/freehold demo

test: setup
	$(BIN)/python $(PYTEST)

check: setup lint types imports docs
	$(BIN)/python $(PYTEST)

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml hatch_build.py requirements.txt requirements-dev.txt
	@$(MAKE) --no-print-directory prerequisites
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# py-libp2p's dependency fastecdsa has no wheels: without a compiler, Python's headers and libgmp nothing can be installed.
prerequisites:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Freehold needs Python 3.11 or later as $(PYTHON) (or: make PYTHON=python3.12 ...)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@printf '#include <Python.h>\n#include <gmp.h>\n' \
	  | $${CC:-gcc} -E -x c -I"$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("include"))')" - >/dev/null 2>&1 \
	  || { echo "py-libp2p compiles one dependency, fastecdsa, which needs a C compiler, Python's headers and libgmp."; \
	       echo "On Debian or Ubuntu: apt install gcc python3-dev libgmp-dev"; exit 1; }

lint: setup
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: setup
	@mkdir -p build/typings
	@ln -sfn "$$($(BIN)/python -c 'import os, trio; print(os.path.dirname(trio.__file__))')" build/typings/trio
	$(BIN)/basedpyright

imports: setup
	$(BIN)/lint-imports

docs: setup
	$(BIN)/python specs/generate.py --check

# What users get: the wheel in a fresh environment, with the suite run against it.
package: setup
	rm -rf build/wheel build/wheel-venv
	$(BIN)/python -m build --quiet --no-isolation --wheel --outdir build/wheel
	$(BIN)/python -c 'import glob, sys, zipfile; names = {n.split("/")[0] for n in zipfile.ZipFile(glob.glob("build/wheel/*.whl")[0]).namelist()}; print("the wheel holds", sorted(names)); sys.exit(not (len(names) == 2 and "freehold" in names))'
	$(PYTHON) -m venv build/wheel-venv
	build/wheel-venv/bin/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	build/wheel-venv/bin/python -m pip install --quiet --no-deps build/wheel/*.whl
	build/wheel-venv/bin/python $(PYTEST)

slow: setup
	$(BIN)/python $(PYTEST) -m slow

js: setup
	$(BIN)/python -m pytest -q -m js -rs

# Each figure beside its baseline, both measured in this run.
bench: setup
	$(BIN)/python -m tests.bench

# Fresh hashes for the two lists; no registry is named in them.
lock: setup
	$(BIN)/python -m piptools compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --output-file requirements.txt pyproject.toml
	$(BIN)/python -m piptools compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --extra dev --output-file requirements-dev.txt --constraint requirements.txt pyproject.toml

# build/dev holds the links of the editable install: never removed here.
clean:
	rm -rf build/wheel build/wheel-venv dist .pytest_cache .ruff_cache .hypothesis
