#!/usr/bin/python3
"""scikit-learn's and XGBoost's side of the comparison of training speed, and the table of all. Run by train_forest.sh.

Usage: train_forest.py FOLDER [--full], where FOLDER is what the program train_forest wrote. Without --full scikit-learn
trains 10 trees and its seconds are multiplied by 10, for its hundred take some ten minutes.
"""
import sys
import time

import numpy as np
import xgboost
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score

THREADS = 2
TREES = 100
MIN_CLASS_ROWS = 100


def timed(work):
    start = time.monotonic()
    result = work()
    return result, time.monotonic() - start


def sklearn_side(rows, labels, tested, full):
    trees = TREES if full else TREES // 10
    forest = RandomForestClassifier(n_estimators=trees, n_jobs=THREADS, random_state=1)
    _, seconds = timed(lambda: forest.fit(rows, labels))
    return forest.predict(tested), seconds * TREES / trees


def xgboost_side(rows, labels, tested):
    """From the NumPy matrix to the model, as for the other two: making the DMatrix is part of it."""
    parameters = {"tree_method": "hist", "max_depth": 6, "nthread": THREADS, "objective": "multi:softmax",
                  "num_class": int(labels.max()) + 1}
    model, seconds = timed(lambda: xgboost.train(parameters, xgboost.DMatrix(rows, labels, nthread=THREADS), 100))
    return model.predict(xgboost.DMatrix(tested)).astype(int), seconds


def main(folder, full):
    matrix, labels, train, test = (np.load(f"{folder}/{name}.npy") for name in ("matrix", "labels", "train", "test"))
    rows, tested, truth = matrix[train], matrix[test], labels[test]
    judged = np.flatnonzero(np.bincount(labels) >= MIN_CLASS_ROWS)
    our_seconds, our_bytes = map(float, open(f"{folder}/ours.tsv", encoding="utf-8").read().split())
    print(f"{len(train)} rows, {matrix.shape[1]} features, {THREADS} threads; macro-F1 over {len(judged)} classes; "
          f"our trainer's memory: {our_bytes:.2f} bytes per cell")
    print(f"{'':24}{'seconds':>10}{'ratio':>8}{'accuracy':>10}{'macro-F1':>10}")

    def show(name, predicted, seconds):
        f1 = f1_score(truth, predicted, labels=judged, average="macro", zero_division=0)
        print(f"{name:24}{seconds:10.1f}{seconds / our_seconds:8.1f}{accuracy_score(truth, predicted):10.5f}{f1:10.5f}",
              flush=True)

    show("flowsift", np.load(f"{folder}/ours.npy"), our_seconds)
    show("XGBoost hist", *xgboost_side(rows, labels[train], tested))
    show("scikit-learn" if full else "scikit-learn, 10 trees", *sklearn_side(rows, labels[train], tested, full))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--full"]):
        sys.exit(__doc__)
    main(sys.argv[1], len(sys.argv) == 3)
