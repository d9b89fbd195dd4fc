#!/bin/sh
# Our loader of labelled CSV files and pandas' on the same file, one core each.
# usage: bench/csv_load.sh BUILD LABELLED.csv
# Needs Debian's python3-pandas (and thus Debian's own Python, whatever python3 is on the PATH).
set -eu
bench="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$1/bench/csv_load" "$2" "$work"
OPENBLAS_NUM_THREADS=1 /usr/bin/python3 "$bench/pandas_csv.py" "$work/csv_load_0.csv"
