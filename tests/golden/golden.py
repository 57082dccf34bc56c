"""What the scripts beside this one share: the form of a golden file, and numbers that look drawn.

A golden file holds cases, "case NAME", each followed by tensors, "KEY RANK SIZES... VALUES...",
row-major in the layout of the library: channels last; a Linear weight is (in, out), PyTorch's
transposed, that of a convolution (kernel..., in, out), where PyTorch has (out, in, kernel...).
Values have 13 digits; the tests ask for ten. Numbers come from sines, so there is no seed.
"""
import pathlib
import sys

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
FEATURES = 2  # what the linear layer before a trained layer or loss takes
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def wave(*shape, phase=0.0, scale=1.0):
    count = int(np.prod(shape))
    return torch.tensor(scale * np.sin(1.7 * np.arange(1, count + 1) + phase)).reshape(shape)


class Writer:
    def __init__(self, name, about):
        self.file = open(HERE / name, "w", encoding="ascii")
        print(f"# {about} PyTorch {torch.__version__}, NumPy {np.__version__}, float64; "
              f"made by {pathlib.Path(sys.argv[0]).name}.", file=self.file)

    def case(self, name):
        print(f"case {name}", file=self.file)

    def tensor(self, key, value):
        value = torch.as_tensor(value, dtype=torch.float64).detach()
        sizes = " ".join(str(size) for size in (value.dim(), *value.shape))
        numbers = " ".join(f"{x:.13g}" for x in value.reshape(-1).tolist())
        print(key, sizes, numbers, file=self.file)


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
    write_parameters(out, "start", module)
    optimiser = torch.optim.SGD(module.parameters(), lr=0.05)
    costs = []
    for _ in range(3):
        optimiser.zero_grad()
        value = cost()
        value.backward()
        optimiser.step()
        costs.append(value.item())
    out.tensor("costs", costs)
    write_parameters(out, "trained", module)
