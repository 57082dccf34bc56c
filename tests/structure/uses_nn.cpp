// A program that uses a little of everything: what it needs to run, libnn.a needs.

#include "nn/nn.hpp"

int main() {
  nn::Rng rng;
  nn::Dataset data = nn::checkerboard({.samples = 100}, rng);
  nn::Sequential net{nn::Linear(2, 4), nn::TanH(), nn::Linear(4, 1), nn::Sigmoid()};
  nn::MSELoss loss;
  nn::Optim optim(net, loss, 0.1, nn::Reduction::batch_mean);
  return nn::SGD(optim, data, {.batch_size = 10, .epochs = 1}, rng).diverged ? 1 : 0;
}
