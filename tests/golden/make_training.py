#!/usr/bin/python3
"""Writes training.txt, PyTorch's update rules, clipping, weights and schedules, beside this script.

Usage: make_training.py [--data DIR]

Given a folder with the USPS files zip.train and zip.test (Hastie, Tibshirani and Friedman, "The
Elements of Statistical Learning"), it writes trajectories.txt too. golden.py describes the format.
Needs Debian's python3-torch.
"""
import argparse
import pathlib

import numpy as np
import torch

from golden import FEATURES, Writer, set_parameters, train, wave, write_parameters


def some_steps(out, name, optimiser_of, clip=lambda parameters: None):
    """Five steps of a small network on the mean squared error: costs, what clip() returns, and the
    parameters after."""
    net = torch.nn.Sequential(torch.nn.Linear(FEATURES, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3))
    set_parameters(net)
    x, y = wave(5, FEATURES, phase=2.0), wave(5, 3, phase=0.5)
    out.case(name)
    out.tensor("inputs", x)
    out.tensor("y", y)
    write_parameters(out, "start", net)
    optimiser = optimiser_of(net)
    costs, norms = [], []
    for _ in range(5):
        optimiser.zero_grad()
        value = ((net(x) - y) ** 2).mean()
        value.backward()
        norms.append(clip(net.parameters()))
        optimiser.step()
        costs.append(value.item())
    out.tensor("costs", costs)
    if norms[0] is not None:
        out.tensor("norms", norms)
    write_parameters(out, "trained", net)


def make_training():
    out = Writer("training.txt", "Five steps of update rules, groups, clipping; schedules.")
    rules(out)
    clipping(out)
    weighted_classes(out)
    schedules(out)


def rules(out):
    optim = torch.optim

    def groups(net):
        return [{"params": [p for p in net.parameters() if p.dim() > 1]},
                {"params": [p for p in net.parameters() if p.dim() == 1], "weight_decay": 0}]

    def rule(name, optimiser_of, **options):
        some_steps(out, name, lambda net: optimiser_of(net.parameters(), **options))

    rule("descent", optim.SGD, lr=0.05)
    rule("decay", optim.SGD, lr=0.05, weight_decay=0.1)
    rule("momentum", optim.SGD, lr=0.05, momentum=0.9)
    rule("nesterov", optim.SGD, lr=0.05, momentum=0.9, nesterov=True)
    rule("adam", optim.Adam, lr=0.01)
    rule("adam_decay", optim.Adam, lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)
    rule("adamw", optim.AdamW, lr=0.01, weight_decay=0.1)
    rule("rmsprop", optim.RMSprop, lr=0.01)
    rule("rmsprop_all", optim.RMSprop, lr=0.01, alpha=0.9, eps=1e-6, weight_decay=0.1,
         momentum=0.8, centered=True)
    rule("adagrad", optim.Adagrad, lr=0.05)
    rule("adagrad_decay", optim.Adagrad, lr=0.05, eps=1e-6, weight_decay=0.1)
    for name, optimiser_of in (("descent", optim.SGD), ("adam", optim.Adam),
                               ("adamw", optim.AdamW), ("rmsprop", optim.RMSprop),
                               ("adagrad", optim.Adagrad)):
        some_steps(out, name + "_groups",
                   lambda net: optimiser_of(groups(net), lr=0.02, weight_decay=0.1))


def clipping(out):
    nn = torch.nn

    def descent(net):
        return torch.optim.SGD(net.parameters(), lr=0.3)

    some_steps(out, "clip_norm", descent, lambda p: nn.utils.clip_grad_norm_(p, 0.2).item())
    some_steps(out, "clip_value", descent, lambda p: nn.utils.clip_grad_value_(p, 0.05))


def weighted_classes(out):
    nn = torch.nn

    def weighted(v, y):
        return nn.functional.cross_entropy(v, y, weight=torch.tensor([0.5, 2.0, 0.0, 1.25]))

    labels = torch.tensor([0, 3, 1, 2, 3])
    net = nn.Linear(FEATURES, 4)
    set_parameters(net)
    out.case("weighted_classes")
    out.tensor("inputs", wave(5, FEATURES, phase=2.0))
    out.tensor("y", labels)
    train(out, net, lambda: weighted(net(wave(5, FEATURES, phase=2.0)), labels))


def schedules(out):
    optim = torch.optim

    def rates(name, total, **options):
        optimiser = optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1)
        schedule = optim.lr_scheduler.OneCycleLR(optimiser, 0.3, total_steps=total, **options)
        lrs = [schedule.get_last_lr()[0]]
        for _ in range(total - 1):
            optimiser.step()
            schedule.step()
            lrs.append(schedule.get_last_lr()[0])
        out.case(name)
        out.tensor("lrs", lrs)

    rates("one_cycle", 17)
    rates("one_cycle_options", 10, pct_start=0.5, div_factor=10, final_div_factor=100)

    def plateau(name, losses, **options):
        optimiser = optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
        schedule = optim.lr_scheduler.ReduceLROnPlateau(optimiser, **options)
        lrs = []
        for value in losses:
            schedule.step(value)
            lrs.append(optimiser.param_groups[0]["lr"])
        out.case(name)
        out.tensor("losses", losses)
        out.tensor("lrs", lrs)

    flat = [1.0, 0.9, 0.89999, *(0.95 for _ in range(30))]
    plateau("plateau", flat)
    plateau("plateau_options", [*flat, 0.5, 0.499, 0.45, *(0.47 for _ in range(12))], factor=0.5,
            patience=2, threshold=0.01, cooldown=3, min_lr=0.02)


def wavy_start(net):
    """W.flat[k] = sin(k + 1) / sqrt(fan in), b[k] = cos(k) / 10, in PyTorch's layout."""
    for parameter in net.parameters():
        with torch.no_grad():
            if parameter.dim() == 1:
                parameter.copy_(0.1 * torch.arange(len(parameter)).cos())
            else:
                count = torch.arange(1, parameter.numel() + 1)
                fan_in = parameter[0].numel()
                parameter.copy_((count.sin() / np.sqrt(fan_in)).reshape(parameter.shape))


def trajectory(out, name, net, cost, optimiser_of, train, test, batch, steps):
    """Losses of a pass over zip.train in file order, norms of the first gradients and of the
    parameters at the end, and the loss on zip.test then."""
    wavy_start(net)
    optimiser = optimiser_of(net.parameters())
    inputs, targets = train
    losses = []
    for begin in range(0, steps * batch, batch):
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
    with torch.no_grad():
        out.tensor("test_loss", cost(net(test[0]), test[1]))


def read_usps(folder, name):
    """Pixels, which PyTorch's run had rounded to float, and labels."""
    path = next(p for p in (folder / name, folder / "usps" / name) if p.exists())
    table = np.loadtxt(path)
    return torch.tensor(table[:, 1:].astype(np.float32).astype(np.float64)), table[:, 0].astype(int)


def make_trajectories(folder):
    (pixels, labels), (test_pixels, test_labels) = (read_usps(folder, name)
                                                    for name in ("zip.train", "zip.test"))
    labels, test_labels = torch.tensor(labels), torch.tensor(test_labels)
    nn, optim = torch.nn, torch.optim
    out = Writer("trajectories.txt", "Training on USPS, zip.train: losses and norms.")
    train, test = (pixels + 1, labels), (test_pixels + 1, test_labels)

    def mlp(*last):
        return nn.Sequential(nn.Linear(256, 128), nn.Tanh(), nn.Linear(128, 64), nn.Tanh(),
                             nn.Linear(64, 10), *last)

    def classify(name, optimiser_of):
        trajectory(out, name, mlp(), nn.CrossEntropyLoss(), optimiser_of, train, test, 100, 72)

    classify("mlp_ce_sgd.1", lambda p: optim.SGD(p, lr=0.1))
    classify("mlp_ce_momentum.9_lr.02", lambda p: optim.SGD(p, lr=0.02, momentum=0.9))
    classify("mlp_ce_nesterov.9_lr.02_wd5e-4",
             lambda p: optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True, weight_decay=5e-4))
    classify("mlp_ce_adam1e-3", lambda p: optim.Adam(p, lr=1e-3))
    classify("mlp_ce_adamw1e-3_wd.05", lambda p: optim.AdamW(p, lr=1e-3, weight_decay=0.05))

    def one_hot(part):
        return part[0], nn.functional.one_hot(part[1], 10).double()

    trajectory(out, "mlp_softmax_mse_sgd.5", mlp(nn.Softmax(-1)),
               lambda p, y: ((p - y) ** 2).sum(1).mean(), lambda p: optim.SGD(p, lr=0.5),
               one_hot(train), one_hot(test), 100, 72)

    autoencoder = nn.Sequential(nn.Linear(256, 100), nn.Tanh(), nn.Linear(100, 10), nn.Tanh(),
                                nn.Linear(10, 100), nn.Tanh(), nn.Linear(100, 256), nn.Sigmoid())
    q, test_q = (pixels + 1) / 2, (test_pixels + 1) / 2
    trajectory(out, "ae_bce_mean_sgd_lr2.56", autoencoder, nn.BCELoss(),
               lambda p: optim.SGD(p, lr=2.56), (q, q), (test_q, test_q), 50, 145)

    for name, pool in (("conv1d_max_sgd.01", nn.MaxPool1d(2)),
                       ("conv1d_avg_sgd.01", nn.AvgPool1d(2))):
        net = nn.Sequential(nn.Unflatten(1, (1, 256)), nn.Conv1d(1, 32, 3), pool, nn.Flatten(),
                            nn.Linear(4064, 100), nn.ReLU(), nn.Linear(100, 10))
        trajectory(out, name, net, nn.CrossEntropyLoss(), lambda p: optim.SGD(p, lr=0.01), train,
                   test, 20, 50)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=pathlib.Path)
    data = parser.parse_args().data
    make_training()
    if data:
        make_trajectories(data)


if __name__ == "__main__":
    main()
