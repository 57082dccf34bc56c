#!/usr/bin/python3
"""Writes the values that the golden tests compare with, computed by PyTorch in float64.

Usage: make_golden.py [--data DIR]

Writes layers.txt and losses.txt and, given a folder with the USPS file zip.train (Hastie,
Tibshirani and Friedman, "The Elements of Statistical Learning"), trajectories.txt, beside this
script. Nothing is random: numbers come from sines and cosines. Needs Debian's python3-torch.

A file holds cases, "case NAME", each followed by tensors, "KEY RANK SIZES... VALUES...", row-major
in the layout of the library: channels last; a Linear weight is (in, out), PyTorch's transposed, that
of a convolution (kernel..., in, out), where PyTorch has (out, in, kernel...).
"""
import argparse
import pathlib

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
STEP = 0.05
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def wave(*shape, phase=0.0, scale=1.0):
    count = int(np.prod(shape))
    return torch.tensor(scale * np.sin(1.7 * np.arange(1, count + 1) + phase)).reshape(shape)


class Writer:
    def __init__(self, name, about):
        self.file = open(HERE / name, "w", encoding="ascii")
        print(f"# {about} PyTorch {torch.__version__}, NumPy {np.__version__}, float64; "
              "made by make_golden.py.", file=self.file)

    def case(self, name):
        print(f"case {name}", file=self.file)

    def tensor(self, key, value):
        value = torch.as_tensor(value, dtype=torch.float64).detach()
        sizes = " ".join(str(size) for size in (value.dim(), *value.shape))
        numbers = " ".join(repr(float(x)) for x in value.reshape(-1))
        print(key, sizes, numbers, file=self.file)


class ChannelsLast(torch.nn.Module):
    """A module of PyTorch's, which wants channels second, for tensors that have them last."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return self.module(x.movedim(-1, 1)).movedim(1, -1)


def our_layout(parameter):
    return parameter.movedim((1, 0), (-2, -1)) if parameter.dim() > 1 else parameter


def set_parameters(module):
    for i, parameter in enumerate(module.parameters()):
        with torch.no_grad():
            parameter.copy_(wave(*parameter.shape, phase=0.3 + i, scale=0.5))


def write_parameters(out, key, module, of=lambda p: p):
    for i, parameter in enumerate(module.parameters()):
        out.tensor(f"{key}{i}", our_layout(of(parameter)))


def train(out, module, cost):
    """Three steps of gradient descent on cost(): its values, and the parameters after."""
    optimiser = torch.optim.SGD(module.parameters(), lr=STEP)
    costs = []
    for _ in range(3):
        optimiser.zero_grad()
        value = cost()
        value.backward()
        optimiser.step()
        costs.append(value.item())
    out.tensor("costs", costs)
    write_parameters(out, "trained", module)


def layer(out, name, module, *shape):
    """z, and the gradients of sum(delta z); then the descent of sum(delta z) / batch after a linear
    layer, 6 -> the layer's inputs."""
    out.case(name)
    set_parameters(module)
    x = wave(*shape).requires_grad_()
    z = module(x)
    delta = wave(*z.shape, phase=1.0)
    (delta * z).sum().backward()
    out.tensor("x", x)
    out.tensor("delta", delta)
    out.tensor("z", z)
    out.tensor("dx", x.grad)
    write_parameters(out, "parameter", module)
    write_parameters(out, "gradient", module, lambda p: p.grad)

    width = int(np.prod(shape[1:]))
    whole = torch.nn.Sequential(torch.nn.Linear(6, width), torch.nn.Unflatten(1, shape[1:]), module)
    set_parameters(whole)
    inputs = wave(shape[0], 6, phase=2.0)
    out.tensor("inputs", inputs)
    write_parameters(out, "start", whole)
    train(out, whole, lambda: (delta * whole(inputs)).sum() / shape[0])


def make_layers():
    out = Writer("layers.txt", "Layers: forward, gradients, three steps of gradient descent.")
    nn = torch.nn
    layer(out, "Linear", nn.Linear(4, 3), 5, 4)
    layer(out, "LinearNoBias", nn.Linear(4, 3, bias=False), 5, 4)
    layer(out, "LinearWide", nn.Linear(9, 17), 3, 9)
    layer(out, "TanH", nn.Tanh(), 4, 5)
    layer(out, "Sigmoid", nn.Sigmoid(), 4, 5)
    layer(out, "ReLU", nn.ReLU(), 4, 5)
    layer(out, "Softmax", nn.Softmax(-1), 4, 5)
    layer(out, "LogSoftmax", nn.LogSoftmax(-1), 4, 5)
    layer(out, "Flatten", nn.Flatten(), 4, 3, 2)
    layer(out, "Mlp", nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 6), nn.ReLU(),
                                    nn.Linear(6, 3), nn.LogSoftmax(-1)), 6, 5)


    def channels_last(name, module, *shape):
        layer(out, name, ChannelsLast(module), *shape)

    layer(out, "LeakyReLU", nn.LeakyReLU(), 4, 5)
    layer(out, "ELU", nn.ELU(0.7), 4, 5)
    channels_last("Conv1D", nn.Conv1d(2, 4, 3), 3, 7, 2)
    channels_last("Conv1DStride", nn.Conv1d(1, 3, 3, stride=2), 2, 8, 1)
    channels_last("Conv2D", nn.Conv2d(2, 4, 3), 2, 5, 4, 2)
    channels_last("Conv2DRectangle", nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(1, 0)),
                  2, 6, 4, 2)
    channels_last("Conv2DNoBias", nn.Conv2d(1, 3, 3, padding=1, bias=False), 3, 4, 4, 1)
    channels_last("MaxPool1D", nn.MaxPool1d(2), 3, 7, 3)
    channels_last("MaxPool1DOverlap", nn.MaxPool1d(3, 2), 2, 8, 2)
    channels_last("MaxPool2D", nn.MaxPool2d(2), 2, 5, 4, 3)
    channels_last("MaxPool2DPadding", nn.MaxPool2d((3, 2), (2, 1), (1, 0)), 2, 6, 4, 2)
    channels_last("AvgPool1D", nn.AvgPool1d(3, 2), 3, 8, 2)
    channels_last("AvgPool2D", nn.AvgPool2d((3, 2), (2, 1), (1, 0)), 2, 6, 4, 2)


def cross_entropy(p, y):
    return -(y * p.log().clamp(min=-100)).sum(1)



def loss(out, name, each, y, yhat, output=None):
    """Costs per example and their gradient; then the descent of PyTorch's mean after a linear
    layer and, where the loss takes probabilities, a sigmoid or softmax."""
    out.case(name)
    yhat = yhat.requires_grad_()
    costs = each(yhat, y)
    costs = costs if costs.dim() == 1 else costs.sum(tuple(range(1, costs.dim())))
    costs.sum().backward()
    out.tensor("y", y)
    out.tensor("yhat", yhat)
    out.tensor("costs_each", costs)
    out.tensor("gradient", yhat.grad)
    net = torch.nn.Sequential(torch.nn.Linear(6, yhat.shape[1]))
    if output is not None:
        net.append(output)
    set_parameters(net)
    inputs = wave(yhat.shape[0], 6, phase=2.0)
    out.tensor("inputs", inputs)
    write_parameters(out, "start", net)
    train(out, net, lambda: each(net(inputs), y).mean())


def make_losses():
    out = Writer("losses.txt", "Losses: costs, gradients, three steps of gradient descent.")
    nn, functional = torch.nn, torch.nn.functional
    rows, classes = 5, 4
    y, yhat = wave(rows, classes, phase=0.5), wave(rows, classes, phase=2.5, scale=2)
    share, p = (y + 1) / 2, torch.sigmoid(yhat)
    labels = torch.tensor([0, 3, 1, 2, 3])
    soft, q = torch.softmax(y, 1), torch.softmax(yhat, 1)
    one_hot = functional.one_hot(labels, classes).double()
    signs = torch.where(y > 0, 1.0, -1.0)

    def with_probabilities(v, t):
        return functional.cross_entropy(v, t, reduction="none")

    def with_labels(v, t):
        return functional.cross_entropy(v, t.long(), reduction="none")

    loss(out, "MSELoss", nn.MSELoss(reduction="none"), y, yhat.clone())
    loss(out, "BCELoss", nn.BCELoss(reduction="none"), share, p, nn.Sigmoid())
    loss(out, "BCEWithLogitsLoss", nn.BCEWithLogitsLoss(reduction="none"), share, yhat.clone())
    loss(out, "CrossEntropyLoss", cross_entropy, one_hot, q.clone(), nn.Softmax(-1))
    loss(out, "CrossEntropyLossSoft", cross_entropy, soft, q, nn.Softmax(-1))
    loss(out, "SoftmaxCrossEntropyLoss", with_labels, labels, yhat.clone())
    loss(out, "SoftmaxCrossEntropyLossSoft", with_probabilities, soft, yhat.clone())
    loss(out, "HingeLoss", lambda v, t: (1 - t * v).clamp(min=0), signs, yhat.clone())


def trajectory(out, name, net, cost, inputs, targets, batch, step):
    """Losses of a pass over zip.train in file order, parameter norms at the end."""
    for module in net:
        if isinstance(module, torch.nn.Linear):
            out_size, in_size = module.weight.shape
            count = torch.arange(1, out_size * in_size + 1)
            with torch.no_grad():
                module.weight.copy_((count.sin() / np.sqrt(in_size)).reshape(out_size, in_size))
                module.bias.copy_(0.1 * torch.arange(out_size).cos())
    optimiser = torch.optim.SGD(net.parameters(), lr=step)
    losses = []
    for begin in range(0, len(inputs) - batch + 1, batch):
        optimiser.zero_grad()
        value = cost(net(inputs[begin:begin + batch]), targets[begin:begin + batch])
        value.backward()
        if begin == 0:
            norms = [p.grad.norm().item() for p in net.parameters()]
        optimiser.step()
        losses.append(value.item())
    out.case(name)
    out.tensor("losses", losses)
    out.tensor("gradient_norms_first", norms)
    out.tensor("parameter_norms_last", [p.norm().item() for p in net.parameters()])


def make_trajectories(folder):
    path = next(p for p in (folder / "zip.train", folder / "usps" / "zip.train") if p.exists())
    table = np.loadtxt(path)
    pixels = torch.tensor(table[:, 1:].astype(np.float32).astype(np.float64))
    labels = torch.tensor(table[:, 0].astype(int))
    one_hot = torch.nn.functional.one_hot(labels, 10).double()
    nn = torch.nn
    out = Writer("trajectories.txt", "Training on USPS, zip.train: losses and norms.")

    def mlp(*last):
        return nn.Sequential(nn.Linear(256, 128), nn.Tanh(), nn.Linear(128, 64), nn.Tanh(),
                             nn.Linear(64, 10), *last)

    trajectory(out, "mlp_ce_sgd.1", mlp(), nn.CrossEntropyLoss(), pixels + 1, labels, 100, 0.1)
    trajectory(out, "mlp_softmax_mse_sgd.5", mlp(nn.Softmax(-1)),
               lambda p, y: ((p - y) ** 2).sum(1).mean(), pixels + 1, one_hot, 100, 0.5)
    autoencoder = nn.Sequential(nn.Linear(256, 100), nn.Tanh(), nn.Linear(100, 10), nn.Tanh(),
                                nn.Linear(10, 100), nn.Tanh(), nn.Linear(100, 256), nn.Sigmoid())
    q = (pixels + 1) / 2
    trajectory(out, "ae_bce_mean_sgd_lr2.56", autoencoder, nn.BCELoss(), q, q, 50, 2.56)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=pathlib.Path)
    data = parser.parse_args().data
    make_layers()
    make_losses()
    if data:
        make_trajectories(data)


if __name__ == "__main__":
    main()
