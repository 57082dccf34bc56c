// Training steps by libtorch, PyTorch without Python.
#include <torch/torch.h>

#include "bench/train_cases.hpp"

namespace {

namespace nn = torch::nn;

/// An LSTM's last output.
struct LastStepImpl : nn::Module {
  torch::Tensor forward(const torch::Tensor& x) {
    return std::get<0>(lstm->forward(x)).select(1, -1);
  }
  nn::LSTM lstm = register_module("lstm", nn::LSTM(nn::LSTMOptions(16, 64).batch_first(true)));
};
TORCH_MODULE(LastStep);

nn::Sequential make_net(const std::string& name) {
  if (name == "mlp")
    return nn::Sequential(nn::Linear(256, 128), nn::Tanh(), nn::Linear(128, 64), nn::Tanh(),
                          nn::Linear(64, 10));
  if (name == "odd")
    return nn::Sequential(nn::Linear(200, 90), nn::Tanh(), nn::Linear(90, 30), nn::Tanh(),
                          nn::Linear(30, 7));
  if (name == "conv1d")
    return nn::Sequential(nn::Conv1d(1, 32, 3), nn::MaxPool1d(2), nn::Flatten(),
                          nn::Linear(4064, 100), nn::ReLU(), nn::Linear(100, 10));
  if (name == "autoenc")
    return nn::Sequential(nn::Linear(256, 100), nn::Tanh(), nn::Linear(100, 10), nn::Tanh(),
                          nn::Linear(10, 100), nn::Tanh(), nn::Linear(100, 256), nn::Sigmoid());
  if (name == "bnconv")
    return nn::Sequential(nn::Conv2d(nn::Conv2dOptions(1, 16, 3).padding(1)), nn::BatchNorm2d(16),
                          nn::ReLU(), nn::MaxPool2d(2),
                          nn::Conv2d(nn::Conv2dOptions(16, 32, 3).padding(1)), nn::BatchNorm2d(32),
                          nn::ReLU(), nn::MaxPool2d(2), nn::Flatten(), nn::Linear(512, 10));
  if (name == "lstm") return nn::Sequential(LastStep(), nn::Linear(64, 10));
  return nn::Sequential(nn::Conv2d(nn::Conv2dOptions(1, 16, 3).padding(1)), nn::ReLU(),
                        nn::MaxPool2d(2), nn::Conv2d(nn::Conv2dOptions(16, 32, 3).padding(1)),
                        nn::ReLU(), nn::MaxPool2d(2), nn::Flatten(), nn::Linear(512, 128),
                        nn::ReLU(), nn::Linear(128, 10));
}

torch::Tensor input(const bench::TrainCase& c, const bench::Batch& batch) {
  const std::string net = c.net;
  const torch::Tensor x = torch::from_blob(batch.x.data(), {c.batch, c.inputs});
  if (net == "conv1d") return x.reshape({c.batch, 1, c.inputs});
  if (net == "lenet" || net == "bnconv") return x.reshape({c.batch, 1, 16, 16});
  if (net == "lstm") return x.reshape({c.batch, 16, 16});
  return x;
}

}  // namespace

int main() {
  bench::peer = "libtorch " TORCH_VERSION;
  torch::set_num_threads(bench::thread_count());
  bench::measure_trainings([](const bench::TrainCase& c, const bench::Batch& batch) {
    if (c.net == std::string("augment")) return bench::Training{};
    nn::Sequential net = make_net(c.net);
    const torch::Tensor x = input(c, batch), y = torch::tensor(batch.labels, torch::kLong);
    const bool is_auto_encoder = c.net == std::string("autoenc");
    auto optim = std::make_shared<torch::optim::SGD>(net->parameters(), 0.01);
    return bench::Training{[=]() mutable {
      optim->zero_grad();
      const torch::Tensor out = net->forward(x);
      const torch::Tensor loss =
          is_auto_encoder ? torch::binary_cross_entropy(out, x) : torch::cross_entropy_loss(out, y);
      loss.backward();
      optim->step();
    }};
  });
}
