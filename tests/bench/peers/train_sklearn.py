#!/usr/bin/env python3
"""Training steps by scikit-learn's MLPClassifier: the dense classifiers of train_cases.hpp. A call takes several
batches, as it prepares much each time."""

import warnings

from peer import report, selected, time_of

import numpy as np
import sklearn
from cases import trainings
from sklearn.neural_network import MLPClassifier

HIDDEN = {"mlp": (128, 64), "odd": (90, 30)}
BATCHES = {1: 500, 100: 50, 1000: 10}

warnings.simplefilter("ignore")
rng = np.random.RandomState(3)
for c in trainings():
    name = f"{c.net}-b{c.batch}"
    if c.net not in HIDDEN or not selected(name):
        continue
    samples = c.batch * BATCHES[c.batch]
    x = rng.rand(samples, c.inputs).astype(np.float32)
    y = rng.randint(0, c.classes, samples)
    net = MLPClassifier(HIDDEN[c.net], activation="tanh", solver="sgd", alpha=0, batch_size=c.batch,
                        learning_rate_init=0.01, momentum=0, nesterovs_momentum=False, shuffle=False)
    net.partial_fit(x, y, classes=np.arange(c.classes))
    seconds = time_of(lambda: net.partial_fit(x, y))
    report("sklearn " + sklearn.__version__, name, "samples/s", samples / seconds)
