#!/usr/bin/python3
"""Writes the values that the golden tests compare with, computed by PyTorch in float64.

Usage: make_golden.py [--data DIR]

Writes layers.txt, losses.txt, training.txt and images.txt and, given a folder with the USPS files
zip.train and zip.test (Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning"),
trajectories.txt, beside this script. Nothing is random, so there is no seed: numbers come from
sines and cosines. Needs Debian's python3-torch and python3-scipy.

A file holds cases, "case NAME", each followed by tensors, "KEY RANK SIZES... VALUES...", row-major
in the layout of the library: channels last; a Linear weight is (in, out), PyTorch's transposed, that
of a convolution (kernel..., in, out), where PyTorch has (out, in, kernel...). Values have 13 digits;
the tests ask for ten.
"""
import argparse
import pathlib

import numpy as np
import scipy.ndimage
import torch

HERE = pathlib.Path(__file__).resolve().parent
FEATURES = 2  # what the linear layer before a trained layer or loss takes
RULES = {  # update_rules() in tests/support/golden_training.hpp
    "descent": lambda p: torch.optim.SGD(p, lr=0.05),
    "decay": lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam_decay": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-6,
                                             weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
}
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
        numbers = " ".join(f"{x:.13g}" for x in value.reshape(-1).tolist())
        print(key, sizes, numbers, file=self.file)


class ChannelsLast(torch.nn.Module):
    """A module of PyTorch's, which wants channels second, for tensors that have them last."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return self.module(x.movedim(-1, 1)).movedim(1, -1)


class Tied(torch.nn.Module):
    """The transposed weight of an encoder, and a bias: z = x W + b, W the encoder's (out, in)."""

    def __init__(self, encoder):
        super().__init__()
        self.weight = encoder.weight
        self.bias = torch.nn.Parameter(torch.zeros(encoder.in_features))

    def forward(self, x):
        return x @ self.weight + self.bias


class TwoDirections(torch.nn.Module):
    """Two networks on signals: images read row after row, and column after column."""

    def __init__(self, rows, columns):
        super().__init__()
        self.rows, self.columns = ChannelsLast(rows), ChannelsLast(columns)

    def forward(self, x):
        rows, columns = x.flatten(1)[..., None], x.transpose(1, 2).flatten(1)[..., None]
        return torch.cat([self.rows(rows).flatten(1), self.columns(columns).flatten(1)], 1)


class Recurrent(torch.nn.Module):
    """A recurrent layer's states, or the last one alone."""

    def __init__(self, module, sequence):
        super().__init__()
        self.module, self.sequence = module, sequence

    def forward(self, x):
        z = self.module(x)[0]
        return z if self.sequence else z[:, -1]


class Residual(torch.nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Parallel(torch.nn.Module):
    """Branches on one x, concatenated along the last dimension or added."""

    def __init__(self, *branches, add=False):
        super().__init__()
        self.branches, self.add = torch.nn.ModuleList(branches), add

    def forward(self, x):
        outputs = [branch(x) for branch in self.branches]
        return sum(outputs) if self.add else torch.cat(outputs, -1)


class GlobalAvgPool(torch.nn.Module):
    def forward(self, x):
        return x.mean(tuple(range(1, x.dim() - 1)))


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
    """Three steps of every update rule on cost(): its values, and the parameters after."""
    start = [parameter.detach().clone() for parameter in module.parameters()]
    write_parameters(out, "start", module)
    for rule, optimiser_of in RULES.items():
        with torch.no_grad():
            for parameter, value in zip(module.parameters(), start):
                parameter.copy_(value)
        optimiser = optimiser_of(module.parameters())
        costs = []
        for _ in range(3):
            optimiser.zero_grad()
            value = cost()
            value.backward()
            optimiser.step()
            costs.append(value.item())
        out.tensor(f"{rule}_costs", costs)
        write_parameters(out, f"{rule}_trained", module)


def layer(out, name, module, *shape, trained=True):
    """z, and the gradients of sum(delta z); then, if asked for, the training on sum(delta z) / batch
    after a linear layer that gives the layer's inputs."""
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

    if not trained:
        return
    width = int(np.prod(shape[1:]))
    whole = torch.nn.Sequential(torch.nn.Linear(FEATURES, width),
                                torch.nn.Unflatten(1, shape[1:]), module)
    set_parameters(whole)
    inputs = wave(shape[0], FEATURES, phase=2.0)
    out.tensor("inputs", inputs)
    train(out, whole, lambda: (delta * whole(inputs)).sum() / shape[0])


def embedding(out, name, module, x):
    """As layer(), of indices. A table has PyTorch's layout."""
    out.case(name)
    set_parameters(module)
    z = module(x)
    delta = wave(*z.shape, phase=1.0)
    (delta * z).sum().backward()
    for key, value in (("x", x), ("delta", delta), ("z", z), ("dx", torch.zeros(x.shape)),
                       ("parameter0", module.weight), ("gradient0", module.weight.grad)):
        out.tensor(key, value)


def make_layers():
    out = Writer("layers.txt", "Layers: forward, gradients, three steps of each update rule.")
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
    layer(out, "Nested", nn.Sequential(nn.Sequential(nn.Linear(4, 6), nn.Tanh()),
                                       nn.Sequential(nn.Sequential(nn.Linear(6, 5), nn.ReLU()),
                                                     nn.Sigmoid()),
                                       nn.Linear(5, 2, bias=False)), 3, 4)
    layer(out, "Reshape", nn.Sequential(nn.Flatten(), nn.Unflatten(1, (3, 2))), 4, 2, 3)
    layer(out, "SoftmaxRank3", nn.Softmax(-1), 2, 3, 4)
    layer(out, "LogSoftmaxRank3", nn.LogSoftmax(-1), 2, 3, 4)
    layer(out, "TiedLinear", Tied(nn.Linear(3, 4)), 5, 4)
    encoder = nn.Linear(5, 3)
    layer(out, "AutoEncoder", nn.Sequential(nn.Sequential(encoder, nn.Tanh()),
                                            nn.Sequential(Tied(encoder), nn.Sigmoid())), 4, 5)
    layer(out, "TwoDirections",
          TwoDirections(nn.Sequential(nn.Conv1d(1, 2, 3), nn.MaxPool1d(2)),
                        nn.Sequential(nn.Conv1d(1, 3, 2, stride=2), nn.Tanh())), 2, 4, 3)

    def channels_last(name, module, *shape):
        layer(out, name, ChannelsLast(module), *shape)

    layer(out, "BatchNorm", nn.BatchNorm1d(4), 5, 4, trained=False)
    layer(out, "BatchNormChannels", ChannelsLast(nn.BatchNorm2d(3)), 2, 4, 3, 3, trained=False)
    layer(out, "LayerNorm", nn.LayerNorm(4), 3, 5, 4)
    layer(out, "LayerNormPlain", nn.LayerNorm(9, elementwise_affine=False), 3, 9)
    layer(out, "LeakyReLU", nn.LeakyReLU(), 4, 5)
    layer(out, "ELU", nn.ELU(0.7), 4, 5)
    layer(out, "GELU", nn.GELU(), 4, 5)
    layer(out, "GELUTanh", nn.GELU(approximate="tanh"), 4, 5)
    layer(out, "SiLU", nn.SiLU(), 4, 5)
    layer(out, "Softplus", nn.Softplus(), 4, 5)
    layer(out, "SoftplusBeta", nn.Softplus(3, 1.5), 4, 5)
    layer(out, "PReLU", nn.PReLU(), 4, 5)
    channels_last("PReLUChannels", nn.PReLU(3), 2, 4, 3)
    layer(out, "Residual", Residual(nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 4))),
          5, 4)
    layer(out, "Parallel", Parallel(nn.Linear(4, 3), nn.Sequential(nn.Linear(4, 2), nn.Tanh())),
          5, 4)
    layer(out, "ParallelAdd", Parallel(nn.Linear(4, 3), nn.Sequential(nn.Linear(4, 3), nn.Tanh()),
                                       add=True), 5, 4)
    layer(out, "GlobalAvgPool", GlobalAvgPool(), 2, 3, 4, 2)
    channels_last("Upsample", nn.Upsample(scale_factor=2), 2, 3, 2, 2)
    channels_last("UpsampleBilinear", nn.Upsample(scale_factor=3, mode="bilinear"), 2, 3, 2, 2)
    channels_last("UpsampleSignal", nn.Upsample(scale_factor=3), 2, 4, 3)
    channels_last("UpsampleLinear", nn.Upsample(scale_factor=2, mode="linear"), 2, 4, 3)
    embedding(out, "Embedding", nn.Embedding(5, 3), torch.tensor([[0, 3, 3], [4, 0, 3]]))
    channels_last("Conv1D", nn.Conv1d(2, 4, 3), 3, 7, 2)
    channels_last("Conv1DStride", nn.Conv1d(1, 3, 3, stride=2), 2, 8, 1)
    channels_last("Conv1DGaps", nn.Conv1d(3, 2, 2, stride=4, bias=False), 2, 11, 3)
    channels_last("Conv2D", nn.Conv2d(2, 4, 3), 2, 5, 4, 2)
    channels_last("Conv2DRectangle", nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(1, 0)),
                  2, 6, 4, 2)
    channels_last("Conv2DNoBias", nn.Conv2d(1, 3, 3, padding=1, bias=False), 3, 4, 4, 1)
    channels_last("MaxPool1D", nn.MaxPool1d(2), 3, 7, 3)
    channels_last("MaxPool1DOverlap", nn.MaxPool1d(3, 2), 2, 8, 2)
    channels_last("MaxPool2D", nn.MaxPool2d(2), 2, 5, 4, 3)
    channels_last("MaxPool2DPadding", nn.MaxPool2d((3, 2), (2, 1), (1, 0)), 2, 6, 4, 2)
    channels_last("AvgPool1D", nn.AvgPool1d(3, 2), 3, 8, 2)
    channels_last("AvgPool1DGaps", nn.AvgPool1d(2, 3), 2, 9, 2)
    channels_last("AvgPool2D", nn.AvgPool2d((3, 2), (2, 1), (1, 0)), 2, 6, 4, 2)
    for name, kind in (("LSTM", nn.LSTM), ("GRU", nn.GRU), ("RNN", nn.RNN)):
        layer(out, name, Recurrent(kind(3, 5, batch_first=True), True), 2, 4, 3)
        layer(out, f"{name}Last", Recurrent(kind(2, 9, batch_first=True), False), 3, 6, 2)
    channels_last("Conv1DPadding", nn.Conv1d(2, 3, 3, stride=2, padding=1), 2, 6, 2)
    channels_last("Conv1DDilation", nn.Conv1d(2, 3, 3, padding=2, dilation=2), 2, 7, 2)
    channels_last("Conv1DGroups", nn.Conv1d(4, 6, 2, groups=2), 2, 5, 4)
    channels_last("Conv1DDepthwise", nn.Conv1d(3, 3, 3, padding=1, groups=3), 2, 5, 3)
    channels_last("Conv2DDilation", nn.Conv2d(2, 3, (3, 2), stride=(1, 2), padding=1,
                                              dilation=(2, 3)), 2, 5, 6, 2)
    channels_last("Conv2DGroups", nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), 2, 4, 5, 4)
    channels_last("Conv2DDepthwise", nn.Conv2d(3, 3, 3, padding=1, groups=3), 2, 4, 4, 3)
    channels_last("Conv2DDepthwiseMultiplied",
                  nn.Conv2d(2, 6, 2, stride=2, padding=1, dilation=(1, 2), groups=2), 2, 4, 5, 2)
    channels_last("ConvTranspose2D", nn.ConvTranspose2d(3, 2, 2, stride=2), 2, 3, 2, 3)
    channels_last("ConvTranspose2DAll",
                  nn.ConvTranspose2d(4, 6, (3, 2), stride=(2, 3), padding=1, output_padding=(1, 2),
                                     dilation=(2, 1), groups=2, bias=False), 2, 3, 2, 4)
    for name, kind in (("MaxPool", (nn.MaxPool1d, nn.MaxPool2d)),
                       ("AvgPool", (nn.AvgPool1d, nn.AvgPool2d))):
        channels_last(f"{name}1DCeil", kind[0](3, 2, ceil_mode=True), 2, 8, 2)
        channels_last(f"{name}2DCeil", kind[1]((3, 2), 2, 1, ceil_mode=True), 2, 6, 4, 2)
        channels_last(f"{name}2DCeilBehind", kind[1](2, (3, 4), ceil_mode=True), 2, 4, 8, 2)


def cross_entropy(p, y):
    return -(y * p.log().clamp(min=-100)).sum(1)


def loss(out, name, each, y, yhat, output=None):
    """Costs per example and their gradient; then the training on PyTorch's mean after a linear
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
    net = torch.nn.Sequential(torch.nn.Linear(FEATURES, yhat.shape[1]))
    if output is not None:
        net.append(output)
    set_parameters(net)
    inputs = wave(yhat.shape[0], FEATURES, phase=2.0)
    out.tensor("inputs", inputs)
    train(out, net, lambda: each(net(inputs), y).mean())


def make_losses():
    out = Writer("losses.txt", "Losses: costs, gradients, three steps of each update rule.")
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

    def smoothed(v, t):
        return functional.cross_entropy(v, t if t.dim() > 1 else t.long(), reduction="none",
                                        label_smoothing=0.1)

    loss(out, "SoftmaxCrossEntropyLossSmoothed", smoothed, labels, yhat.clone())
    loss(out, "SoftmaxCrossEntropyLossSmoothedSoft", smoothed, soft, yhat.clone())
    loss(out, "L1Loss", nn.L1Loss(reduction="none"), y, yhat.clone())
    loss(out, "HuberLoss", nn.HuberLoss(reduction="none", delta=0.7), y, yhat.clone())


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
    nn, optim = torch.nn, torch.optim

    def groups(net):
        return [{"params": [p for p in net.parameters() if p.dim() > 1]},
                {"params": [p for p in net.parameters() if p.dim() == 1], "weight_decay": 0}]

    def rule(name, optimiser_of, **options):
        some_steps(out, name, lambda net: optimiser_of(net.parameters(), **options))

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

    def descent(net):
        return optim.SGD(net.parameters(), lr=0.3)

    some_steps(out, "clip_norm", descent, lambda p: nn.utils.clip_grad_norm_(p, 0.2).item())
    some_steps(out, "clip_value", descent, lambda p: nn.utils.clip_grad_value_(p, 0.05))

    def weighted(v, y):
        return nn.functional.cross_entropy(v, y, weight=torch.tensor([0.5, 2.0, 0.0, 1.25]))

    labels = torch.tensor([0, 3, 1, 2, 3])
    net = nn.Linear(FEATURES, 4)
    set_parameters(net)
    out.case("weighted_classes")
    out.tensor("inputs", wave(5, FEATURES, phase=2.0))
    out.tensor("y", labels)
    train(out, net, lambda: weighted(net(wave(5, FEATURES, phase=2.0)), labels))

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


def affine_map(size, down=0, right=0, rotation=0, scale=1, shear=0):
    """matrix and offset of scipy's affine_transform for a change about the centre, in this order:
    scale, shear, rotation, shift."""
    angle, slope = np.radians(rotation), np.tan(np.radians(shear))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.linalg.inv(turn @ np.array([[1, 0], [slope, 1]]) * scale)
    centre = (np.array(size) - 1) / 2
    return matrix, centre - matrix @ (centre + [down, right])


def philox(counters, key):
    """Philox4x32-10 of counters (n, 4); Salmon et al., "Parallel Random Numbers", SC'11."""
    c, low = counters.astype(np.uint64), np.uint64(0xFFFFFFFF)
    key = list(key)
    for _ in range(10):
        a, b = c[:, 0] * np.uint64(0xD2511F53), c[:, 2] * np.uint64(0xCD9E8D57)
        c = np.stack([b >> np.uint64(32) ^ c[:, 1] ^ np.uint64(key[0]), b & low,
                      a >> np.uint64(32) ^ c[:, 3] ^ np.uint64(key[1]), a & low], axis=1)
        key = [(key[0] + 0x9E3779B9) % 2**32, (key[1] + 0xBB67AE85) % 2**32]
    return c


def elastic_fields(size, row, alpha, sigma, seed, step):
    """How far each pixel's place is moved, (2, height, width), as nn/data/augment.hpp says."""
    place = 0x6175676D656E7400
    key = philox(np.array([[step, 0, place % 2**32, place >> 32]]), (seed, 0))[0, :2]
    blocks = np.arange(size[0] * -(-2 * size[1] // 16))  # of 16 numbers; lines begin a new one
    counters = np.stack([blocks, 0 * blocks + 2, 0 * blocks + row, 0 * blocks], axis=1)
    words = philox(counters, [int(k) for k in key])
    numbers = np.stack([words >> np.uint64(8 * i) & np.uint64(255) for i in range(4)], axis=1)
    fields = (2 * numbers.reshape(size[0], -1)[:, :2 * size[1]].astype(float) - 255) / 256
    fields = fields.reshape(size[0], 2, size[1]).transpose(1, 0, 2)  # down and right
    return alpha * np.stack([scipy.ndimage.gaussian_filter(f, sigma, mode="constant")
                             for f in fields])


def make_images():
    out = Writer("images.txt", f"Images, changed by SciPy {scipy.__version__}.")
    changes = {"shift": {"down": 1.25, "right": -2.5}, "rotation": {"rotation": 33},
               "scale": {"scale": 1.3}, "smaller": {"scale": 0.6}, "shear": {"shear": 20},
               "all": {"down": -0.7, "right": 1.1, "rotation": -100, "scale": 0.9, "shear": -15}}
    for name, change in changes.items():
        for shape in ((2, 9, 7), (2, 5, 8, 3)):
            out.case(f"{name}_{len(shape)}")
            images = wave(*shape).numpy()
            matrix, offset = affine_map(shape[1:3], **change)
            images = images.reshape(*shape[:3], -1)
            changed = np.stack(
                [np.stack([scipy.ndimage.affine_transform(image[:, :, c], matrix, offset, order=1,
                                                          mode="constant", cval=-1)
                           for c in range(image.shape[2])], axis=2) for image in images])
            out.tensor("change", [change.get(key, 1 if key == "scale" else 0) for key in
                                  ("down", "right", "rotation", "scale", "shear")])
            out.tensor("matrix", matrix)
            out.tensor("offset", offset)
            out.tensor("images", images.reshape(shape))
            out.tensor("changed", changed.reshape(shape))
    out.case("elastic")
    images = wave(3, 11, 9).numpy()
    places = [np.indices(images.shape[1:]) +
              elastic_fields(images.shape[1:], row, 30, 2.5, seed=12, step=34) for row in range(3)]
    out.tensor("images", images)
    out.tensor("changed", np.stack([scipy.ndimage.map_coordinates(image, place, order=1,
                                                                  mode="constant", cval=-1)
                                    for image, place in zip(images, places)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=pathlib.Path)
    data = parser.parse_args().data
    make_layers()
    make_losses()
    make_training()
    make_images()
    if data:
        make_trajectories(data)


if __name__ == "__main__":
    main()
