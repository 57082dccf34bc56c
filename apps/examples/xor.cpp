// A network of two layers learns the exclusive or, which no single layer can.
// Look at: the network as a list of layers, one Optim that steps on the whole data, and predict().
// Every layer starts from a fixed draw, so each run prints the same numbers.

#include <iostream>

#include "nn/nn.hpp"

int main() {
  const nn::Tensor x = nn::tensor({{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  const nn::Tensor y = nn::tensor({{0}, {1}, {1}, {0}});

  nn::Sequential net{nn::Linear(2, 8), nn::TanH(), nn::Linear(8, 1)};
  const nn::BCEWithLogitsLoss loss;  // the network gives logits: above 0 means 1
  nn::Optim optim(net, loss, 0.05, nn::Adam());

  for (int step = 0; step <= 200; ++step) {
    const double cost = optim.step(x, y);
    if (step % 50 == 0) std::cout << "step " << step << ", loss " << cost << '\n';
  }

  const nn::Tensor p = nn::sigmoid(net.predict(x));
  for (nn::Index i = 0; i < 4; ++i)
    std::cout << x(i, 0) << " xor " << x(i, 1) << " = " << p(i, 0) << '\n';
  return nn::accuracy(y, p) == 1 ? 0 : 1;
}
