// A small convolution network learns handwritten digits, 8 x 8 pixels, which the library holds.
// Look at: Reshape, which makes images of rows; the three parts of the data: one to train with, one
// to choose the epoch by, and one that is used once, at the end; and the summary of the layers.

#include <iostream>

#include "nn/nn.hpp"

int main() {
  nn::Dataset digits = nn::digits();  // x: (1797, 64), 0 to 16; y: (1797), the digits
  digits.x = digits.x / 16;
  const auto [rest, test] = nn::train_test_split(digits, {.test_size = 0.2, .stratify = true});
  const auto [train, validation] = nn::train_test_split(rest, {.test_size = 0.1});

  nn::Sequential net{nn::Reshape({8, 8, 1}), nn::Conv2D(3, 1, 12),  // 3 x 3 pixels, 1 channel in,
                                                                    // 12 out: (6, 6, 12)
                     nn::BatchNorm(12), nn::ReLU(), nn::Conv2D(3, 12, 24), nn::BatchNorm(24),
                     nn::ReLU(), nn::MaxPool2D(2), nn::Flatten(), nn::Dropout(0.2),
                     nn::Linear(96, 10)};
  const nn::SoftmaxCrossEntropyLoss loss;  // takes the digits as they are: no one-hot
  nn::Optim optim(net, loss, 0.003, nn::Adam());
  nn::Rng rng(1);

  const nn::TrainingResult result =
      nn::SGD(optim, train, {.batch_size = 32, .epochs = 10, .validation = &validation}, rng,
              [](const nn::Epoch& e) {
                std::cout << "epoch " << e.epoch << ", loss " << e.loss << ", validation loss "
                          << e.validation_loss << '\n';
              })
          .check();

  const double accuracy = nn::accuracy(net, test);
  std::cout << net << "kept epoch " << result.best_epoch << ", test accuracy " << accuracy << '\n';
  return accuracy > 0.97 ? 0 : 1;
}
