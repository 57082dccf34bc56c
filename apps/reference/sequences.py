"""The experiment `sequences` in PyTorch: the same networks, data, rule and numbers of steps."""

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


def add(kind, seed, steps):
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    net = Reader(kind, 2, 32, 1)
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(steps):
        x, y = adding_problem(BATCH, generator)
        step(net, optimiser, nn.functional.mse_loss(net(x), y))
    x, y = adding_problem(2000, generator)
    with torch.no_grad():
        return {"mse/test": nn.functional.mse_loss(net(x), y).item()}


def evaluate(net, x, y):
    with torch.no_grad():
        z = net(x)
        return nn.functional.cross_entropy(z, y).item(), (z.argmax(1) == y).float().mean().item()


def read_digits(kind, seed, train, test, epochs):
    """With the parameters of the epoch that did best on a tenth of the training set."""
    torch.manual_seed(seed)
    (x, y), test = (((x.view(-1, 16, 16)), y) for x, y in (train, test))
    order = torch.randperm(len(x))
    held, rest = order[:-(-len(x) // 10)], order[-(-len(x) // 10):]
    net = Reader(kind, 16, 64, 10)
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    best, kept = float("inf"), None
    for _ in range(epochs):
        for rows in rest[torch.randperm(len(rest))].split(BATCH):
            step(net, optimiser, nn.functional.cross_entropy(net(x[rows]), y[rows]))
        cost, _ = evaluate(net, x[held], y[held])
        if cost < best:
            best, kept = cost, {name: value.clone() for name, value in net.state_dict().items()}
    net.load_state_dict(kept)
    return {"accuracy/test": evaluate(net, *test)[1]}


def adding(kind):
    return lambda run: run.each(lambda run, seed: add(KINDS[kind], seed, run.length(STEPS)), f"adding-{kind}/")


def digits(kind):
    return lambda run: run.each(lambda run, seed: read_digits(KINDS[kind], seed, *run.usps, run.length(EPOCHS)),
                                f"digits-{kind}/")


LONG_JOBS = {f"sequences/{name}-{kind}": task(kind) for name, task in (("adding", adding), ("digits", digits))
             for kind in KINDS}
