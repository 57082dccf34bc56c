"""The report's points in the plane: linear_classification in scikit-learn, the other experiments in PyTorch."""

import numpy as np
import torch
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split

from stack import Member, Stack, accuracies, squared

SAMPLES, JITTER = 1000, 0.02
TWO = ((1, 1, 1), (-1, -1, 0))  # centres and their labels
FOUR = ((1, 1, 1), (-1, 1, 0), (-1, -1, 1), (1, -1, 0))
NET = {"xor": (2, 50, 1), "board": (2, 50, 20, 1), "separable": (2, 3, 1)}


def clouds(centres, variance):
    def draw(rng):
        centre = np.array(centres)[np.arange(SAMPLES) % len(centres)]
        return rng.normal(centre[:, :2], np.sqrt(variance)), centre[:, 2]
    return draw


def board(cells):
    def draw(rng):
        x = rng.uniform(-cells / 2, cells / 2, (SAMPLES, 2))
        return x, np.ceil(x).sum(1) % 2
    return draw


def parts(draw, seeds):
    """For each seed its points, moved after their labels were set: x and y to train, x and y to test."""
    found = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        x, y = draw(rng)
        split = train_test_split(x + rng.normal(0, JITTER, x.shape), y, test_size=0.2, random_state=42)
        found.append([torch.tensor(split[i], dtype=torch.float32) for i in (0, 2, 1, 3)])
    return [torch.stack(same) for same in zip(*found)]


def train(run, draw, net, batch, epochs, step, start=None, marks=()):
    """The accuracies, train and test, at each of the marks (epochs), and at the end."""
    x, y, x_test, y_test = parts(draw, run.seeds)
    layers = [torch.tanh] * (len(NET[net]) - 2) + [torch.sigmoid]
    stack = Stack(NET[net], layers, [Member(seed, step, start) for seed in run.seeds])
    per_epoch = -(-x.shape[1] // batch)
    wanted = {run.length(epoch) * per_epoch: epoch for epoch in (*marks, epochs)}
    found = {}
    for iteration in stack.train(x, y[..., None], squared, batch, run.length(epochs)):
        if iteration in wanted:
            found[wanted[iteration]] = {"train": accuracies(stack.predict(x), y),
                                        "test": accuracies(stack.predict(x_test), y_test)}
    return found


def both(setting, found):
    return {f"{setting}/accuracy/{split}": values for split, values in found.items()}


def linear_classification(run):
    every = zip(*(part.numpy() for part in parts(clouds(TWO, 0.1), run.seeds)))
    return {"mse/accuracy/test": [float(np.mean((LinearRegression().fit(x, y).predict(x_test) > 0.5) == y_test))
                                  for x, y, x_test, y_test in every]}


def separable_mlp(run):
    draw, whole = clouds(TWO, 0.1), 800
    return {key: value for setting, step in (("sum", 0.01), ("batch_mean", 0.01 / whole))
            for key, value in both(setting, train(run, draw, "separable", whole, 1000, step)[1000]).items()}


def four_clouds(run):
    values, whole = {}, 800
    for setting, variance, step in (("apart", 0.1, 1e-4), ("overlapping", 0.5, 1e-4), ("mean", 0.1, 1e-4 / whole)):
        found = train(run, clouds(FOUR, variance), "xor", whole, 1000, step, marks=(600,))
        values |= both(setting, found[1000])
        if setting == "overlapping":
            values["overlapping/accuracy-600/test"] = found[600]["test"]
            values["overlapping/fall-after-600/test"] = [a - b for a, b in zip(found[600]["test"], found[1000]["test"])]
    return values


def checkerboard(cells, start, epochs):
    def job(run):
        name = f"{cells}x{cells}-{'uniform' if start else 'torch'}"
        return both(name, train(run, board(cells), "board", 100, epochs, 1e-3, start)[epochs])
    return job


JOBS = {"linear_classification": linear_classification, "separable_mlp": separable_mlp, "four_clouds": four_clouds,
        "checkerboard/4x4-uniform": checkerboard(4, 1, 1250), "checkerboard/4x4-torch": checkerboard(4, None, 3000),
        "checkerboard/8x8-uniform": checkerboard(8, 1, 10000), "checkerboard/8x8-torch": checkerboard(8, None, 10000)}
