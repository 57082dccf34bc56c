#!/usr/bin/env python3
"""k-means and t-SNE by scikit-learn on the USPS digits, with the settings of bench_unsupervised.cpp.

usage: unsupervised_sklearn.py FOLDER-OF-zip.train-AND-zip.test
"""

import gzip
import os
import pathlib
import resource
import statistics
import sys

from peer import THREADS, report, seconds_of, selected

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.manifold import TSNE

PEER = "sklearn " + sklearn.__version__


def images(name):
    return np.loadtxt(pathlib.Path(sys.argv[1]) / name, dtype=np.float32)[:, 1:]


def k_means(x, init, starts, seed):
    """Seconds and the model."""
    model = KMeans(10, init=init, n_init=starts, algorithm="lloyd", max_iter=300, tol=1e-4, random_state=seed)
    return seconds_of(lambda: model.fit(x)), model


def measure_starts(x, init):
    case = "kmeans-7291x256-k10-" + init
    if not selected(case):
        return
    seconds, models = zip(*(k_means(x, init, 1, seed) for seed in range(9)))
    iterations = [model.n_iter_ for model in models]
    inertia = [model.inertia_ for model in models]
    report(PEER, case, "seconds", statistics.median(seconds))
    report(PEER, case, "iterations-median", statistics.median(iterations))
    report(PEER, case, "ms-per-iteration", 1e3 * sum(seconds) / sum(iterations))
    report(PEER, case, "inertia-best", min(inertia))
    report(PEER, case, "inertia-median", statistics.median(inertia))


def measure_ten_starts(x):
    case = "kmeans-7291x256-k10-10starts"
    if selected(case):
        seconds, model = k_means(x, "k-means++", 10, 0)
        report(PEER, case, "seconds", seconds)
        report(PEER, case, "inertia-best", model.inertia_)


def measure_tsne(case, x, init):
    if selected(case):
        model = TSNE(2, init=init, learning_rate="auto", random_state=0, n_jobs=THREADS)
        report(PEER, case, "seconds", seconds_of(lambda: model.fit_transform(x)))
        report(PEER, case, "KL", model.kl_divergence_)
        report(PEER, case, "iterations", model.n_iter_)


def measure_fashion():
    """All of Fashion-MNIST; only if it is named, as it takes long."""
    case = "tsne70000-pca"
    if not os.environ.get("PB_FILTER", "").startswith("tsne70000"):
        return
    folder = pathlib.Path("/usr/share/datasets/fashion-mnist")
    parts = [np.frombuffer(gzip.open(folder / f"{part}-images-idx3-ubyte.gz").read(), np.uint8, offset=16)
             for part in ("train", "t10k")]
    x = np.concatenate(parts).reshape(-1, 784).astype(np.float32) / 255
    measure_tsne(case, x, "pca")
    report(PEER, case, "peak-MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if len(sys.argv) != 2:
    sys.exit(__doc__.strip())
train, test = images("zip.train"), images("zip.test")
measure_starts(train, "k-means++")
measure_starts(train, "random")
measure_ten_starts(train)
measure_tsne("tsne2007-pca", test, "pca")
measure_tsne("tsne2007-random", test, "random")
measure_tsne("tsne7291-pca", train, "pca")
measure_fashion()
