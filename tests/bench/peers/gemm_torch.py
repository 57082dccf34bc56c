#!/usr/bin/env python3
"""Matrix products by torch.mm into memory that is there: the cases of gemm_cases.hpp."""

from peer import THREADS, report, selected, time_of

import torch
from cases import layers

PEER = "torch " + torch.__version__


def worst_error(a, b, c):
    """As in gemm_cases.hpp, of a few rows."""
    rows = slice(None, None, max(1, len(a) // 8))
    a, b, c = a[rows].double(), b.double(), c[rows].double()
    return ((c - a @ b).abs() / (a.abs() @ b.abs() * torch.finfo(torch.float32).eps + 1e-300)).max().item()


def measure(case, a, b):
    if not selected(case):
        return
    c = torch.empty(len(a), b.shape[1])
    torch.mm(a, b, out=c)
    error = worst_error(a, b, c)
    flops = 2 * a.numel() * b.shape[1]
    seconds = time_of(lambda: torch.mm(a, b, out=c))
    report(PEER, case, "GFLOP/s", 1e-9 * flops / seconds)
    if not error < 2 * a.shape[1] ** 0.5 + 8:
        report(PEER, case, "WRONG", error)


torch.set_num_threads(THREADS)
with torch.no_grad():
    for name, m, k, n in layers():
        x, w, y = (2 * torch.rand(size) - 1 for size in ((m, k), (k, n), (m, n)))
        measure(name + "-NN", x, w)
        measure(name + "-NT", y, w.t())
        measure(name + "-TN", x.t(), y)
