#!/usr/bin/python3
"""imbalanced-learn's half of the comparison of SMOTE. Run by smote.sh.

Usage: smote.py FOLDER CAP plain|borderline, where FOLDER is what the program smote wrote. imbalanced-learn gets scaled
rows, for it scales none itself, and two threads for its neighbours; only its own work is timed.
"""
import resource
import sys
import time
import warnings

import numpy as np
from imblearn.over_sampling import SMOTE, BorderlineSMOTE
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

LEAST_ROWS = 6  # Of a class: imbalanced-learn wants more rows than neighbours.


def main(folder, cap, variant):
    warnings.simplefilter("ignore")
    labels = np.load(f"{folder}/labels.npy")
    rows = StandardScaler().fit_transform(np.load(f"{folder}/matrix.npy"))
    counts = np.bincount(labels)
    largest = counts.max() if cap == "full" else int(cap)
    targets = {c: max(largest, n) for c, n in enumerate(counts) if n >= LEAST_ROWS}
    kept = np.isin(labels, list(targets))
    kind = BorderlineSMOTE if variant == "borderline" else SMOTE
    sampler = kind(sampling_strategy=targets, random_state=1, k_neighbors=NearestNeighbors(n_neighbors=6, n_jobs=2))
    start = time.monotonic()
    made, _ = sampler.fit_resample(rows[kept], labels[kept])
    seconds = time.monotonic() - start
    ours = float(open(f"{folder}/ours.tsv", encoding="utf-8").read())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    print(f"imbalanced-learn: {kept.sum()} rows to {len(made)}: {seconds:.2f} s, peak {peak:.2f} GB")
    print(f"seconds, imbalanced-learn / flowsift: {seconds / ours:.1f}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
