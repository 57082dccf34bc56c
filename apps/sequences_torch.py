#!/usr/bin/python3
"""The experiment `sequences` in PyTorch: the same networks, data, rule and numbers of steps.

Usage: sequences_torch.py [--out DIR] [--data DIR] [--runs N] [--seed N] [--only PREFIX]

Writes summary.csv with the ids of the experiment's: mean and standard deviation over the runs. The
digits need the USPS files zip.train and zip.test in DIR or DIR/usps; without --data they are left out. Needs
Debian's python3-torch.
"""
import argparse
import csv
import pathlib
import statistics

import numpy as np
import torch
from torch import nn

KINDS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
LENGTH, STEPS, EPOCHS, BATCH = 100, 3000, 30, 64


class Reader(nn.Module):
    """A recurrent layer, and a linear one on its last state."""

    def __init__(self, kind, inputs, hidden, outputs):
        super().__init__()
        self.layer = kind(inputs, hidden, batch_first=True)
        self.last = nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.last(self.layer(x)[0][:, -1])


def step(net, optimiser, cost):
    optimiser.zero_grad()
    cost.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1)
    optimiser.step()


def adding_problem(size, generator):
    x = np.zeros((size, LENGTH, 2), dtype=np.float32)
    x[:, :, 0] = generator.random((size, LENGTH))
    rows, half = np.arange(size), LENGTH // 2
    marks = generator.integers(0, half, size), generator.integers(half, LENGTH, size)
    for mark in marks:
        x[rows, mark, 1] = 1
    y = sum(x[rows, mark, 0] for mark in marks)
    return torch.from_numpy(x), torch.from_numpy(y[:, None])


def add(kind, seed):
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    net = Reader(kind, 2, 32, 1)
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(STEPS):
        x, y = adding_problem(BATCH, generator)
        step(net, optimiser, nn.functional.mse_loss(net(x), y))
    x, y = adding_problem(2000, generator)
    with torch.no_grad():
        return {"mse/test": nn.functional.mse_loss(net(x), y).item()}


def read_usps(folder, name):
    path = next((path for path in (folder / name, folder / "usps" / name) if path.exists()), None)
    if path is None:
        raise SystemExit(f"sequences_torch.py: no {name} in {folder}")
    table = np.loadtxt(path, dtype=np.float32)
    return torch.from_numpy(table[:, 1:].reshape(-1, 16, 16)), torch.from_numpy(table[:, 0]).long()


def evaluate(net, x, y):
    with torch.no_grad():
        z = net(x)
        return nn.functional.cross_entropy(z, y).item(), (z.argmax(1) == y).float().mean().item()


def read_digits(kind, seed, train, test):
    """With the parameters of the epoch that did best on a tenth of the training set."""
    torch.manual_seed(seed)
    x, y = train
    order = torch.randperm(len(x))
    held, rest = order[:-(-len(x) // 10)], order[-(-len(x) // 10):]
    net = Reader(kind, 16, 64, 10)
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    best, kept = float("inf"), None
    for _ in range(EPOCHS):
        for rows in rest[torch.randperm(len(rest))].split(BATCH):
            step(net, optimiser, nn.functional.cross_entropy(net(x[rows]), y[rows]))
        cost, _ = evaluate(net, x[held], y[held])
        if cost < best:
            best, kept = cost, {name: value.clone() for name, value in net.state_dict().items()}
    net.load_state_dict(kept)
    return {"accuracy/validation": evaluate(net, x[held], y[held])[1],
            "accuracy/test": evaluate(net, *test)[1]}


def experiments(data):
    """By the first part of their ids."""
    jobs = {f"adding-{name}": lambda seed, kind=kind: add(kind, seed) for name, kind in KINDS.items()}
    if data:
        train, test = (read_usps(data, name) for name in ("zip.train", "zip.test"))
        for name, kind in KINDS.items():
            jobs[f"digits-{name}"] = lambda seed, kind=kind: read_digits(kind, seed, train, test)
    return jobs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("results/sequences_torch"))
    parser.add_argument("--data", type=pathlib.Path, help="folder with zip.train and zip.test")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0, help="of the first run")
    parser.add_argument("--only", default="", help="what ids begin with, such as adding-gru")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    with open(options.out / "summary.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "runs", "mean", "sd"])
        for name, job in experiments(options.data).items():
            if not name.startswith(options.only):
                continue
            runs = [job(options.seed + run) for run in range(options.runs)]
            for metric in runs[0]:
                values = [run[metric] for run in runs]
                row = [f"{name}/{metric}", len(values), statistics.mean(values),
                       statistics.stdev(values) if len(values) > 1 else ""]
                writer.writerow(row)
                file.flush()
                print(*row)


if __name__ == "__main__":
    main()
