// The smallest program that is of use, for `footprint`: a trained line.
#include <cstdio>

#include "nn/nn.hpp"

int main() {
  nn::Linear net(1, 1);
  nn::MSELoss loss;
  nn::Optim optim(net, loss, 0.1, nn::Reduction::mean);
  const nn::Tensor x = nn::tensor({{1}, {2}, {3}}), y = x * 8 + 2;
  double cost = 0;
  for (int i = 0; i < 200; ++i) cost = optim.step(x, y);
  std::printf("%g\n", cost);
}
