# Every target does its own set-up; the second run finds it done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := .bench-venv
BENCH_READY := $(BENCH)/.ready
NATIVE := $(wildcard native/* native/*/*) CMakeLists.txt
INSTALL := install --quiet --disable-pip-version-check
export PIP_CONSTRAINT := constraints.txt

.PHONY: demo test test-slow sanitize lint docs bench recipes clean

demo: $(READY)
	$(BIN)/tidegate demo

test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m "not slow"

test-slow: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m slow

# One engine test under each of the compiler's sanitizers; the engine has threads, so they cannot share a build.
sanitize: address.sanitize undefined.sanitize thread.sanitize

%.sanitize: $(READY)
	$(BIN)/pip $(INSTALL) cmake ninja
	$(BIN)/cmake -S . -B build/$* -G Ninja -D CMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja -D TIDEGATE_SANITIZER=$*
	$(BIN)/cmake --build build/$*
	cd build/$* && $(abspath $(BIN))/ctest --output-on-failure

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(READY)
	$(BIN)/mkdocs build --strict

bench: $(BENCH_READY)
	$(BENCH)/bin/python -m benchmarks $(BENCH_OPTIONS)

# DATA: a folder with one folder for each set, as the recipes name them. Takes hours; each recipe also runs alone.
# RECIPE_OPTIONS: names of figures, and seeds (--seeds 3).
recipes: $(READY)
	@test -d "$(DATA)" || { echo "error: make recipes DATA=FOLDER, where FOLDER holds imdb, ewt, ptb, …"; exit 2; }
	$(BIN)/python -m benchmarks.recipes "$(DATA)" $(RECIPE_OPTIONS)

clean:
	rm -rf $(VENV) $(BENCH) build site

# torch first: with the pinned version in place, no later request takes another build of it.
$(READY): pyproject.toml constraints.txt $(NATIVE)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip $(INSTALL) torch
	$(BIN)/pip $(INSTALL) --editable '.[all]'
	@touch $(READY)

# The peers have an environment of their own: they pull in much that tidegate does not need.
$(BENCH_READY): pyproject.toml constraints.txt benchmarks/requirements.txt $(NATIVE)
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/pip $(INSTALL) torch
	$(BENCH)/bin/pip $(INSTALL) --editable '.[train]' --requirement benchmarks/requirements.txt
	@touch $(BENCH_READY)
