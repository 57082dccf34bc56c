// Predictions through the public API, as a user would write them: the cases of predict_cases.hpp.
#include <memory>

#include "bench/predict_cases.hpp"
#include "nn/nn.hpp"

namespace {

nn::Sequential make_net(const bench::PredictCase& c) {
  const std::string net = c.net;
  if (net == "mlp" || net == "mlprelu") {
    const std::string f = net == "mlp" ? "TanH" : "ReLU";
    return nn::parse_network("Linear(128) " + f + " Linear(64) " + f + " Linear(10)", {256});
  }
  if (net == "conv1d")
    return nn::parse_network("Conv1D(3, 32) MaxPool1D(2) Flatten Linear(100) ReLU Linear(10)",
                             {256, 1});
  if (net == "lenet")
    return nn::parse_network(
        "Conv2D(3, 16, padding=1) ReLU MaxPool2D(2) Conv2D(3, 32, padding=1) ReLU MaxPool2D(2) "
        "Flatten Linear(128) ReLU Linear(10)",
        {16, 16, 1});
  const std::string f = net.substr(0, 4) == "tanh" ? "TanH" : "ReLU";
  return nn::parse_network(
      "Linear(" + net.substr(4) + ") " + f + " Linear(" + std::to_string(c.outputs) + ")",
      {c.inputs});
}

nn::Shape input_shape(const bench::PredictCase& c) {
  const std::string net = c.net;
  if (net == "conv1d") return {c.batch, c.inputs, 1};
  if (net == "lenet") return {c.batch, 16, 16, 1};
  return {c.batch, c.inputs};
}

struct Prediction {
  Prediction(const bench::PredictCase& c, const float* numbers)
      : net(make_net(c)), x(input_shape(c)), predictor(net, x.shape()) {
    std::copy_n(numbers, x.numel(), x.data());
  }

  nn::Sequential net;
  nn::Tensor x;
  nn::Predictor predictor;
};

}  // namespace

int main() {
  bench::measure_predictions([](const bench::PredictCase& c, const float* x) -> bench::Call {
    auto prediction = std::make_shared<Prediction>(c, x);
    return [prediction] { prediction->predictor(prediction->x); };
  });
}
