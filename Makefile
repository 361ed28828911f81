# One command each: a first start, the tests, the checks.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/bin/uv
CATALOGUE ?=
PORT ?= 8000
BENCH ?=
N ?= 42994

.PHONY: help demo test check nightly bench looks messages openapi requirements clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.uv: .python-version
	@bash bin/find-python -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet uv
	@touch "$@"

$(VENV)/.dev: $(VENV)/.uv requirements/dev.txt
	@$(UV) pip install --quiet --python $(PYTHON) --require-hashes -r requirements/dev.txt
	@touch "$@"

$(VENV)/.test: $(VENV)/.uv requirements/test.txt
	@$(UV) pip install --quiet --python $(PYTHON) --require-hashes -r requirements/test.txt
	@touch "$@" "$(VENV)/.dev"

demo: $(VENV)/.dev ## start the shop with its demo world (PORT=, CATALOGUE=folder)
	@bash bin/system-packages pdf || echo "Until then the shop runs without PDF documents."
	@$(PYTHON) -m marketplace.local_stack.demo --port "$(PORT)" --catalogue "$(CATALOGUE)"

test: $(VENV)/.test ## run all tests, the browser's too
	@bash bin/system-packages chromium pdf
	@$(PYTHON) manage.py prepare --settings marketplace.settings.test
	@$(PYTHON) -m pytest -n 2 --dist loadgroup

nightly: $(VENV)/.test ## run the long checks in full, then print what they measured
	@$(PYTHON) -m pytest -m nightly
	@$(PYTHON) -m marketplace.tests.figures

bench: $(VENV)/.test ## measure a shop of N products (N=1000000, BENCH="pages search cart checkout hot import")
	@bash bin/system-packages load || echo "Until then a client in Python sends the load and takes its share of the cores."
	@$(PYTHON) -m benchmarks --products "$(N)" $(BENCH)

looks: $(VENV)/.test ## picture every kind of page of a running demo, in each language, size and scheme (PORT=)
	@bash bin/system-packages chromium
	@DJANGO_SETTINGS_MODULE=marketplace.settings.dev $(PYTHON) -m marketplace.tests.gallery --url "http://127.0.0.1:$(PORT)"

check: $(VENV)/.test ## lint, types, contracts, migrations, texts, OpenAPI, production settings
	@bash bin/check

messages: $(VENV)/.test ## collect translatable strings into locale/
	@bash bin/system-packages gettext
	@$(PYTHON) manage.py makemessages -l ru -l uz --no-obsolete --add-location file --ignore var --ignore .venv

openapi: $(VENV)/.test ## write docs/openapi.yaml
	@$(PYTHON) manage.py spectacular --settings marketplace.settings.test --file docs/openapi.yaml --validate

requirements: $(VENV)/.uv ## compile requirements/*.in
	@for name in base dev test bench prod; do $(UV) pip compile --quiet --generate-hashes --python-version 3.12 requirements/$$name.in -o requirements/$$name.txt; done

clean: ## remove what was built and the demo's data
	@rm -rf var $(VENV)
