# make report   baut die Umgebung (.venv), wenn nötig, und schreibt die Berichte nach reports/
# make test     baut die Umgebung, wenn nötig, und prüft alles
# make lint     prüft Schreibweise und Typen
# make bench    misst die Geschwindigkeit (BENCH_ARGS="engine chain": nur diese Teile)
# make pictures macht die Bilder der README aus den Berichten (braucht chromium)
# make lock     schreibt requirements.lock neu (UPGRADE=1: mit den neuesten Fassungen)
# make clean    löscht, was die anderen Ziele gebaut haben
#
# PYTHON=/pfad/zu/python3 wählt den Python, mit dem die Umgebung gebaut wird (3.11 bis 3.14).

SHELL := /bin/sh
PYTHON ?=
BIN := .venv/bin
# Written last, so that an installation that was cut short is done anew; holds the folder it was made for,
# since an environment does not survive a move.
READY := .venv/ready
MOVED := $(if $(wildcard $(READY)),$(shell test "$$(cat $(READY))" = "$$(pwd)" || echo moved))
UV := .tools/uv
UV_VERSION := 0.13.9
RUN_ARGS ?=
BENCH_ARGS ?=
TEST_ARGS ?=
# Two workers where there are two cores; tests/conftest.py says which tests stay together.
TEST_WORKERS := -n logical --maxprocesses 2

# Prints the Python to use, or says what is missing.
define FIND_PYTHON
fits() { "$$1" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' >/dev/null 2>&1; }; \
python=; \
for candidate in $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11 python); do \
	if fits "$$candidate"; then python="$$candidate"; break; fi; \
done; \
if [ -z "$$python" ]; then \
	echo "wohnlib braucht Python 3.11 bis 3.14 mit dem Modul venv; gefunden: $$("$(or $(PYTHON),python3)" --version 2>&1 || true)" >&2; \
	echo "Installieren Sie eine passende Fassung oder nennen Sie sie: make PYTHON=/pfad/zu/python3 …" >&2; \
	exit 2; \
fi
endef

# Makes an empty environment $(1); `$$pip` then installs into it. Debian's Python may lack ensurepip.
define EMPTY_VENV
if "$$python" -c 'import ensurepip' >/dev/null 2>&1; then \
	"$$python" -m venv --clear $(1) && pip="$(1)/bin/python -m pip"; \
else \
	"$$python" -m venv --clear --without-pip $(1) && pip="$$python -m pip --python $(1)/bin/python"; \
fi
endef

.NOTPARALLEL:
.PHONY: report test lint bench lock clean moved pictures

report: $(READY)
	$(BIN)/wohnlib prepare
	$(BIN)/wohnlib run $(RUN_ARGS)

test: $(READY)
	$(BIN)/python -m pytest $(TEST_WORKERS) $(TEST_ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

$(READY): requirements.lock pyproject.toml $(MOVED)
	@rm -f $@
	@set -e; $(FIND_PYTHON); \
	echo "Die Umgebung .venv wird gebaut ($$("$$python" --version)); das dauert etwa eine Minute."; \
	$(call EMPTY_VENV,.venv); \
	$$pip install --quiet --require-hashes -r requirements.lock; \
	$$pip install --quiet --no-deps --no-build-isolation -e .; \
	pwd > $@

# Comments in the lock name packages only: no address of an index, no path of a machine.
# The pictures of the README, made from the run with headless Chromium.
SHOT = chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
	--disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$$(mktemp -d)"
pictures: report
	mkdir -p docs/pictures
	$(SHOT) --window-size=1280,960 --screenshot=docs/pictures/index.png "file://$$(pwd)/reports/index.html"
	$(SHOT) --window-size=1280,1240 --screenshot=docs/pictures/report.png "file://$$(pwd)/reports/03251012_diepholz.html"

lock: $(UV)/ready
	@cp requirements.lock requirements.lock.new 2>/dev/null || true
	$(UV)/bin/uv pip compile pyproject.toml --quiet --no-config --extra test --universal \
		--python-version 3.11 --fork-strategy fewest --generate-hashes $(if $(UPGRADE),--upgrade) \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--output-file requirements.lock.new >/dev/null
	@mv requirements.lock.new requirements.lock

$(UV)/ready: Makefile
	@rm -f $@
	@set -e; $(FIND_PYTHON); \
	$(call EMPTY_VENV,$(UV)); \
	$$pip install --quiet uv==$(UV_VERSION); \
	touch $@

clean:
	rm -rf .venv .tools reports .ci/pages/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find data/processed -type f ! -name README.md -delete
	find wohnlib tests -type d -name __pycache__ -prune -exec rm -rf {} +
