# Two commands for users:   make demo     make test
# One for developers:       make check
PYTHON   ?= python3
VENV     ?= .venv
BIN      := $(VENV)/bin
RUN      := PYTHONPATH=src $(BIN)/python -m bailee
CONTRACT ?=
INPUT    ?=
# What tests leave for minutes lies in memory, where there is much of it: no commit of theirs waits for a disk.
ROOM     ?= $(shell [ -w /dev/shm ] && [ "$$(df --output=avail /dev/shm | tail -1)" -gt 8000000 ] && echo /dev/shm || echo /tmp)
TAMPER   ?= 10000
SEED     ?=
SERVE    ?= 1
CASES    ?= 4000

.PHONY: demo test check bench sabotage tamper hostile faults spark format lock reference clean

demo: $(VENV)/.run  ## the whole path on your machine: contract, vault, ledger, auditor
	$(RUN) demo demo $(if $(CONTRACT),--contract $(CONTRACT)) $(if $(INPUT),--input $(INPUT)) $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/.dev programs  ## every test, on SQLite and PostgreSQL; those of the house itself are in check
	TMPDIR=$(ROOM) PYTHONPATH=src $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder --ignore tests/spark --ignore tests/structure

check: $(VENV)/.dev  ## format, lint, types, import contracts, dead code, dependencies, drift of the docs
	@MAKEFLAGS= $(MAKE) --no-print-directory -j2 --output-sync types house

.PHONY: types house
types: $(VENV)/.dev
	$(BIN)/mypy --no-error-summary src tests tools bench

house: $(VENV)/.dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	PYTHONPATH=src $(BIN)/lint-imports --no-cache > .lint-imports.log || { cat .lint-imports.log; exit 1; }
	$(BIN)/vulture
	PYTHONPATH=src $(BIN)/deptry src > .deptry.log 2>&1 || { cat .deptry.log; exit 1; }
	PYTHONPATH=src $(BIN)/python tools/reference.py --check
	PYTHONPATH=src $(BIN)/pytest tests/structure

bench: $(VENV)/.dev postgresql  ## measure; ONLY='p1 p3' chooses, QUICK=1 is short; see bench/__init__.py
	PYTHONPATH=src:. $(BIN)/python -m bench $(ONLY) $(if $(QUICK),--quick)

sabotage: $(VENV)/.dev  ## break what each control watches; exactly its obligations must fall
	PYTHONPATH=src $(BIN)/python tests/sabotage/run.py

tamper: $(VENV)/.dev  ## change finished logs in TAMPER random ways; the verifier must name every one
	PYTHONPATH=src:. $(BIN)/python tests/tamper/run.py --count $(TAMPER) $(if $(SEED),--seed $(SEED))

hostile: $(VENV)/.dev postgresql  ## hostile calls to every operation, on both engines: make hostile CASES=100000
	$(BIN)/python tests/hostile/run.py --cases $(CASES)

faults: $(VENV)/.dev postgresql  ## kill, cut, fill, stop, jump: nothing answered may be lost (SEED=, RUNS= percent, ONLY=)
	@command -v strace >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y strace >/dev/null; } || true
	PYTHONPATH=src:. $(BIN)/python -m tests.faults.run

spark: $(VENV)/.spark java  ## protect and reveal from a Spark cluster of two workers, which are killed; prints rows/s
	PYTHONPATH=src $(BIN)/pytest tests/spark -rs -s

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: $(VENV)/.dev  ## write docs/reference.md again
	PYTHONPATH=src $(BIN)/python tools/reference.py

lock:  ## pin every dependency by hash (needs uv)
	uv pip compile -q --no-header --no-strip-extras --generate-hashes --python-version 3.11 requirements/run.in -o requirements/run.txt
	uv pip compile -q --no-header --no-strip-extras --generate-hashes --python-version 3.11 requirements/dev.in -o requirements/dev.txt
	uv pip compile -q --no-header --no-strip-extras --generate-hashes --python-version 3.11 requirements/spark.in -o requirements/spark.txt
	uv pip compile -q --no-header --no-strip-extras --generate-hashes --python-version 3.12 requirements/witness.in -o requirements/witness.txt
	uv pip compile -q --no-header --no-strip-extras --generate-hashes --python-version 3.11 requirements/oidc.in -o requirements/oidc.txt

.PHONY: programs
programs:  # one after the other: two cannot install at one time
	@MAKEFLAGS= $(MAKE) --no-print-directory postgresql go softhsm gnupg chromium

.PHONY: postgresql
postgresql:  # the tests start a cluster of their own; only the programs are needed
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y postgresql >/dev/null; \
	  else echo "PostgreSQL is missing: install it with 'apt-get install postgresql'" >&2; exit 1; fi; }

.PHONY: go
go:  # another implementation checks our logs; without it those tests are skipped, and say so
	@command -v go >/dev/null 2>&1 && [ -d /usr/share/gocode/src/golang.org/x/mod ] || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends golang-go golang-golang-x-mod-dev >/dev/null; \
	  else echo "Go is missing: the interop tests are skipped (apt-get install golang-go golang-golang-x-mod-dev)" >&2; fi; }

.PHONY: softhsm
softhsm:  # a token with the interface of every HSM; a root key lives in it
	@command -v softhsm2-util >/dev/null 2>&1 && command -v pkcs11-tool >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y softhsm2 opensc >/dev/null; \
	  else echo "SoftHSM is missing: install it with 'apt-get install softhsm2 opensc'" >&2; exit 1; fi; }

.PHONY: gnupg
gnupg:  # opens what was encrypted to an OpenPGP certificate, as its recipient would
	@command -v gpg >/dev/null 2>&1 && command -v gpgconf >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y gnupg >/dev/null; \
	  else echo "GnuPG is missing: install it with 'apt-get install gnupg'" >&2; exit 1; fi; }

.PHONY: chromium
chromium:  # the browser in which the pages are tested
	@command -v chromium-headless-shell >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium-headless-shell >/dev/null; \
	  else echo "Chromium is missing: install it with 'apt-get install chromium-headless-shell'" >&2; exit 1; fi; }

.PHONY: java
java:  # Spark runs on it
	@command -v java >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y default-jre-headless >/dev/null; \
	  else echo "Java is missing: install it with 'apt-get install default-jre-headless'" >&2; exit 1; fi; }

$(VENV)/.run: requirements/run.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	touch $@

$(VENV)/.dev: requirements/dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@ $(VENV)/.run

$(VENV)/.spark: requirements/spark.txt $(VENV)/.dev  # half a gigabyte: only for those who want it
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/spark.txt
	touch $@

clean:
	rm -rf demo dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .lint-imports.log .deptry.log
