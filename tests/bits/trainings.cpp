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

template <class Rule>
void train(Sequential& net, const Loss& loss, double step, Rule rule, const Dataset& data) {
  Rng weights = Rng(7).stream("weights"), order = Rng(7).stream("batches");
  initialize(net, weights);
  Optim optim(net, loss, step, Reduction::mean, std::move(rule));
  SGD(optim, data, {.batch_size = 190, .epochs = 3}, order).check();
}

Dataset images() {
  Dataset data = digits().slice(0, 1000);
  return {data.x / 16, data.y};
}

Sequential plane_net() {
  Rng rng = Rng(7).stream("data");
  Dataset data = checkerboard({.samples = 3000}, rng);
  Sequential net{Linear(2, 150), TanH(), Linear(150, 133), LeakyReLU(), Linear(133, 1), Sigmoid()};
  train(net, BCELoss(), 0.01, Adam(), data);
  return net;
}

Sequential hinge_net() {
  Rng rng = Rng(7).stream("data");
  Dataset data = four_clouds({.samples = 3000, .labels = BinaryLabels::minus_plus}, rng);
  Sequential net{Linear(2, 217), ELU(), Linear(217, 1)};
  train(net, HingeLoss(), 0.05, GradientDescent({.momentum = 0.9}), data);
  return net;
}

Sequential copying_net() {
  Tensor x = images().x;
  Linear encoder(64, 20);
  TiedLinear decoder(encoder);
  Sequential net{
      AutoEncoder(Sequential{std::move(encoder), TanH()}, Sequential{std::move(decoder)})};
  train(net, BCEWithLogitsLoss(), 0.01, Adam(), {x, x});
  return net;
}

Sequential signal_net() {
  Sequential net{Reshape({64, 1}), Conv1D(3, 1, 16), MaxPool1D(2), Conv1D(3, 16, 8),
                 AvgPool1D(3, 2),  ReLU(),           Flatten(),    Linear(14 * 8, 10)};
  train(net, SoftmaxCrossEntropyLoss(), 0.05, GradientDescent({.momentum = 0.9, .nesterov = true}),
        images());
  return net;
}

Sequential image_net() {
  Conv2D first({.kernel = 3, .chan_in = 1, .chan_out = 20, .padding = 1});
  Conv2D second({.kernel = 3, .chan_in = 20, .chan_out = 9});
  Sequential net{Reshape({8, 8, 1}), std::move(first),  ReLU(),
                 MaxPool2D(2),       std::move(second), AvgPool2D(2),
                 Flatten(),          Linear(9, 10),     Softmax()};
  train(net, CrossEntropyLoss(), 0.05, GradientDescent({.weight_decay = 1e-3}), images());
  return net;
}

Sequential reading_net() {
  Sequential net{Reshape({8, 8}), LSTM(8, 21), GRU(21, 19), RNN(19, 18, false), Linear(18, 10)};
  train(net, SoftmaxCrossEntropyLoss(), 0.01, Adam(), images());
  return net;
}

Sequential two_ways_net() {
  auto branch = [] { return Sequential{Conv1D(3, 1, 6), MaxPool1D(2)}; };
  Sequential net{Reshape({8, 8}), TwoDirections(branch(), branch()), Linear(2 * 31 * 6, 10),
                 LogSoftmax()};
  Dataset data = images();
  train(net, MSELoss(), 0.001, Adam(), {data.x, one_hot(data.y, 10)});
  return net;
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
                          .noise = 0.1,
                          .cut_out = 2,
                          .mixup = 0.4,
                          .image = {8, 8}},
                         7);
  Sequential net{Linear(64, 30), TanH(), Linear(30, 10), Softmax()};
  MSELoss loss;
  Optim optim(net, loss, 0.05);
  Rng order = Rng(7).stream("batches");
  SGD(optim, source, {.batch_size = 190, .epochs = 3, .prefetch = true}, order).check();
  return net;
}

/// Normalised, random, residual; weighted examples, in micro-batches, with clipped gradients.
Sequential residual_net() {
  Conv2D first({.kernel = 3, .chan_in = 1, .chan_out = 12, .padding = 1, .bias = false});
  Conv2D second({.kernel = 3, .chan_in = 12, .chan_out = 12, .padding = 1, .bias = false});
  Sequential net{Reshape({8, 8, 1}),
                 std::move(first),
                 BatchNorm(12),
                 GELU(),
                 Residual(Sequential{std::move(second), BatchNorm(12), SiLU()}),
                 MaxPool2D(2),
                 Upsample(2),
                 GlobalAvgPool(),
                 LayerNorm(12),
                 Dropout(0.2),
                 Linear(12, 10)};
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

/// Dilated, depthwise, grouped and transposed convolutions.
Sequential separable_net() {
  Conv2D first({.kernel = 3, .chan_in = 1, .chan_out = 12, .padding = 2, .dilation = 2});
  Conv2D depthwise({.kernel = 3, .chan_in = 12, .chan_out = 24, .padding = 1, .groups = 12});
  Conv2D grouped({.kernel = 3, .chan_in = 8, .chan_out = 10, .groups = 2});
  Sequential net{Reshape({8, 8, 1}),       std::move(first),
                 std::move(depthwise),     ReLU(),
                 MaxPool2D(3, 2, 0, true), ConvTranspose2D(2, 24, 8, 2),
                 AvgPool2D(3, 2, 1, true), Upsample(2),
                 std::move(grouped),       GlobalAvgPool()};
  train(net, SoftmaxCrossEntropyLoss(), 0.01, Adam(), images());
  return net;
}

/// Pixels as words.
Sequential words_net() {
  const Dataset data = digits().slice(0, 1000);
  Sequential net{Embedding(17, 9), GRU(9, 15, false),
                 Parallel(Join::add, Sequential{Linear(15, 11), PReLU()},
                          Sequential{Linear(15, 11), Softplus()}),
                 GELU(Approximate::tanh), Linear(11, 10)};
  train(net, HuberLoss(0.5), 0.01, RMSProp(), {data.x, one_hot(data.y, 10)});
  return net;
}

Sequential robust_net() {
  Sequential net{Linear(64, 31), BatchNorm(31), ReLU(), Linear(31, 64)};
  train(net, L1Loss(), 0.05, Adagrad(), {images().x, images().x});
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
