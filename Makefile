# Everything runs in .venv, which is made once, and again brought up to date when pyproject.toml or .constraints.txt change.
# ARGS reaches the command: make posteriors ARGS="mesems --quiet", make test ARGS="-k prior"

VENV = .venv
PYTHON = $(VENV)/bin/python
SOURCES = pyproject.toml .constraints.txt

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.PHONY: help setup posteriors report quick types test long notebooks check-notebooks reference clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r a b; do printf '%-23s%s\n' "$$a" "$$b"; done

setup: $(VENV)/.installed ## make .venv and install the project into it

posteriors: $(VENV)/.installed ## set up, then regenerate every posterior that is missing or stale
	$(VENV)/bin/bayes regenerate $(ARGS)

report: $(VENV)/.installed ## set up, then write results/report/ and the checklists from the posteriors
	$(VENV)/bin/bayes report $(ARGS)

quick: $(VENV)/.installed-test ## set up, then run the linters and the tests that take no second: no sampling, no browser, no wheel
	$(PYTHON) -m ruff check
	$(VENV)/bin/lint-imports
	$(PYTHON) -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not nuts and not slow and not browser and not wheel and not long" $(ARGS)

types: $(VENV)/.installed-test ## set up, then check the types of bayes and models
	$(PYTHON) .ci/types.py $(ARGS)

# Every worker of pytest has a core: threads of linear algebra would wait for each other.
test quick: export OPENBLAS_NUM_THREADS = 1

# .ci/browser finds a Chromium for the tests of pages, or fetches one before several tests ask for it at once.
test: $(VENV)/.installed-test ## set up, then run the linters, the check of types and the tests, but for the long ones
	$(PYTHON) -m ruff check
	$(VENV)/bin/lint-imports
	$(PYTHON) .ci/types.py
	@sh .ci/browser $(PYTHON) >/dev/null
	$(PYTHON) -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not long" $(ARGS)

# Tests that compare at length; those of these sources have passed, or `make test` says that their record is stale.
long: $(VENV)/.installed-test ## set up, then run the long tests and record that they passed
	$(PYTHON) tests/calibration/long_tests.py

notebooks: $(VENV)/.installed-notebooks ## set up, then execute every notebook in place
	$(PYTHON) notebooks/run.py $(ARGS)

check-notebooks: $(VENV)/.installed-notebooks ## set up, then execute every notebook on small settings; nothing is written
	$(PYTHON) notebooks/run.py --check $(ARGS)

reference: $(VENV)/.installed-reference ## set up, then build the API reference into build/reference/
	$(PYTHON) .github/reference/build.py

clean: ## remove .venv, caches and built packages; results stay
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis

# .ci/python names a Python 3.12 or newer, or uv where the machine has none.
$(PYTHON):
	@maker=$$(sh .ci/python) || exit 1; rm -rf $(VENV); echo "Making $(VENV) with $$maker"; \
	case "$$maker" in \
	  */uv) "$$maker" venv --quiet --python '>=3.12,<3.14' $(VENV) ;; \
	  *) "$$maker" -m venv $(VENV) ;; \
	esac

# pip where the environment has it; an environment that uv made has none, and uv installs into it.
PIP = if $(PYTHON) -m pip --version >/dev/null 2>&1; \
	then set -- env PYTHONWARNINGS=ignore $(PYTHON) -m pip install --quiet; "$$@" 'pip>=25.1'; \
	else set -- uv pip install --quiet --python $(PYTHON); fi && "$$@" --constraint .constraints.txt

$(VENV)/.installed: $(SOURCES) | $(PYTHON)
	@echo "Installing bayes-reanalysis into $(VENV); the first time this takes a minute or more"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "Installing the test tools into $(VENV)"
	@$(PIP) --group test
	@touch $@

$(VENV)/.installed-notebooks: $(VENV)/.installed
	@echo "Installing the notebook tools into $(VENV)"
	@$(PIP) --group notebooks
	@touch $@

$(VENV)/.installed-reference: $(VENV)/.installed
	@echo "Installing the tools of the reference into $(VENV)"
	@$(PIP) --group reference
	@touch $@
