#!/usr/bin/env python3
"""Training steps by PyTorch: the cases of train_cases.hpp, with its SGD and with one update of all parameters."""

from peer import THREADS, report, selected, time_of

import math

import torch
from cases import trainings
from torch import nn
from torch.nn import functional

PEER = "torch " + torch.__version__


class LastStep(nn.Module):
    """An LSTM's last output."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(16, 64, batch_first=True)

    def forward(self, x):
        return self.lstm(x)[0][:, -1]


NETS = {
    "mlp": lambda: [nn.Linear(256, 128), nn.Tanh(), nn.Linear(128, 64), nn.Tanh(), nn.Linear(64, 10)],
    "odd": lambda: [nn.Linear(200, 90), nn.Tanh(), nn.Linear(90, 30), nn.Tanh(), nn.Linear(30, 7)],
    "conv1d": lambda: [nn.Conv1d(1, 32, 3), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(4064, 100), nn.ReLU(),
                       nn.Linear(100, 10)],
    "autoenc": lambda: [nn.Linear(256, 100), nn.Tanh(), nn.Linear(100, 10), nn.Tanh(), nn.Linear(10, 100), nn.Tanh(),
                        nn.Linear(100, 256), nn.Sigmoid()],
    "lenet": lambda: [nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1),
                      nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(512, 128), nn.ReLU(), nn.Linear(128, 10)],
    "bnconv": lambda: [nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
                       nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                       nn.Linear(512, 10)],
    "lstm": lambda: [LastStep(), nn.Linear(64, 10)],
}
SHAPES = {"conv1d": (1, 256), "lenet": (1, 16, 16), "bnconv": (1, 16, 16), "lstm": (16, 16)}


def augment(images):
    """Each image moved, turned, enlarged and sheared at random, as augment_limits of train_cases.hpp has it."""
    shift, rotation, scale, shear = ((2 * torch.rand(len(images)) - 1) * limit
                                     for limit in (2 / 15, math.radians(10), 0.1, math.radians(5)))
    sin, cos, slope = torch.sin(rotation) / (1 + scale), torch.cos(rotation) / (1 + scale), torch.tan(shear)
    rows = (cos - slope * sin, -sin - slope * cos, shift, sin, cos, (2 * torch.rand(len(images)) - 1) * 2 / 15)
    grid = functional.affine_grid(torch.stack(rows, 1).reshape(-1, 2, 3), images.shape, align_corners=True)
    return functional.grid_sample(images, grid, align_corners=True)


torch.set_num_threads(THREADS)
torch.manual_seed(1)
for c in trainings():
    name = f"{c.net}-b{c.batch}"
    if not selected(name):
        continue
    if c.net == "augment":
        images = torch.rand(c.batch, 1, 16, 16)
        report(PEER, name, "samples/s", c.batch / time_of(lambda: augment(images)))
        continue
    net = nn.Sequential(*NETS[c.net]())
    x = torch.rand(c.batch, *SHAPES.get(c.net, (c.inputs,)))
    y = x if c.net == "autoenc" else torch.randint(0, c.classes, (c.batch,))
    loss = nn.BCELoss() if c.net == "autoenc" else nn.CrossEntropyLoss()
    optim = torch.optim.SGD(net.parameters(), lr=0.01)
    parameters = list(net.parameters())

    def plain_step():
        optim.zero_grad(set_to_none=True)
        loss(net(x), y).backward()
        optim.step()

    def lean_step():
        loss(net(x), y).backward()
        with torch.no_grad():
            torch._foreach_add_(parameters, [p.grad for p in parameters], alpha=-0.01)
        for p in parameters:
            p.grad = None

    for variant, step in (("", plain_step), (" foreach", lean_step)):
        report(PEER + variant, name, "samples/s", c.batch / time_of(step))
