#!/bin/sh
# SMOTE on 750,000 rows of the natural class mix: ours and imbalanced-learn's, two threads each.
# usage: bench/smote.sh BUILD LABELLED.csv [CAP|full] [plain|borderline]; without, 20000 rows per class and plain
# Needs Debian's python3-imblearn (and thus Debian's own Python, whatever python3 is on the PATH); "full" takes
# imbalanced-learn many minutes and more memory than most machines have.
set -eu
bench="$(cd "$(dirname "$0")" && pwd)"
cap="${3:-20000}"
variant="${4:-plain}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$1/bench/smote" "$2" "$variant" "$cap" "$work"
OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 /usr/bin/python3 "$bench/smote.py" "$work" "$cap" "$variant"
