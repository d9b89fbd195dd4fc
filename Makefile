# A thin face over CMake presets: `make help` lists what there is.
# Two commands are enough on a fresh Debian 12: `make run` and `make test`.

JOBS ?= $(shell nproc)
SECONDS_EACH ?= 10
BUILD := build/release

.PHONY: help deps build run test browser check analyze bench fuzz corpus coverage install clean
.DEFAULT_GOAL := help

help:  ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

deps:  ## Install the Debian packages that building, testing and checking need (sudo where not root)
	@packaging/install-packages build test check
	@command -v npm >/dev/null || packaging/install-packages web

build:  ## Configure and build the program: build/release/flowsift
	@packaging/install-packages build test
	@command -v npm >/dev/null || packaging/install-packages web
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS)

run: build  ## Train on the lab's recording, judge the held-out one, watch it, show the dashboard
	@lab/demo $(BUILD)/flowsift

test: build browser  ## Unit, golden, end-to-end and (where Chromium is) browser tests (FLOWSIFT_DATA=folder adds those on other people's traffic)
	ctest --preset release --parallel $(JOBS)

browser:
	@if command -v npm >/dev/null && command -v chromium >/dev/null && test ! -d tests/browser/node_modules/playwright-core; then \
	  cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; fi

check: deps  ## Tests under sanitizers (real traffic: make corpus), clang-tidy, SECONDS_EACH=10 s of each fuzz target
	cmake --preset release
	cmake --preset sanitize
	cmake --build --preset sanitize --parallel $(JOBS)
	env -u FLOWSIFT_DATA ctest --preset sanitize --parallel $(JOBS)
	packaging/run-clang-tidy build/sanitize $(JOBS) --checks='-clang-analyzer-*'
	fuzz/run build/sanitize/fuzz $(SECONDS_EACH)

analyze: deps  ## All of clang-tidy, its path-sensitive analyzer too: before a release, some ten minutes
	cmake --preset sanitize
	packaging/run-clang-tidy build/sanitize $(JOBS)

fuzz: deps  ## Only the fuzz targets, SECONDS_EACH=10 s each
	cmake --preset sanitize
	cmake --build --preset sanitize --parallel $(JOBS) --target fuzz_targets
	fuzz/run build/sanitize/fuzz $(SECONDS_EACH)

bench: build  ## Compare with other programs on this machine (docs/performance.md says how to read it)
	@packaging/install-packages bench
	cmake --preset release -DFLOWSIFT_BENCH=ON
	cmake --build --preset release --parallel $(JOBS)
	bench/run $(BUILD)

corpus: deps  ## All captures of FLOWSIFT_DATA's corpus, and ten mutants of each, under sanitizers
	@: "$${FLOWSIFT_DATA:?set FLOWSIFT_DATA to the folder that holds corpus/captures.tar.zst}"
	cmake --preset sanitize
	cmake --build --preset sanitize --parallel $(JOBS) --target corpus_driver
	tests/corpus_sweep.py build/sanitize/tests/corpus_driver

coverage: deps  ## Line coverage of tests and corpus by folder; fails where decode or capture are under 90 %
	cmake --preset coverage
	cmake --build --preset coverage --parallel $(JOBS) --target capture_test decode_test corpus_driver flowsift
	tests/coverage.py build/coverage

install: build  ## Install the program and its documents (PREFIX=/usr/local, DESTDIR honoured)
	cmake --install $(BUILD) --prefix "$(or $(PREFIX),/usr/local)"

clean:  ## Remove everything that was built
	rm -rf build
