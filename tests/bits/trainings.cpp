// Short trainings that between them use every kind of layer, loss, update rule and change to
// images. Each is saved to FOLDER/NAME.safetensors; what was trained before in the process is to
// change no bit of it.
//
// usage: trainings FOLDER [NAME...], in that order; without names: all. With --names it lists them.

#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "nn/nn.hpp"

namespace {

using namespace nn;

/// The network after three epochs.
template <class Rule>
Sequential trained(Sequential net, const Loss& loss, double step, Rule rule, const Dataset& data) {
  Rng weights = Rng(7).stream("weights"), order = Rng(7).stream("batches");
  initialize(net, weights);
  Optim optim(net, loss, step, Reduction::mean, std::move(rule));
  SGD(optim, data, {.batch_size = 190, .epochs = 3}, order).check();
  return net;
}

/// 64 pixels each.
Dataset images() {
  Dataset data = digits().slice(0, 1000);
  return {data.x / 16, data.y};
}

Sequential plane_net() {
  Rng rng = Rng(7).stream("data");
  return trained(parse_network("Linear(150) TanH Linear(133) LeakyReLU Linear(1) Sigmoid", {2}),
                 BCELoss(), 0.01, Adam(), checkerboard({.samples = 3000}, rng));
}

Sequential hinge_net() {
  Rng rng = Rng(7).stream("data");
  return trained(parse_network("Linear(217) ELU Linear(1)", {2}), HingeLoss(), 0.05,
                 GradientDescent({.momentum = 0.9}),
                 four_clouds({.samples = 3000, .labels = BinaryLabels::minus_plus}, rng));
}

Sequential copying_net() {
  Tensor x = images().x;
  Linear encoder(64, 20);
  TiedLinear decoder(encoder);
  return trained(Sequential{AutoEncoder(Sequential{std::move(encoder), TanH()},
                                        Sequential{std::move(decoder)})},
                 BCEWithLogitsLoss(), 0.01, Adam(), {x, x});
}

Sequential signal_net() {
  return trained(parse_network("Reshape([64, 1]) Conv1D(3, 16) MaxPool1D(2) Conv1D(3, 8) "
                               "AvgPool1D(3, stride=2) ReLU Flatten Linear(10)",
                               {64}),
                 SoftmaxCrossEntropyLoss(), 0.05,
                 GradientDescent({.momentum = 0.9, .nesterov = true}), images());
}

Sequential image_net() {
  return trained(parse_network("Reshape([8, 8, 1]) Conv2D(3, 20, padding=1) ReLU MaxPool2D(2) "
                               "Conv2D(3, 9) AvgPool2D(2) Flatten Linear(10) Softmax",
                               {64}),
                 CrossEntropyLoss(), 0.05, GradientDescent({.weight_decay = 1e-3}), images());
}

Sequential reading_net() {
  return trained(
      parse_network("Reshape([8, 8]) LSTM(21) GRU(19) RNN(18, sequence=false) Linear(10)", {64}),
      SoftmaxCrossEntropyLoss(), 0.01, Adam(), images());
}

Sequential two_ways_net() {
  const Dataset data = images();
  return trained(parse_network("Reshape([8, 8]) TwoDirections(Conv1D(3, 6) MaxPool1D(2), "
                               "Conv1D(3, 6) MaxPool1D(2)) Linear(10) LogSoftmax",
                               {64}),
                 MSELoss(), 0.001, Adam(), {data.x, one_hot(data.y, 10)});
}

/// Dilated, depthwise, grouped and transposed convolutions.
Sequential separable_net() {
  return trained(
      parse_network(
          "Reshape([8, 8, 1]) Conv2D(3, 12, padding=2, dilation=2) "
          "Conv2D(3, 24, padding=1, groups=12) ReLU MaxPool2D(3, stride=2, ceil_mode=true) "
          "ConvTranspose2D(2, 8, stride=2) "
          "AvgPool2D(3, stride=2, padding=1, ceil_mode=true) Upsample(2) "
          "Conv2D(3, 10, groups=2) GlobalAvgPool",
          {64}),
      SoftmaxCrossEntropyLoss(), 0.01, Adam(), images());
}

/// Pixels as words.
Sequential words_net() {
  const Dataset data = digits().slice(0, 1000);
  return trained(parse_network("Embedding(17, 9) GRU(15, sequence=false) "
                               "Parallel(add=true, Linear(11) PReLU, Linear(11) Softplus) "
                               "GELU(tanh=true) Linear(10)",
                               {64}),
                 HuberLoss(0.5), 0.01, RMSProp(), {data.x, one_hot(data.y, 10)});
}

Sequential robust_net() {
  const Tensor x = images().x;
  return trained(parse_network("Linear(31) BatchNorm ReLU Linear(64)", {64}), L1Loss(), 0.05,
                 Adagrad(), {x, x});
}

/// Every change to images, read ahead.
Sequential augmented_net() {
  const Dataset data = images();
  DatasetSource plain({data.x, one_hot(data.y, 10)});
  AugmentedSource source(plain,
                         {.shift = 1,
                          .rotation = 15,
                          .scale = 0.1,
                          .shear = 5,
                          .elastic_alpha = 5,
                          .crop = 1,
                          .noise = 0.1,
                          .cut_out = 2,
                          .erase = 0.5,
                          .mixup = 0.4,
                          .image = {8, 8}},
                         7);
  Sequential net = parse_network("Linear(30) TanH Linear(10) Softmax", {64});
  MSELoss loss;
  Optim optim(net, loss, 0.05);
  Rng order = Rng(7).stream("batches");
  SGD(optim, source, {.batch_size = 190, .epochs = 3, .prefetch = true}, order).check();
  return net;
}

/// Normalised, random, residual; weighted examples, in micro-batches, with clipped gradients.
Sequential residual_net() {
  Sequential net = parse_network(
      "Reshape([8, 8, 1]) Conv2D(3, 12, padding=1, bias=false) BatchNorm GELU "
      "Residual(Conv2D(3, 12, padding=1, bias=false) BatchNorm SiLU) MaxPool2D(2) Upsample(2) "
      "GlobalAvgPool LayerNorm Dropout(0.2) Linear(10)",
      {64});
  Dataset data = images();
  data.weight = class_weights(data.y, 10);
  Rng weights = Rng(7).stream("weights"), order = Rng(7).stream("batches");
  initialize(net, weights);
  SoftmaxCrossEntropyLoss loss(0.1);
  Optim optim(net, loss, 0.01, Reduction::mean,
              AdamW({.weight_decay = 0.01, .decay_only_weights = true}));
  optim.set_seed(7);
  optim.set_clipping({.norm = 1});
  optim.set_micro_batch(50);
  SGD(optim, data, {.batch_size = 190, .epochs = 3, .schedule = one_cycle(0.01, 18)}, order)
      .check();
  return net;
}

const std::map<std::string, std::function<Sequential()>> trainings{
    {"augmented", augmented_net}, {"copying", copying_net},   {"hinge", hinge_net},
    {"image", image_net},         {"plane", plane_net},       {"reading", reading_net},
    {"residual", residual_net},   {"robust", robust_net},     {"separable", separable_net},
    {"signal", signal_net},       {"two_ways", two_ways_net}, {"words", words_net}};

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::string> arguments(argv + 1, argv + argc), names(arguments);
  if (arguments == std::vector<std::string>{"--names"}) {
    for (const auto& training : trainings) std::cout << training.first << '\n';
    return 0;
  }
  if (arguments.empty()) throw ArgumentError("usage: trainings FOLDER [NAME...]");
  names.erase(names.begin());
  if (names.empty())
    for (const auto& training : trainings) names.push_back(training.first);
  for (const std::string& name : names)
    save_parameters(arguments[0] + "/" + name + ".safetensors", trainings.at(name)(),
                    {.order = ChannelOrder::last});
} catch (const std::exception& error) {
  std::cerr << "trainings: " << error.what() << '\n';
  return 1;
}
