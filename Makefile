# A fresh machine needs Python 3.11 or newer, git and make; everything else goes into .venv.
# All paths are relative, so that the folder's own path may hold spaces.

CANDIDATES = $(or $(PYTHON),python3.14 python3.13 python3.12 python3.11 python3)
PIP = .venv/bin/python -m pip --disable-pip-version-check --no-input
LINK = $(PIP) install --quiet --no-deps --no-build-isolation --editable .
LOCK = build/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
       --no-header --no-annotate --quiet --upgrade

# Jupyter starts many times slower where its bytecode is not kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run install test check bench bench-servers bench-statistics fuzz soak rush conformance docs lock

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

run: .venv/installed ## install if needed, start Sifu, print where it answers
	@exec .venv/bin/python -m proxy up

install: .venv/installed ## install what `make run` needs, start nothing

test: .venv/installed-dev ## run every test whose programs this machine has
	@.venv/bin/python -m pytest $(if $(WORKERS),--numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder) $(ARGS)

check: .venv/installed-dev ## style, types and floors
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/python -m mypy proxy tests bench hazards docker/sifu_image docs/generate.py
	.venv/bin/lint-imports

bench: .venv/installed-dev ## measure the relay beside other proxies; ARGS=--quick takes two minutes
	@.venv/bin/python -m bench $(ARGS)

bench-servers: .venv/installed-dev ## measure people's servers beside JupyterHub; five minutes
	@.venv/bin/python -m bench.servers $(ARGS)

bench-statistics: .venv/installed-dev ## measure the statistics of a course of 2,000; half a minute
	@.venv/bin/python -m bench.statistics

fuzz: .venv/installed-dev ## hostile responses and requests; ARGS="--inputs 10000000" takes minutes
	@.venv/bin/python -m hazards.fuzz_responses $(ARGS)
	@.venv/bin/python -m hazards.fuzz_requests

soak: .venv/installed-dev ## a million requests, then gigabytes and stalled peers; some ten minutes
	@.venv/bin/python -m hazards.soak $(ARGS)
	@.venv/bin/python -m hazards.bulk --idle-minutes 1

rush: .venv/installed-dev ## 230 people want their server at the same moment; as root, a minute
	@.venv/bin/python -m hazards.rush $(ARGS)

conformance: .venv/installed-dev ## Autobahn's websocket cases through the relay; needs Python 2.7
	@.venv/bin/python -m hazards.conformance $(ARGS)

docs: .venv/installed-dev ## rewrite the tables in docs/ that come from the code
	@.venv/bin/python docs/generate.py
	@.venv/bin/python -m proxy.web.openapi docs/openapi.json

lock: build/lock/bin/uv ## choose the newest versions anew: requirements/*.txt
	$(LOCK) pyproject.toml requirements/build.in --extra aws --group dev --output-file requirements/dev.txt
	$(LOCK) pyproject.toml requirements/build.in --extra aws --constraint requirements/dev.txt \
	  --output-file requirements/run.txt
	$(LOCK) pyproject.toml requirements/build.in --constraint requirements/dev.txt \
	  --output-file requirements/image.txt
	$(LOCK) tests/system/lti_platform/requirements.in \
	  --output-file tests/system/lti_platform/requirements.txt

.venv/made:
	@for python in $(CANDIDATES); do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	      2> /dev/null; then \
	    echo "Making .venv with $$("$$python" --version)."; \
	    "$$python" -m venv .venv && touch $@ && exit 0; \
	    exit 1; \
	  fi; \
	done; \
	echo "Sifu needs Python 3.11 or newer with its venv module, and none was found among:" >&2; \
	echo "  $(CANDIDATES)" >&2; \
	echo "Install one (on Debian and Ubuntu: apt install python3 python3-venv)," >&2; \
	echo "or name the one to use: make run PYTHON=/path/to/python3" >&2; \
	exit 1

.venv/installed: .venv/made requirements/run.txt pyproject.toml
	@echo "Installing what Sifu needs into .venv; the first time takes a minute or two."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(LINK)
	@touch $@

# dev.txt holds all of run.txt at the same versions.
.venv/installed-dev: .venv/made requirements/dev.txt pyproject.toml
	@echo "Installing Sifu's tools into .venv; the first time takes a minute or two."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(LINK)
	@touch .venv/installed $@

build/lock/bin/uv: .venv/made
	.venv/bin/python -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check install --quiet uv
