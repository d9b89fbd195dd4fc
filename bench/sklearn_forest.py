#!/usr/bin/python3
"""scikit-learn's half of the comparison, and the table of both sides. Run by forest_vs_sklearn.sh.

Usage: sklearn_forest.py FOLDER, where FOLDER is what the program forest_vs_sklearn wrote.
"""
import sys
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier

MIN_CLASS_ROWS = 100


def f1_per_class(truth, predicted, classes):
    scores = []
    for c in range(classes):
        hits = np.sum((truth == c) & (predicted == c))
        claims = np.sum(truth == c) + np.sum(predicted == c)
        scores.append(2 * hits / claims if claims else 0.0)
    return np.array(scores)


def main(folder):
    matrix = np.load(f"{folder}/matrix.npy")
    labels = np.load(f"{folder}/labels.npy")
    classes = open(f"{folder}/classes.txt", encoding="utf-8").read().splitlines()
    judged = np.bincount(labels, minlength=len(classes)) >= MIN_CLASS_ROWS
    sides = {"flowsift": [], "scikit-learn": []}
    f1 = {"flowsift": [], "scikit-learn": []}

    def judge(side, truth, predicted, seconds):
        scores = f1_per_class(truth, predicted, len(classes))
        f1[side].append(scores)
        sides[side].append((np.mean(truth == predicted), np.mean(scores[judged]), seconds))

    print(f"{len(labels)} rows, {matrix.shape[1]} features, {len(classes)} classes ({judged.sum()} averaged in macro-F1)")
    print("100 trees, 2 threads each; ratio: scikit-learn's seconds / ours")
    print(f"{'':6}{'accuracy':>24}{'macro-F1':>24}{'seconds':>24}")
    print(f"{'seed':6}" + f"{'flowsift':>12}{'scikit':>12}" * 3 + f"{'ratio':>8}")
    for line in open(f"{folder}/ours.tsv", encoding="utf-8"):
        seed, seconds = line.split()
        train = np.load(f"{folder}/train-{seed}.npy")
        test = np.load(f"{folder}/test-{seed}.npy")
        judge("flowsift", labels[test], np.load(f"{folder}/ours-{seed}.npy"), float(seconds))
        forest = RandomForestClassifier(n_estimators=100, n_jobs=2, random_state=int(seed))
        start = time.monotonic()
        forest.fit(matrix[train], labels[train])
        seconds = time.monotonic() - start
        judge("scikit-learn", labels[test], forest.predict(matrix[test]), seconds)
        print_row(seed, sides["flowsift"][-1], sides["scikit-learn"][-1])
    print_row("mean", *(np.mean(side, axis=0) for side in sides.values()))
    print_row("sd", *(np.std(side, axis=0, ddof=1) for side in sides.values()), ratio=False)
    print_classes(classes, labels, judged, f1)


def print_row(name, ours, theirs, ratio=True):
    cells = [f"{value:12.5f}" for pair in zip(ours[:2], theirs[:2]) for value in pair]
    cells += [f"{ours[2]:12.3f}", f"{theirs[2]:12.3f}"]
    print(f"{name:6}" + "".join(cells) + (f"{theirs[2] / ours[2]:8.1f}" if ratio else ""), flush=True)


def print_classes(classes, labels, judged, f1):
    print(f"\n{'class (mean F1)':40}{'rows':>8}{'flowsift':>12}{'scikit':>12}")
    for c, name in enumerate(classes):
        note = "" if judged[c] else "  not averaged in"
        means = [np.mean([scores[c] for scores in f1[side]]) for side in f1]
        print(f"{name:40}{np.sum(labels == c):8}{means[0]:12.4f}{means[1]:12.4f}{note}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
