"""USPS digits: usps_multiclass and usps_conv1d in PyTorch."""

import torch
from torch import nn
from torch.nn import functional

from stack import Member, Stack, accuracies, cross_entropy, squared

STARTS = {"torch": None, "uniform": 0.5}
MARKS = (100, 500, 1000)


def hidden(activation):
    return [activation, activation, lambda z: z]


def probabilities_squared(z, y):
    return squared(z.softmax(-1), functional.one_hot(y, 10))


def train(run, activation, cost, steps):
    """Test accuracies by (step, start, iteration). Steps are texts."""
    (x, y), (x_test, y_test) = run.usps
    kinds = [(step, start) for step in steps for start in STARTS]
    stack = Stack((256, 128, 64, 10), hidden(activation),
                  [Member(seed, float(step), STARTS[start]) for step, start in kinds for seed in run.seeds])
    wanted = {run.length(mark): mark for mark in MARKS}
    found, last = {}, max(wanted)
    for iteration in stack.train(x + 1, y, cost, 100, last):
        if iteration in wanted:
            every = accuracies(stack.predict(x_test + 1), y_test)
            for i, kind in enumerate(kinds):
                found[*kind, wanted[iteration]] = every[i * len(run.seeds):(i + 1) * len(run.seeds)]
        if iteration == last:
            return found


def named(table, found, step, marks):
    return {f"{table}-{start}/accuracy-{mark}/test": found[step, start, mark] for start in STARTS for mark in marks}


def tanh(run):
    found = train(run, torch.tanh, cross_entropy, ("1e-1", "1e-2", "1e-3", "1e-4", "1e-6"))
    values = named("T1-CE", found, "1e-3", [1000]) | named("T2", found, "1e-3", MARKS) | named("tanh", found, "1e-3", [500])
    for step in ("1e-1", "1e-2", "1e-3", "1e-4", "1e-6"):
        values |= named(f"T3-{step}", found, step, (100, 1000))
    return values


def squared_error(run):
    found = train(run, torch.tanh, probabilities_squared, ("1e-3", "1e-2"))
    return named("T1-MSE", found, "1e-3", [1000]) | named("T1-MSE-1e-2", found, "1e-2", [1000])


def sigmoid(run):
    found = train(run, torch.sigmoid, cross_entropy, ("1e-3", "1e-2"))
    return named("sigmoid", found, "1e-3", [500]) | named("sigmoid-1e-2", found, "1e-2", [500])


# --- Convolution along the image ------------------------------------------------------------------------------------

CONV_MARKS = (100, 250)


def conv1d():
    return nn.Sequential(nn.Unflatten(1, (1, 256)), nn.Conv1d(1, 32, 3), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(4064, 100),
                         nn.ReLU(), nn.Linear(100, 10))


def share(net, x, y):
    with torch.no_grad():
        return (net(x).argmax(1) == y).float().mean().item()


def convolution(name, step, draw=None):
    """draw: of each parameter at the start; without it PyTorch's own."""
    def one(run, seed):
        (x, y), (x_test, y_test) = run.usps
        torch.manual_seed(seed)
        rows = torch.randperm(len(x))[:200]
        x, y, net, values = x[rows] + 1, y[rows], conv1d(), {}
        for parameter in net.parameters() if draw else ():
            draw(parameter)
        rule = torch.optim.SGD(net.parameters(), step)
        marks = {run.length(mark): mark for mark in CONV_MARKS}
        for epoch in range(1, max(marks) + 1):
            for batch in torch.randperm(200).split(20):
                rule.zero_grad()
                functional.cross_entropy(net(x[batch]), y[batch]).backward()
                rule.step()
            if epoch in marks:
                for split, part in (("train", (x, y)), ("test", (x_test + 1, y_test))):
                    values[f"{name}-{marks[epoch]}/accuracy/{split}"] = share(net, *part)
        return values
    return lambda run: run.each(one)


JOBS = {"usps_multiclass/tanh": tanh, "usps_multiclass/T1-MSE": squared_error, "usps_multiclass/sigmoid": sigmoid,
        "usps_conv1d/torch-0.01": convolution("torch-0.01", 0.01),
        "usps_conv1d/torch-0.001": convolution("torch-0.001", 0.001),
        "usps_conv1d/uniform-0.01": convolution("uniform-0.01", 0.01, lambda p: nn.init.uniform_(p, -1, 1)),
        "usps_conv1d/normal-0.001": convolution("normal-0.001", 0.001, lambda p: nn.init.normal_(p, 0, 0.1))}
