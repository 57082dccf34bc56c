#!/usr/bin/env python3
"""Elementwise functions and softmax by PyTorch: the cases of elementwise_cases.hpp; errors against numpy in double."""

from peer import THREADS, report, selected, time_of

import numpy as np
import torch

PEER = "torch " + torch.__version__
MILLION = 1 << 20
# name: the function, the exact one, the range whose error is measured.
FUNCTIONS = {
    "tanh": (torch.tanh, np.tanh, -20, 20),
    "exp": (torch.exp, np.exp, -80, 80),
    "sigmoid": (torch.sigmoid, lambda v: 1 / (1 + np.exp(-v)), -20, 20),
    "log": (torch.log, np.log, 1e-6, 80),
}


def uniform(*size, low=-4):
    return low + (4 - low) * torch.rand(*size)


def max_ulp(function, exact, low, high):
    small = np.ldexp(1 + np.linspace(0, 1, MILLION // 2), np.arange(MILLION // 2) % 24 - 22)
    small[1::2] *= -1 if low < 0 else 1
    x = np.concatenate([np.linspace(low, high, MILLION // 2), small]).astype(np.float32)
    result, truth = function(torch.from_numpy(x)).numpy().astype(np.float64), exact(x.astype(np.float64))
    counts = np.abs(truth) > 1e-30
    unit = np.ldexp(1.0, np.frexp(truth[counts])[1] - 24)
    return (np.abs(result - truth)[counts] / unit).max()


torch.set_num_threads(THREADS)
for name, (function, exact, low, high) in FUNCTIONS.items():
    for case, n in ((name + "-1M", MILLION), (name + "-8K", 8192)):
        if selected(case):
            x, y = uniform(n, low=0.1 if low > 0 else -4), torch.empty(n)
            report(PEER, case, "ns/elem", 1e9 / n * time_of(lambda: function(x, out=y)))
    if selected(name):
        report(PEER, name, "max-ulp", max_ulp(function, exact, low, high))
for columns in (10, 1024):
    case = f"softmax-{columns}cols-1M"
    if selected(case):
        x = uniform(MILLION // columns, columns)
        report(PEER, case, "ns/elem", 1e9 / x.numel() * time_of(lambda: torch.softmax(x, 1)))
