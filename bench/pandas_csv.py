#!/usr/bin/python3
"""pandas' half of the comparison of CSV loading. Run by csv_load.sh.

Usage: pandas_csv.py FILE.csv. Prints MB per second of processor time, the best of five, of read_csv with its C parser
and the float32 matrix and classes that a classifier wants.
"""
import os
import sys
import time

import numpy as np
import pandas

RUNS = 5


def best_seconds(work):
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def matrix(path):
    frame = pandas.read_csv(path)
    return frame.select_dtypes("number").to_numpy(dtype=np.float32), frame["Label"].astype("category")


def main(path):
    megabytes = os.path.getsize(path) / 1e6
    print(f"{'pandas ' + pandas.__version__:32}{megabytes / best_seconds(lambda: matrix(path)):8.0f} MB/s")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
