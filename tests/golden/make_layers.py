#!/usr/bin/python3
"""Writes layers.txt and losses.txt, PyTorch's layers and losses in float64, beside this script.

golden.py describes the format. The name of a case in layers.txt is the text of its network. Needs
Debian's python3-torch.
"""
import numpy as np
import torch

from golden import FEATURES, Writer, set_parameters, train, wave, write_parameters


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


def layer(out, network, module, *shape, trained=True):
    """z, and the gradients of sum(delta z); then, if `trained`, steps on sum(delta z) / batch after a
    linear layer that gives the layer's inputs."""
    out.case(network)
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
    out = Writer("layers.txt", "Layers: forward, gradients, three steps of gradient descent.")
    nn = torch.nn

    def rows(network, module, *shape, trained=True):
        layer(out, network, module, *shape, trained=trained)

    def channels(network, module, *shape, trained=True):
        layer(out, network, ChannelsLast(module), *shape, trained=trained)

    rows("Linear(4, 3)", nn.Linear(4, 3), 5, 4)
    rows("Linear(4, 3, bias=false)", nn.Linear(4, 3, bias=False), 5, 4)
    rows("Linear(9, 17)", nn.Linear(9, 17), 3, 9)
    rows("Flatten", nn.Flatten(), 4, 3, 2)
    rows("Reshape([3, 2])", nn.Sequential(nn.Flatten(), nn.Unflatten(1, (3, 2))), 4, 2, 3)
    embedding(out, "Embedding(5, 3)", nn.Embedding(5, 3), torch.tensor([[0, 3, 3], [4, 0, 3]]))

    rows("TanH", nn.Tanh(), 4, 5)
    rows("Sigmoid", nn.Sigmoid(), 4, 5)
    rows("ReLU", nn.ReLU(), 4, 5)
    rows("LeakyReLU(0.01)", nn.LeakyReLU(), 4, 5)
    rows("ELU(0.7)", nn.ELU(0.7), 4, 5)
    rows("GELU", nn.GELU(), 4, 5)
    rows("GELU(tanh=true)", nn.GELU(approximate="tanh"), 4, 5)
    rows("SiLU", nn.SiLU(), 4, 5)
    rows("Softplus", nn.Softplus(), 4, 5)
    rows("Softplus(beta=3, threshold=1.5)", nn.Softplus(3, 1.5), 4, 5)
    rows("PReLU", nn.PReLU(), 4, 5)
    channels("PReLU(parameters=3)", nn.PReLU(3), 2, 4, 3)
    for shape in ((4, 5), (2, 3, 4)):
        rows("Softmax", nn.Softmax(-1), *shape)
        rows("LogSoftmax", nn.LogSoftmax(-1), *shape)

    rows("BatchNorm(4)", nn.BatchNorm1d(4), 5, 4, trained=False)
    channels("BatchNorm(3)", nn.BatchNorm2d(3), 2, 4, 3, 3, trained=False)
    rows("LayerNorm(4)", nn.LayerNorm(4), 3, 5, 4)
    rows("LayerNorm(9, affine=false)", nn.LayerNorm(9, elementwise_affine=False), 3, 9)

    channels("Conv1D(3, 2, 4)", nn.Conv1d(2, 4, 3), 3, 7, 2)
    channels("Conv1D(3, 1, 3, stride=2)", nn.Conv1d(1, 3, 3, stride=2), 2, 8, 1)
    channels("Conv1D(2, 3, 2, stride=4, bias=false)",
             nn.Conv1d(3, 2, 2, stride=4, bias=False), 2, 11, 3)
    channels("Conv1D(3, 2, 3, stride=2, padding=1)",
             nn.Conv1d(2, 3, 3, stride=2, padding=1), 2, 6, 2)
    channels("Conv1D(3, 2, 3, padding=2, dilation=2)",
             nn.Conv1d(2, 3, 3, padding=2, dilation=2), 2, 7, 2)
    channels("Conv1D(2, 4, 6, groups=2)", nn.Conv1d(4, 6, 2, groups=2), 2, 5, 4)
    channels("Conv1D(3, 3, 3, padding=1, groups=3)",
             nn.Conv1d(3, 3, 3, padding=1, groups=3), 2, 5, 3)
    channels("Conv2D(3, 2, 4)", nn.Conv2d(2, 4, 3), 2, 5, 4, 2)
    channels("Conv2D([3, 2], 2, 3, stride=[2, 1], padding=[1, 0])",
             nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(1, 0)), 2, 6, 4, 2)
    channels("Conv2D(3, 1, 3, padding=1, bias=false)",
             nn.Conv2d(1, 3, 3, padding=1, bias=False), 3, 4, 4, 1)
    channels("Conv2D([3, 2], 2, 3, stride=[1, 2], padding=1, dilation=[2, 3])",
             nn.Conv2d(2, 3, (3, 2), stride=(1, 2), padding=1, dilation=(2, 3)), 2, 5, 6, 2)
    channels("Conv2D(3, 4, 6, stride=2, padding=1, groups=2)",
             nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), 2, 4, 5, 4)
    channels("Conv2D(3, 3, 3, padding=1, groups=3)",
             nn.Conv2d(3, 3, 3, padding=1, groups=3), 2, 4, 4, 3)
    channels("Conv2D(2, 2, 6, stride=2, padding=1, dilation=[1, 2], groups=2)",
             nn.Conv2d(2, 6, 2, stride=2, padding=1, dilation=(1, 2), groups=2), 2, 4, 5, 2)
    channels("ConvTranspose2D(2, 3, 2, stride=2)",
             nn.ConvTranspose2d(3, 2, 2, stride=2), 2, 3, 2, 3)
    channels("ConvTranspose2D([3, 2], 4, 6, stride=[2, 3], padding=1, output_padding=[1, 2], "
             "dilation=[2, 1], groups=2, bias=false)",
             nn.ConvTranspose2d(4, 6, (3, 2), stride=(2, 3), padding=1, output_padding=(1, 2),
                                dilation=(2, 1), groups=2, bias=False), 2, 3, 2, 4)

    channels("MaxPool1D(2)", nn.MaxPool1d(2), 3, 7, 3)
    channels("MaxPool1D(3, stride=2)", nn.MaxPool1d(3, 2), 2, 8, 2)
    channels("MaxPool2D(2)", nn.MaxPool2d(2), 2, 5, 4, 3)
    channels("MaxPool2D([3, 2], stride=[2, 1], padding=[1, 0])",
             nn.MaxPool2d((3, 2), (2, 1), (1, 0)), 2, 6, 4, 2)
    channels("AvgPool1D(3, stride=2)", nn.AvgPool1d(3, 2), 3, 8, 2)
    channels("AvgPool1D(2, stride=3)", nn.AvgPool1d(2, 3), 2, 9, 2)
    channels("AvgPool2D([3, 2], stride=[2, 1], padding=[1, 0])",
             nn.AvgPool2d((3, 2), (2, 1), (1, 0)), 2, 6, 4, 2)
    for name, of_signals, of_images in (("MaxPool", nn.MaxPool1d, nn.MaxPool2d),
                                        ("AvgPool", nn.AvgPool1d, nn.AvgPool2d)):
        channels(f"{name}1D(3, stride=2, ceil_mode=true)",
                 of_signals(3, 2, ceil_mode=True), 2, 8, 2)
        channels(f"{name}2D([3, 2], stride=2, padding=1, ceil_mode=true)",
                 of_images((3, 2), 2, 1, ceil_mode=True), 2, 6, 4, 2)
        channels(f"{name}2D(2, stride=[3, 4], ceil_mode=true)",
                 of_images(2, (3, 4), ceil_mode=True), 2, 4, 8, 2)
    rows("GlobalAvgPool", GlobalAvgPool(), 2, 3, 4, 2)
    channels("Upsample(2)", nn.Upsample(scale_factor=2), 2, 3, 2, 2)
    channels("Upsample(3, linear=true)", nn.Upsample(scale_factor=3, mode="bilinear"), 2, 3, 2, 2)
    channels("Upsample(3)", nn.Upsample(scale_factor=3), 2, 4, 3)
    channels("Upsample(2, linear=true)", nn.Upsample(scale_factor=2, mode="linear"), 2, 4, 3)

    for name, kind in (("LSTM", nn.LSTM), ("GRU", nn.GRU), ("RNN", nn.RNN)):
        rows(f"{name}(3, 5)", Recurrent(kind(3, 5, batch_first=True), True), 2, 4, 3)
        rows(f"{name}(2, 9, sequence=false)",
             Recurrent(kind(2, 9, batch_first=True), False), 3, 6, 2)

    rows("Linear(5, 7) TanH Linear(7, 6) ReLU Linear(6, 3) LogSoftmax",
         nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 6), nn.ReLU(), nn.Linear(6, 3),
                       nn.LogSoftmax(-1)), 6, 5)
    inner = nn.Sequential(nn.Sequential(nn.Linear(6, 5), nn.ReLU()), nn.Sigmoid())
    rows("Sequential(Linear(4, 6) TanH) Sequential(Sequential(Linear(6, 5) ReLU) Sigmoid) "
         "Linear(5, 2, bias=false)",
         nn.Sequential(nn.Sequential(nn.Linear(4, 6), nn.Tanh()), inner,
                       nn.Linear(5, 2, bias=False)), 3, 4)
    rows("TiedLinear(4, 3)", Tied(nn.Linear(3, 4)), 5, 4)
    encoder = nn.Linear(5, 3)
    rows("tied AutoEncoder", nn.Sequential(nn.Sequential(encoder, nn.Tanh()),
                                           nn.Sequential(Tied(encoder), nn.Sigmoid())), 4, 5)
    rows("TwoDirections(Conv1D(3, 1, 2) MaxPool1D(2), Conv1D(2, 1, 3, stride=2) TanH)",
         TwoDirections(nn.Sequential(nn.Conv1d(1, 2, 3), nn.MaxPool1d(2)),
                       nn.Sequential(nn.Conv1d(1, 3, 2, stride=2), nn.Tanh())), 2, 4, 3)
    rows("Residual(Linear(4, 6) TanH Linear(6, 4))",
         Residual(nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 4))), 5, 4)
    rows("Parallel(Linear(4, 3), Linear(4, 2) TanH)",
         Parallel(nn.Linear(4, 3), nn.Sequential(nn.Linear(4, 2), nn.Tanh())), 5, 4)
    rows("Parallel(add=true, Linear(4, 3), Linear(4, 3) TanH)",
         Parallel(nn.Linear(4, 3), nn.Sequential(nn.Linear(4, 3), nn.Tanh()), add=True), 5, 4)


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

    def smoothed(v, t):
        return functional.cross_entropy(v, t if t.dim() > 1 else t.long(), reduction="none",
                                        label_smoothing=0.1)

    loss(out, "SoftmaxCrossEntropyLossSmoothed", smoothed, labels, yhat.clone())
    loss(out, "SoftmaxCrossEntropyLossSmoothedSoft", smoothed, soft, yhat.clone())
    loss(out, "L1Loss", nn.L1Loss(reduction="none"), y, yhat.clone())
    loss(out, "HuberLoss", nn.HuberLoss(reduction="none", delta=0.7), y, yhat.clone())


if __name__ == "__main__":
    make_layers()
    make_losses()
