#!/bin/sh
# Our Random Forest and scikit-learn's on the same rows, columns and splits: one table of both.
# usage: bench/forest_vs_sklearn.sh BUILD LABELLED.csv
# Needs Debian's python3-sklearn (and thus Debian's own Python, whatever python3 is on the PATH).
set -eu
bench="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$1/bench/forest_vs_sklearn" "$2" "$work"
/usr/bin/python3 "$bench/sklearn_forest.py" "$work"
