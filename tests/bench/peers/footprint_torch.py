#!/usr/bin/env python3
"""The training of footprint_mlp.cpp in PyTorch."""

import torch

torch.set_num_threads(1)
net = torch.nn.Sequential(torch.nn.Linear(256, 128), torch.nn.Tanh(), torch.nn.Linear(128, 64), torch.nn.Tanh(),
                          torch.nn.Linear(64, 10))
x, y = torch.rand(7291, 256), torch.randint(10, (7291,))
loss, optim = torch.nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=0.1)
for i in torch.randperm(7291).split(100):
    optim.zero_grad()
    loss(net(x[i]), y[i]).backward()
    optim.step()
