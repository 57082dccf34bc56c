"""Networks of linear layers in PyTorch, several of one shape side by side: one for each seed, start and step.

A step of so small a network is mostly PyTorch's own overhead, which side by side is paid once.
"""

import itertools
import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional


@dataclass(frozen=True)
class Member:
    seed: int  # of the start and of the order of the examples
    step: float = None  # of plain descent
    start: float = None  # weights and biases from U(-start, start); without it PyTorch's own


# The cost of each example, (members, batch).

def squared(z, y):
    return ((z - y) ** 2).sum(-1)


def binary_cross_entropy(z, y):
    return functional.binary_cross_entropy(z, y, reduction="none").sum(-1)


def cross_entropy(z, y):
    """Of logits and classes."""
    return functional.cross_entropy(z.flatten(0, 1), y.flatten(), reduction="none").view(y.shape)


class Stack:
    """Parameters are (members, in, out); x is (members, n, features), or (n, features) for all of them."""

    def __init__(self, widths, activations, members):
        self.members, self.activations = members, activations
        nets = [self._layers(widths, member) for member in members]
        self.parameters = [torch.stack(same).requires_grad_() for same in zip(*nets)]

    @staticmethod
    def _layers(widths, member):
        torch.manual_seed(member.seed)
        parameters = []
        for size_in, size_out in itertools.pairwise(widths):
            layer = nn.Linear(size_in, size_out)
            if member.start is not None:
                for parameter in layer.parameters():
                    nn.init.uniform_(parameter, -member.start, member.start)
            parameters += [layer.weight.detach().T, layer.bias.detach()[None]]
        return parameters

    def __call__(self, x, first=0, last=None):
        """Through the layers first to last - 1; of all of them without bounds."""
        z = x if x.dim() == 3 else x.expand(len(self.members), *x.shape)
        pairs = list(zip(self.parameters[::2], self.parameters[1::2], self.activations))
        for weight, bias, activation in pairs[first:last]:
            z = activation(torch.baddbmm(bias, z, weight))
        return z

    @torch.no_grad()
    def predict(self, x, first=0, last=None):
        return self(x, first, last)

    def train(self, x, y, cost, batch, epochs, adam=None, falling=True, drop_last=False, prepare=lambda x: x):
        """Yields the number of each iteration when it is done. Plain descent takes the sum of the costs over the batch, with
        each member's step; with `adam`, a step for all, Adam takes their mean, and the step falls as a cosine."""
        generators = [torch.Generator().manual_seed(member.seed) for member in self.members]
        members, count = torch.arange(len(generators))[:, None], x.shape[-2]
        per_epoch = count // batch if drop_last else -(-count // batch)
        descend = self._adam(adam, epochs * per_epoch if falling else None) if adam else self._plain()
        iterations = itertools.count(1)
        for _ in range(epochs):
            order = torch.stack([torch.randperm(count, generator=generator) for generator in generators])
            for rows in order[:, :per_epoch * batch].split(batch, dim=1):
                index = (rows,) if x.dim() == 2 else (members, rows)
                descend(cost(self(prepare(x[index])), y[index]))
                yield next(iterations)

    def _plain(self):
        steps = torch.tensor([member.step for member in self.members])[:, None, None]

        def descend(costs):
            gradients = torch.autograd.grad(costs.sum(), self.parameters)
            with torch.no_grad():
                for parameter, gradient in zip(self.parameters, gradients):
                    parameter -= steps * gradient
        return descend

    def _adam(self, step, total):
        """total: of the iterations after which the step is 0; without it the step stays."""
        optimiser = torch.optim.Adam(self.parameters, step)
        done = itertools.count()

        def descend(costs):
            optimiser.zero_grad()
            costs.mean(1).sum().backward()
            if total:
                optimiser.param_groups[0]["lr"] = step * (1 + math.cos(math.pi * next(done) / total)) / 2
            optimiser.step()
        return descend


def accuracies(z, y):
    """Of each member: by the largest logit, or where there is one output by 0.5."""
    guess = (z[..., 0] > 0.5) if z.shape[-1] == 1 else z.argmax(-1)
    return (guess == y).float().mean(-1).tolist()
