#!/bin/sh
# What one verdict costs: our engines, libxgboost and scikit-learn on the same rows, in one run on one core.
# usage: bench/inference.sh BUILD LABELLED.csv
# Needs Debian's python3-sklearn (and thus Debian's own Python, whatever python3 is on the PATH).
set -eu
bench="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
taskset -c 0 "$1/bench/inference" "$2" "$work"
taskset -c 0 /usr/bin/python3 "$bench/sklearn_inference.py" "$work"
