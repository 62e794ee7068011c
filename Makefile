# The commands of a checkout. `make help` lists them.

RELAIS   := ./relais
PYTHON   := .venv/bin/python
# Any Python 3.11 or later can build the environments; ./relais finds one.
SETUP    := ./relais --setup

.DEFAULT_GOAL := help
.PHONY: help run test soak bench evaluate hold-out check lock ui train clean environments

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing, train if the data changed, start everything
	@exec $(RELAIS) run

environments:
	@$(SETUP) dev
	@$(SETUP) rasa || test $$? -eq 3

test: environments ## Install and run every test (make test ARGS="-k name" for some)
	@$(PYTHON) -m pytest $(ARGS)

soak: environments ## The kill tests, long: ten rounds on each database engine
	RELAIS_TEST_KILLS=10 $(PYTHON) -m pytest tests/acceptance/test_kills.py $(ARGS)

bench: environments ## Measure: ingestion, a turn of the bot, a crisis (figures: docs/performance.md)
	@$(PYTHON) -m benchmarks.bench_gateway $(ARGS)
	@$(PYTHON) -m benchmarks.bench_screen

evaluate: environments ## Measure triage on labelled messages (make evaluate ARGS="--without-model")
	@$(PYTHON) -m benchmarks.evaluate $(ARGS)

hold-out: environments ## Measure the learned reading on training messages it has not seen
	@bot/rasa/.venv/bin/python benchmarks/hold_out.py

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

ui: ## Build the widget and the console (needs node)
	npm --prefix ui ci --no-audit --no-fund
	npm --prefix ui run build

train: ## Train the triage model if its data changed
	@$(SETUP) rasa
	bot/rasa/.venv/bin/python bot/rasa/train.py

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
