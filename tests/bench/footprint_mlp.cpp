// Trains the digits' network for one epoch on numbers in the shape of USPS, for `footprint`.
#include "nn/nn.hpp"

int main() {
  nn::Rng rng(1);
  nn::Sequential net{nn::Linear(256, 128), nn::TanH(), nn::Linear(128, 64), nn::TanH(),
                     nn::Linear(64, 10)};
  nn::Dataset data{rng.rand({7291, 256}), nn::Tensor::zeros({7291})};
  for (nn::Index i = 0; i < data.size(); ++i) data.y(i) = static_cast<nn::Scalar>(rng.below(10));
  nn::SoftmaxCrossEntropyLoss loss;
  nn::Optim optim(net, loss, 0.1, nn::Reduction::mean);
  return nn::SGD(optim, data, {.batch_size = 100, .epochs = 1}, rng).diverged;
}
