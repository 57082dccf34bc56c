#!/usr/bin/env python3
"""Predictions by PyTorch: the cases of predict_cases.hpp, in inference mode and as a frozen script."""

from peer import THREADS, report, selected

import time

import torch
from cases import predictions
from torch import nn

PEER = "torch " + torch.__version__


def mlp(between, *sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), between()]
    return layers[:-1]


def layers_of(c):
    if c.net == "conv1d":
        return [nn.Conv1d(1, 32, 3), nn.MaxPool1d(2), nn.Flatten(), *mlp(nn.ReLU, 4064, 100, 10)]
    if c.net == "lenet":
        return [nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
                nn.MaxPool2d(2), nn.Flatten(), *mlp(nn.ReLU, 512, 128, 10)]
    if c.net.startswith("mlp"):
        return mlp(nn.ReLU if c.net == "mlprelu" else nn.Tanh, 256, 128, 64, 10)
    return mlp(nn.Tanh if c.net.startswith("tanh") else nn.ReLU, c.inputs, c.inputs, c.outputs)


def latencies(f):
    """As report_latency of predict_cases.hpp: the median of slices, the quantiles of single calls, in ns."""
    for _ in range(200):
        f()
    begin = time.perf_counter_ns()
    f()
    calls, slices, singles = 20000 // (time.perf_counter_ns() - begin) + 1, [], []
    start = time.perf_counter()
    while time.perf_counter() - start < 0.5:
        begin = time.perf_counter_ns()
        for _ in range(calls):
            f()
        slices.append((time.perf_counter_ns() - begin) / calls)
    start = time.perf_counter()
    while len(singles) < 1000 or time.perf_counter() - start < 0.5:
        begin = time.perf_counter_ns()
        f()
        singles.append(time.perf_counter_ns() - begin)
    slices.sort()
    singles.sort()
    return {"ns": slices[len(slices) // 2], "ns-99.9%": singles[int(0.999 * (len(singles) - 1))],
            "ns-max": singles[-1]}


torch.set_num_threads(THREADS)
torch.manual_seed(1)
SHAPES = {"conv1d": (1, 256), "lenet": (1, 16, 16)}
for c in predictions():
    name = f"{c.net}-b{c.batch}"
    if not selected(name):
        continue
    net = nn.Sequential(*layers_of(c)).eval()
    x = torch.rand(c.batch, *SHAPES.get(c.net, (c.inputs,)))
    with torch.inference_mode():
        script = torch.jit.freeze(torch.jit.trace(net, x))
        for variant, f in (("", net), (" script", script)):
            for metric, value in latencies(lambda: f(x)).items():
                report(PEER + variant, name, metric, value)
