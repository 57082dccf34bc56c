// Every project in this folder builds this program: it trains exclusive or and checks what it
// learned.
#include <iomanip>
#include <iostream>
#include <nn/nn.hpp>

int main() {
  nn::Rng rng(0);
  const nn::Dataset data{nn::Tensor::from({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}),
                         nn::Tensor::from({4, 1}, {0, 1, 1, 0})};
  nn::Sequential net{nn::Linear(2, 8), nn::TanH(), nn::Linear(8, 1), nn::Sigmoid()};
  nn::initialize(net, rng, nn::Init::uniform(-1, 1));
  nn::MSELoss loss;
  nn::Optim optim(net, loss, 1, nn::Reduction::sum);
  double last = 0;
  nn::SGD(optim, data, {.batch_size = 4, .epochs = 500}, rng, [&](const nn::Epoch& e) {
    last = e.loss;
  }).check();
  std::cout << "libnn " << nn::version() << ", " << 8 * sizeof(nn::Scalar) << " bits, loss "
            << std::setprecision(17) << last << '\n';
  return nn::accuracy(net, data) == 1 ? 0 : 1;
}
