// Training steps through the public API, as a user would write them: the cases of train_cases.hpp.
#include <memory>

#include "bench/train_cases.hpp"
#include "nn/nn.hpp"

namespace {

nn::Sequential make_net(const std::string& name) {
  if (name == "mlp")
    return nn::Sequential{nn::Linear(256, 128), nn::TanH(), nn::Linear(128, 64), nn::TanH(),
                          nn::Linear(64, 10)};
  if (name == "odd")
    return nn::Sequential{nn::Linear(200, 90), nn::TanH(), nn::Linear(90, 30), nn::TanH(),
                          nn::Linear(30, 7)};
  if (name == "conv1d")
    return nn::Sequential{nn::Conv1D(3, 1, 32),  nn::MaxPool1D(2), nn::Flatten(),
                          nn::Linear(4064, 100), nn::ReLU(),       nn::Linear(100, 10)};
  if (name == "autoenc")
    return nn::Sequential{nn::Linear(256, 100), nn::TanH(), nn::Linear(100, 10), nn::TanH(),
                          nn::Linear(10, 100),  nn::TanH(), nn::Linear(100, 256)};
  if (name == "bnconv")
    return nn::Sequential{nn::Conv2D(3, 1, 16, 1, 1),
                          nn::BatchNorm(16),
                          nn::ReLU(),
                          nn::MaxPool2D(2),
                          nn::Conv2D(3, 16, 32, 1, 1),
                          nn::BatchNorm(32),
                          nn::ReLU(),
                          nn::MaxPool2D(2),
                          nn::Flatten(),
                          nn::Linear(512, 10)};
  if (name == "lstm") return nn::Sequential{nn::LSTM(16, 64, false), nn::Linear(64, 10)};
  return nn::Sequential{nn::Conv2D(3, 1, 16, 1, 1),
                        nn::ReLU(),
                        nn::MaxPool2D(2),
                        nn::Conv2D(3, 16, 32, 1, 1),
                        nn::ReLU(),
                        nn::MaxPool2D(2),
                        nn::Flatten(),
                        nn::Linear(512, 128),
                        nn::ReLU(),
                        nn::Linear(128, 10)};
}

nn::Shape input_shape(const bench::TrainCase& c) {
  const std::string net = c.net;
  if (net == "conv1d") return {c.batch, c.inputs, 1};
  if (net == "lenet" || net == "bnconv") return {c.batch, 16, 16, 1};
  if (net == "lstm") return {c.batch, 16, 16};
  return {c.batch, c.inputs};
}

struct Steps {
  Steps(const bench::TrainCase& c, const bench::Batch& batch)
      : net(make_net(c.net)), x(input_shape(c)), y(nn::Shape{c.batch}) {
    std::copy_n(batch.x.data(), x.numel(), x.data());
    std::copy(batch.labels.begin(), batch.labels.end(), y.data());
    if (c.net == std::string("autoenc")) {
      loss = std::make_unique<nn::BCEWithLogitsLoss>();
      y = x;
    }
    optim = std::make_unique<nn::Optim>(net, *loss, 0.01, nn::Reduction::mean);
  }

  nn::Sequential net;
  nn::Tensor x, y;
  std::unique_ptr<nn::Loss> loss = std::make_unique<nn::SoftmaxCrossEntropyLoss>();
  std::unique_ptr<nn::Optim> optim;
};

bench::Training augmentation(const bench::TrainCase& c, const bench::Batch& batch) {
  nn::Dataset images{nn::Tensor({c.batch, 16, 16}), nn::Tensor::zeros({c.batch})};
  std::copy_n(batch.x.data(), images.x.numel(), images.x.data());
  const auto& limits = bench::augment_limits;
  const nn::Augmentation options{.shift = limits.shift,
                                 .rotation = limits.rotation,
                                 .scale = limits.scale,
                                 .shear = limits.shear};
  return {[=, key = nn::RandomKey{}]() mutable {
    ++key.step;
    nn::augment(images, options, key);
  }};
}

}  // namespace

int main() {
  nn::set_num_threads(bench::thread_count());
  bench::measure_trainings([](const bench::TrainCase& c, const bench::Batch& batch) {
    if (c.net == std::string("augment")) return augmentation(c, batch);
    auto steps = std::make_shared<Steps>(c, batch);
    return bench::Training{[steps] { steps->optim->step(steps->x, steps->y); }};
  });
}
