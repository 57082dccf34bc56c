"""The experiment `fashion_mnist` in PyTorch: the same networks, rules and numbers of epochs. A job's name ends with the
augmentation, as the experiment chose it; how many images a second its training takes on one thread is printed."""

import gzip
import math
import pathlib
import time

import numpy as np
import torch
from torch import nn

BATCH, FILL, SIDE = 128, -1, 28
DEBIAN = pathlib.Path("/usr/share/datasets/fashion-mnist")


def block(chan_in, chan_out, *pooling):
    return [nn.Conv2d(chan_in, chan_out, 3, padding=1, bias=False), *pooling, nn.BatchNorm2d(chan_out), nn.ReLU()]


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def perceptron():
    layers = [nn.Flatten()]
    for size_in, size_out in ((784, 512), (512, 256)):
        layers += [nn.Linear(size_in, size_out), nn.BatchNorm1d(size_out), nn.ReLU(), nn.Dropout(0.3)]
    return nn.Sequential(*layers, nn.Linear(256, 10))


def residual(channels, blocks):
    return Residual(*(layer for _ in range(blocks) for layer in block(channels, channels)))


def convolutions(width, residuals):
    layers, channels, side = block(1, width), width, SIDE
    for blocks in residuals:
        layers += block(channels, 2 * channels, nn.MaxPool2d(2, 2, side % 2))
        channels, side = 2 * channels, (side + 1) // 2
        layers.append(residual(channels, blocks))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


# Network, whether Adam, step size, epochs.
MODELS = {"mlp": (perceptron, True, 2e-3, 30), "small": (lambda: convolutions(16, [2, 1]), False, 0.1, 10),
          "large": (lambda: convolutions(16, [2, 2, 1]), False, 0.1, 14),
          "long": (lambda: convolutions(16, [2, 2, 1]), False, 0.1, 30)}
KINDS = ("none", "flip", "crop", "erase")


def read_idx(folder, name):
    for place in (folder / "fashion-mnist", folder, DEBIAN):
        for path, opened in ((place / name, open), (place / f"{name}.gz", gzip.open)):
            if path.exists():
                with opened(path, "rb") as file:
                    content = file.read()
                sizes = np.frombuffer(content, ">i4", content[3], 4)
                return np.frombuffer(content, np.uint8, -1, 4 + 4 * len(sizes)).reshape(sizes)
    raise FileNotFoundError(f"no {name} in {folder} (apt-get install dataset-fashion-mnist)")


def read_part(folder, part):
    x, y = (read_idx(folder, f"{part}-{name}-ubyte") for name in ("images-idx3", "labels-idx1"))
    return torch.from_numpy(x.astype(np.float32) / 127.5 - 1)[:, None], torch.from_numpy(y.astype(np.int64))


def crop(x, most):
    """Each image moved by whole pixels."""
    framed = nn.functional.pad(x, [most] * 4, value=FILL)
    down, right = (torch.randint(2 * most + 1, (len(x), 1)) + torch.arange(SIDE) for _ in range(2))
    return framed[torch.arange(len(x))[:, None, None], :, down[:, :, None], right[:, None, :]].permute(0, 3, 1, 2)


def erase(x, share):
    """A rectangle of half of the images."""
    area, most = share * torch.rand(len(x)) * SIDE**2, math.log(10 / 3)
    ratio = torch.exp(torch.empty(len(x)).uniform_(-most, most))
    inside = []
    for side in (torch.sqrt(area * ratio), torch.sqrt(area / ratio)):
        side = side.round().clamp(max=SIDE).long()
        first = (torch.rand(len(x)) * (SIDE - side + 1)).long()
        inside.append((torch.arange(SIDE) >= first[:, None]) & (torch.arange(SIDE) < (first + side)[:, None]))
    chosen = torch.rand(len(x), 1, 1) < 0.5
    return x.masked_fill((chosen & inside[0][:, :, None] & inside[1][:, None, :])[:, None], FILL)


def augment(x, kind):
    if kind != "none":
        x = torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(-1), x)
    if kind in ("crop", "erase"):
        x = crop(x, 1)
    return erase(x, 0.33) if kind == "erase" else x


def optimiser(net, adam, rate):
    """Weights decay; gains and biases do not."""
    parts = [{"params": [p for p in net.parameters() if p.dim() > 1], "weight_decay": 0.01 if adam else 5e-4},
             {"params": [p for p in net.parameters() if p.dim() == 1], "weight_decay": 0}]
    return torch.optim.AdamW(parts, lr=rate) if adam else torch.optim.SGD(parts, lr=rate, momentum=0.9, nesterov=True)


def accuracy(net, x, y):
    net.eval()
    with torch.no_grad():
        right = sum((net(a).argmax(1) == b).sum().item() for a, b in zip(x.split(256), y.split(256)))
    return right / len(x)


def train(name, seed, data, kind, epochs):
    """The network, and how many images the training took in a second."""
    torch.manual_seed(seed)
    network, adam, rate, _ = MODELS[name]
    net, (x, y) = network(), data
    rule = optimiser(net, adam, rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(rule, rate, epochs * -(-len(x) // BATCH), cycle_momentum=False)
    start = time.monotonic()
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(BATCH):
            rule.zero_grad()
            nn.functional.cross_entropy(net(augment(x[rows], kind)), y[rows], label_smoothing=0.1).backward()
            rule.step()
            schedule.step()
    return net, epochs * len(x) / (time.monotonic() - start)


def job(name, kind):
    def one(run, seed):
        data, test = (read_part(run.data, part) for part in ("train", "t10k"))
        data = tuple(part[:6000] for part in data) if run.quick else data
        net, speed = train(name, seed, data, kind, run.length(MODELS[name][3]))
        print(f"fashion_mnist/{name}-{kind}: {speed:.0f} images/s", flush=True)
        return {f"{name}-{kind}/accuracy/test": accuracy(net, *test)}
    return lambda run: run.each(one)


LONG_JOBS = {f"fashion_mnist/{name}-{kind}": job(name, kind) for name in MODELS for kind in KINDS}
