#!/usr/bin/python3
"""scikit-learn's half of the inference figures, and the ratios. Run by inference.sh.

Usage: sklearn_inference.py FOLDER, where FOLDER is what the program inference wrote.
"""
import sys
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier

BATCH = 64
CALLS = 300


def median_us(forest, rows, batch):
    times = []
    for call in range(min(CALLS, len(rows) // batch)):
        some = rows[call * batch:(call + 1) * batch]
        start = time.perf_counter()
        forest.predict_proba(some)
        times.append((time.perf_counter() - start) / batch * 1e6)
    return np.median(times)


def main(folder):
    train, test, features = map(int, open(f"{folder}/shape.txt", encoding="utf-8").read().split())
    rows = np.fromfile(f"{folder}/rows.f32", dtype="<f4").reshape(train + test, features)
    labels = np.fromfile(f"{folder}/labels.u16", dtype="<u2")
    one, batch, early = map(float, open(f"{folder}/ours.txt", encoding="utf-8").read().split())
    forest = RandomForestClassifier(n_estimators=100, n_jobs=1, random_state=1).fit(rows[:train], labels[:train])
    theirs_one = median_us(forest, rows[train:], 1)
    theirs_batch = median_us(forest, rows[train:], BATCH)
    print("\nscikit-learn's random forest of 100 trees (predict_proba) and ours (the whole verdict); µs a row")
    print(f"{'':34}{'scikit-learn':>14}{'flowsift':>10}{'ratio':>9}")
    for name, theirs, ours in (("one row", theirs_one, one), ("batches of 64", theirs_batch, batch),
                               ("batches of 64, early exit", theirs_batch, early)):
        print(f"{name:34}{theirs:14.1f}{ours:10.2f}{theirs / ours:9.0f}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
