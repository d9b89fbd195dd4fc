#!/bin/sh
# Training speed on 750,000 rows of the natural class mix: our Random Forest, scikit-learn's, and XGBoost.
# usage: bench/train_forest.sh BUILD LABELLED.csv [--full]
# --full: all 100 trees of scikit-learn's, some ten minutes. Needs Debian's python3-sklearn and python3-xgboost (and thus
# Debian's own Python, whatever python3 is on the PATH).
set -eu
bench="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$1/bench/train_forest" "$2" "$work"
/usr/bin/python3 "$bench/train_forest.py" "$work" ${3:+"$3"}
