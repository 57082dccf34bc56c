#!/usr/bin/python3
"""Writes ONNX files by PyTorch's exporter, and what PyTorch computes for them: onnx/NAME.onnx and onnx.txt.

Usage: make_onnx.py

Weights and inputs come from sines, so there is no seed. Needs Debian's python3-torch. onnx.txt has the form that
golden.py describes: of each file an input x and the output z, channels last.
"""
import pathlib
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).resolve().parent
warnings.filterwarnings("ignore")
torch.set_num_threads(1)


def wave(*shape, phase=0.0):
    count = int(np.prod(shape))
    return torch.tensor(np.sin(1.7 * np.arange(1, count + 1) + phase), dtype=torch.float32).reshape(shape)


class Of(nn.Module):
    """A network whose forward() is a function of its layers and x."""

    def __init__(self, function, **layers):
        super().__init__()
        self.function = function
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x):
        return self.function(self, x)


def fill(net):
    """Weights and running statistics without a pattern; variances above 0."""
    with torch.no_grad():
        for i, value in enumerate(list(net.parameters())):
            value.copy_(0.4 * wave(*value.shape, phase=i))
        for name, value in net.named_buffers():
            if value.dtype == torch.float32:
                value.copy_(0.2 * wave(*value.shape) + (1 if "var" in name else 0))
    return net.eval()


def block(channels):
    return Of(lambda m, x: F.relu(x + m.inner(x)), inner=nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
        nn.Conv2d(channels, channels, 3, padding=1), nn.BatchNorm2d(channels)))


def networks():
    """name: network, input, opset, whether the batch is left open."""
    last, first = dict(batch_first=True), dict(batch_first=False)
    yield "mlp", nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.BatchNorm1d(7), nn.Dropout(), nn.Linear(7, 3, bias=False),
                               nn.Softmax(dim=1)), wave(3, 5), 17, True
    yield "lenet", nn.Sequential(nn.Conv2d(2, 4, 3), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 2, padding=1),
                                 nn.BatchNorm2d(6), nn.PReLU(6), nn.AvgPool2d(2), nn.Flatten(), nn.ELU(),
                                 nn.Linear(24, 5), nn.LogSoftmax(dim=1)), wave(3, 2, 8, 8), 9, False
    yield "resnet", nn.Sequential(nn.Conv2d(2, 4, 3, stride=2, padding=1), block(4), block(4), nn.AdaptiveAvgPool2d(1),
                                  nn.Flatten(), nn.Linear(4, 3)), wave(2, 2, 7, 9), 13, True
    yield "branches", Of(lambda m, x: m.end(torch.cat([m.a(x), m.b(x), x], 1)), a=nn.Conv2d(3, 2, 1),
                         b=nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.LeakyReLU(0.2)),
                         end=nn.Sequential(nn.ReLU(), nn.Conv2d(9, 2, 2))), wave(2, 3, 5, 4), 11, True
    yield "decoder", Of(lambda m, x: m.up(F.relu(m.norm(m.linear(x))).view(-1, 4, 3, 2)), linear=nn.Linear(5, 24),
                        norm=nn.BatchNorm1d(24),
                        up=nn.Sequential(nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1),
                                         nn.BatchNorm2d(3), nn.Sigmoid(), nn.Upsample(scale_factor=2),
                                         nn.Conv2d(3, 1, 1))), wave(2, 5), 13, True
    yield "bilinear", nn.Upsample(scale_factor=3, mode="bilinear"), wave(2, 2, 3, 4), 13, False
    yield "lstm", Of(lambda m, x: m.linear(m.lstm(x)[0][:, -1]), lstm=nn.LSTM(3, 4, **last),
                     linear=nn.Linear(4, 2)), wave(2, 5, 3), 17, False
    yield "lstm_open", Of(lambda m, x: m.linear(m.lstm(x)[0][:, -1]), lstm=nn.LSTM(3, 4, num_layers=2, **last),
                          linear=nn.Linear(4, 2)), wave(2, 5, 3), 13, True
    yield "lstm_state", Of(lambda m, x: m.linear(m.lstm(x)[1][0][-1]), lstm=nn.LSTM(3, 4, **last),
                           linear=nn.Linear(4, 2)), wave(2, 5, 3), 11, False
    yield "gru_time_first", Of(lambda m, x: m.linear(m.gru(x)[0]), gru=nn.GRU(3, 4, **first),
                               linear=nn.Linear(4, 2)), wave(5, 2, 3), 17, False
    yield "rnn", Of(lambda m, x: torch.tanh(m.rnn(x)[0]), rnn=nn.RNN(3, 4, **last)), wave(2, 5, 3), 9, False
    yield "text", Of(lambda m, x: m.linear(F.relu(m.conv(m.table(x).permute(0, 2, 1))).mean(2)), table=nn.Embedding(6, 3),
                     conv=nn.Conv1d(3, 4, 3, padding=1), linear=nn.Linear(4, 2)), \
        torch.arange(14).reshape(2, 7) % 6, 13, True
    yield "mixer", Of(lambda m, x: m.end(x + m.inner(m.norm(x))), norm=nn.LayerNorm(6),
                      inner=nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 6)),
                      end=nn.Sequential(nn.LayerNorm(6), nn.SiLU(), nn.Linear(6, 2), nn.Softplus())), wave(3, 6), 14, True
    yield "sequence_mixer", Of(lambda m, x: x + m.inner(m.norm(x)), norm=nn.LayerNorm(6), inner=nn.Sequential(
        nn.Linear(6, 8), nn.GELU(approximate="tanh"), nn.Linear(8, 6))), wave(2, 4, 6), 17, True
    yield "view", Of(lambda m, x: m.linear(m.conv(x).view(x.size(0), -1)), conv=nn.Conv2d(2, 3, 2),
                     linear=nn.Linear(36, 4)), wave(2, 2, 4, 5), 13, True
    yield "windows", nn.Sequential(nn.Conv2d(4, 4, 3, padding=2, dilation=2, groups=4), nn.Conv2d(4, 6, 1, groups=2),
                                   nn.AvgPool2d(3, 2, 1), nn.ReLU(), nn.MaxPool2d(2, 2, 1, ceil_mode=True),
                                   nn.ConstantPad2d(1, 0), nn.Conv2d(6, 2, (2, 3))), wave(2, 4, 9, 8), 11, False
    yield "classes_of_pixels", nn.Sequential(nn.Conv2d(2, 3, 3), nn.LogSoftmax(dim=1)), wave(2, 2, 5, 6), 11, True
    yield "signal", nn.Sequential(nn.Conv1d(2, 4, 3, stride=2), nn.BatchNorm1d(4), nn.ReLU(),
                                  nn.MaxPool1d(3, 2, padding=1), nn.ConvTranspose1d(4, 2, 2, stride=2),
                                  nn.AvgPool1d(2), nn.Flatten(), nn.Linear(6, 2)), wave(2, 2, 12), 13, False


def channels_last(x, time_first):
    if x.dim() < 3:
        return x
    return x.transpose(0, 1) if time_first else x.movedim(1, -1)


def main():
    folder = HERE / "onnx"
    folder.mkdir(exist_ok=True)
    with open(HERE / "onnx.txt", "w", encoding="ascii") as out:
        print(f"# PyTorch {torch.__version__}, float32; made by make_onnx.py.", file=out)
        for name, net, x, opset, is_open in networks():
            axes = {"x": {0: "batch"}, "z": {0: "batch"}} if is_open else None
            torch.onnx.export(fill(net), x, str(folder / f"{name}.onnx"), opset_version=opset, input_names=["x"],
                              output_names=["z"], dynamic_axes=axes)
            z = net(x).detach()
            if name not in ("lstm", "lstm_open", "lstm_state", "rnn", "sequence_mixer"):
                x, z = (channels_last(t, name == "gru_time_first") for t in (x, z))
            print(f"case {name}", file=out)
            for key, value in (("x", x), ("z", z)):
                sizes = " ".join(str(size) for size in (value.dim(), *value.shape))
                print(key, sizes, *(f"{v:.9g}" for v in value.reshape(-1).tolist()), file=out)


if __name__ == "__main__":
    main()
