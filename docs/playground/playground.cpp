// The page's network: what JavaScript calls, by name. All that is computed is computed here, by
// libnn; the page draws.

#include <cstddef>
#include <memory>
#include <vector>

#include "nn/core/rng.hpp"
#include "nn/data/batches.hpp"
#include "nn/data/split.hpp"
#include "nn/data/synthetic.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/metrics.hpp"
#include "nn/train/optim.hpp"

#define EXPORT(name) extern "C" [[clang::export_name(#name)]]

namespace {

using nn::Index;

enum class Activation { tanh, relu, sigmoid };
enum class Rule { plain, momentum, adam };

nn::Split points_of(Index samples, int cells, double noise, nn::Rng rng) {
  return nn::train_test_split(
      nn::checkerboard({.samples = samples, .cells = cells, .epsilon = noise}, rng),
      {.test_size = 0.2, .seed = 42});
}

nn::Sequential network(int layers, Index width, Activation activation) {
  nn::Sequential net;
  Index inputs = 2;
  for (int i = 0; i < layers; ++i, inputs = width) {
    net.append(nn::Linear(inputs, width));
    if (activation == Activation::tanh) net.append(nn::TanH());
    if (activation == Activation::relu) net.append(nn::ReLU());
    if (activation == Activation::sigmoid) net.append(nn::Sigmoid());
  }
  net.append(nn::Linear(inputs, 1));
  net.append(nn::Sigmoid());
  return net;
}

nn::Optim rule_for(nn::Module& net, const nn::Loss& loss, double step, Rule rule) {
  if (rule == Rule::adam) return {net, loss, step, nn::Adam()};
  return {net, loss, step, nn::GradientDescent({.momentum = rule == Rule::momentum ? 0.9 : 0})};
}

/// A training: its points, its network, and where it stands.
struct Training {
  Training(std::uint64_t seed, Index samples, int cells, double noise, int layers, Index width,
           Activation activation, Rule rule, double step, Index batch)
      : points(points_of(samples, cells, noise, nn::Rng(seed).stream("points"))),
        side(cells),
        net(network(layers, width, activation)),
        optim(rule_for(net, loss, step, rule)),
        order(nn::Rng(seed).stream("batches")),
        batches(points.train, batch, order) {
    nn::Rng weights = nn::Rng(seed).stream("weights");
    nn::initialize(net, weights);
  }
  Training(const Training&) = delete;

  /// Whether the costs of all batches were finite numbers.
  bool train(int steps) {
    for (int i = 0; i < steps; ++i) {
      const nn::Dataset batch = batches.next();
      const double cost = optim.step(batch.x, batch.y);
      if (!(cost - cost == 0)) return false;
      cost_sum += cost * static_cast<double>(batch.size());
      if (!batches.at_epoch_end()) continue;
      epoch_loss = cost_sum / static_cast<double>(points.train.size());
      cost_sum = 0;
      ++epochs;
    }
    return true;
  }

  nn::Split points;
  int side;
  nn::Sequential net;
  nn::MSELoss loss;
  nn::Optim optim;
  nn::Rng order;
  nn::Batches batches;
  double cost_sum = 0, epoch_loss = 0;  // over the examples of this epoch, and of the last one
  int epochs = 0;
};

std::unique_ptr<Training> training;
std::vector<float> numbers;  // what the page reads, until its next call

const nn::Dataset& part(bool test) { return test ? training->points.test : training->points.train; }

}  // namespace

EXPORT(begin)
void begin(int seed, int samples, int cells, double noise, int layers, int width, int activation,
           int rule, double step, int batch) {
  training = std::make_unique<Training>(static_cast<std::uint64_t>(seed), samples, cells, noise,
                                        layers, width, static_cast<Activation>(activation),
                                        static_cast<Rule>(rule), step, batch);
}

EXPORT(set_step) void set_step(double step) { training->optim.set_step_size(step); }
EXPORT(train) bool train(int steps) { return training->train(steps); }
EXPORT(epochs) int epochs() { return training->epochs; }
/// The mean cost over the last whole epoch.
EXPORT(loss) double loss() { return training->epoch_loss; }
EXPORT(accuracy) double accuracy(bool test) { return nn::accuracy(training->net, part(test)); }

/// x, y and label of each point.
EXPORT(points) const float* points(bool test) {
  const auto& [x, y, weight] = part(test);
  numbers.clear();
  for (Index i = 0; i < x.size(0); ++i)
    for (const float number : {x(i, 0), x(i, 1), y(i, 0)}) numbers.push_back(number);
  return numbers.data();
}
EXPORT(count) int count(bool test) { return static_cast<int>(part(test).size()); }

/// The network's output in the middle of each cell of a square grid on the board, from its upper
/// left corner, row by row.
EXPORT(surface) const float* surface(int grid) {
  nn::Tensor x({Index{grid} * grid, 2});
  const float cell = static_cast<float>(training->side) / static_cast<float>(grid);
  auto centre = [&](int i) {
    return (static_cast<float>(i) - static_cast<float>(grid - 1) / 2) * cell;
  };
  for (int row = 0; row < grid; ++row)
    for (int column = 0; column < grid; ++column) {
      const Index i = Index{row} * grid + column;
      x(i, 0) = centre(column);
      x(i, 1) = -centre(row);
    }
  const nn::Tensor z = nn::predict(training->net, x);
  numbers.assign(z.data(), z.data() + z.numel());
  return numbers.data();
}
