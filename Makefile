# The commands of a checkout. `make help` lists them.

RELAIS   := ./relais
PYTHON   := .venv/bin/python
# Any Python 3.11 or later can build the environments; ./relais finds one.
SETUP    := ./relais --setup

# How many test files run side by side. Each such process may start a Rasa and a database.
JOBS     ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test soak shift surge bench evaluate hold-out compare check audit lock ui train first-reading clean environments

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing, train if the data changed, start everything
	@exec $(RELAIS) run

environments:
	@$(SETUP) dev
	@$(SETUP) rasa || test $$? -eq 3

test: environments ## Install and run every test (make test ARGS="-k name" for some)
	@$(PYTHON) -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

soak: environments ## Kills and faults, long, on each engine; each gate against its mutation
	RELAIS_TEST_KILLS=10 $(PYTHON) -m pytest tests/acceptance/test_kills.py $(ARGS)
	RELAIS_TEST_FAULTS=125 $(PYTHON) -m pytest -s tests/faults/test_faults.py $(ARGS)
	RELAIS_TEST_CYCLES=500 RELAIS_TEST_REPLAYS=10000 $(PYTHON) -m pytest -s \
	  tests/faults/test_kill_cycles.py tests/faults/test_webhooks_again.py $(ARGS)
	$(PYTHON) -m tests.faults.mutations
	RELAIS_CLAIMERS=200 RELAIS_ROUNDS=200 $(PYTHON) -m pytest tests/handoff/test_choosing.py

shift: environments ## Play a whole shift in Chromium: forty people, two listeners, a supervisor
	RELAIS_REQUIRE_BROWSER=1 RELAIS_TEST_SHIFT=test-results/shift \
	  $(PYTHON) -m pytest -s tests/ui/test_whole_shift.py $(ARGS)

surge: environments ## A surge for half an hour: nothing lost, order kept, every crisis seen in 2 s
	$(PYTHON) -m benchmarks.bench_surge $(ARGS)

bench: environments ## Measure side by side, then draw (make bench ARGS=--short; docs/performance.md)
	@$(PYTHON) -m benchmarks.bench_gateway $(ARGS)
	@$(PYTHON) -m benchmarks.bench_webhooks $(ARGS)
	@$(PYTHON) -m benchmarks.bench_screen
	@$(PYTHON) -m benchmarks.plots

evaluate: environments ## Measure triage on labelled messages (make evaluate ARGS="--without-model")
	@$(PYTHON) -m benchmarks.evaluate $(ARGS)

hold-out: environments ## Measure the learned reading on training messages it has not seen
	@bot/rasa/.venv/bin/python benchmarks/hold_out.py $(ARGS)

compare: environments ## Measure what else could read a message, DIET among it, on the same sample
	@bot/rasa/.venv/bin/python benchmarks/compare_pipelines.py $(ARGS)

check: ## Format, lint, types, import rules, front-end types
	@$(SETUP) dev
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@if ! command -v npm >/dev/null; then \
	  echo "front-end types: NOT CHECKED, there is no node on this machine"; \
	elif [ ! -d ui/node_modules ]; then \
	  echo "front-end types: NOT CHECKED, run make ui first"; \
	else npm --prefix ui run check; fi

audit: ## Known vulnerabilities of what is locked (accepted: requirements/accepted-findings.toml)
	@$(SETUP) dev
	@$(PYTHON) -m scripts.audit

ui: ## Build the widget and the console (needs node)
	npm --prefix ui ci --no-audit --no-fund
	npm --prefix ui run build

train: ## Train the triage model if its data changed
	@$(SETUP) rasa
	bot/rasa/.venv/bin/python bot/rasa/train.py

first-reading: environments ## Learn anew what reads before any training, after a change of nlu_data
	bot/rasa/.venv/bin/python bot/rasa/first_reading.py

UV = "$$($(SETUP) uv)"
COMPILE = pip compile --quiet --generate-hashes --universal --custom-compile-command "make lock"
lock: ## Write the lock files anew (make lock UPGRADE=--upgrade for newer versions)
	$(UV) $(COMPILE) $(UPGRADE) requirements/uv.in -o requirements/uv.txt
	$(UV) $(COMPILE) $(UPGRADE) --python-version 3.11 pyproject.toml -o requirements/gateway.txt
	$(UV) $(COMPILE) $(UPGRADE) --python-version 3.11 --extra dev -c requirements/gateway.txt \
	  pyproject.toml -o requirements/dev.txt
	$(UV) $(COMPILE) $(UPGRADE) --python-version 3.10 bot/rasa/requirements.in \
	  -o bot/rasa/requirements.txt

clean: ## Remove environments, caches and models; data/ stays
	rm -rf .venv bot/rasa/.venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache bot/rasa/models test-results ui/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
