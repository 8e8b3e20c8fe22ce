# make run and make test are all the set-up there is: both install into .venv what they need.
BIN := .venv/bin
INSTALLED := .venv/installed
PIP_INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt
export PYTHON

# An environment knows its own absolute path: in a folder that was moved or copied it is made anew.
ifneq ($(wildcard $(INSTALLED)),)
ifneq ($(shell cat $(INSTALLED)),$(CURDIR))
MOVED := yes
.PHONY: $(INSTALLED)
endif
endif

.PHONY: help run test test-full check format docs picture notebooks notebook-studies benchmark clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 18

run: $(INSTALLED)  ## install, simulate the whole country, write results/baseline/
	$(BIN)/okoshi run scenarios/baseline.toml --out results/baseline --overwrite

test: check  ## install, check and run the quick tests
	$(BIN)/python -m pytest -n 2 -m "not full"

test-full: $(INSTALLED)  ## the slow proofs: fresh clone, installed wheels, long runs, a real browser
	$(PIP_INSTALL) --editable '.[page,docs,browser]'
	$(BIN)/python -m pytest -m full

check: $(INSTALLED)  ## format, lint, types, and who may import whom
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(INSTALLED)  ## format and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(INSTALLED)  ## the documentation, in build/docs/index.html: tutorial, and reference written from the code
	$(PIP_INSTALL) --editable '.[docs]'
	$(BIN)/python tools/write_docs.py
	$(BIN)/python -m sphinx -W -q docs build/docs

picture: $(INSTALLED)  ## draw the picture at the top of the READMEs anew, in both languages
	$(BIN)/python tools/main_picture.py

benchmark: $(INSTALLED)  ## times and ratios, measured side by side on this machine
	$(PIP_INSTALL) --editable '.[benchmarks]'
	@for script in experiments/benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

notebooks: $(INSTALLED)  ## execute all notebooks at full size, with the time of each (ONLY=05 for one)
	$(PIP_INSTALL) --editable '.[notebooks]'
	$(BIN)/python tools/make_notebooks.py $(ONLY)

notebook-studies: $(INSTALLED)  ## run again the sweeps whose results the notebooks read
	@for study in what_each_adds what_drives_settlement; do \
	    $(BIN)/okoshi sweep notebooks/studies/$$study.toml --workers 2 --overwrite --out results/$$study || exit 1; \
	    mkdir -p notebooks/results/$$study; \
	    for name in experiment.toml scenario.toml results.parquet; do \
	        cp results/$$study/$$name notebooks/results/$$study/ || exit 1; \
	    done; \
	done

clean:  ## remove the environment and all caches (results/ stays)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find model tests experiments -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml constraints.txt
	@if [ -n "$(MOVED)" ] || ! $(BIN)/python -c 'import pip' 2>/dev/null; then \
	    python=$$(sh tools/find_python.sh) || exit 1; \
	    echo "Making .venv with $$python"; \
	    "$$python" -m venv --clear .venv || exit 1; \
	fi
	@echo "Installing Okoshi into .venv (the first time this takes a minute or two)"
	@$(PIP_INSTALL) --editable '.[development]'
	@printf '%s\n' "$(CURDIR)" > $(INSTALLED)
