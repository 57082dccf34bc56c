// Linear classification: two separable Gaussian clusters, labels -1 and +1, a linear model trained
// by the mean squared error; beside it the least-squares fit, which that loss leads to.

#include <cmath>
#include <numbers>

#include "common/boundary.hpp"
#include "common/experiment.hpp"
#include "common/least_squares.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Experiment, apps::Run;

struct Settings {
  nn::Index samples = 1000, epochs = 200;
  double sigma = 0.1, epsilon = 0.02, step = 0.1;
};

/// A linear model's parameters as (w1, w2, b).
std::vector<double> parameters(const nn::Module& net) {
  const nn::Tensor &w = net.parameters()[0]->value, &b = net.parameters()[1]->value;
  return {w(0, 0), w(1, 0), b(0)};
}

void set_parameters(nn::Module& net, const std::vector<double>& p) {
  net.parameters()[0]->value(0, 0) = static_cast<nn::Scalar>(p[0]);
  net.parameters()[0]->value(1, 0) = static_cast<nn::Scalar>(p[1]);
  net.parameters()[1]->value(0) = static_cast<nn::Scalar>(p[2]);
}

/// The angle between two boundaries w1 x1 + w2 x2 + b = 0, in degrees.
double angle(const std::vector<double>& p, const std::vector<double>& q) {
  double cross = p[0] * q[1] - p[1] * q[0], dot = p[0] * q[0] + p[1] * q[1];
  return std::abs(std::atan2(cross, dot)) * 180 / std::numbers::pi;
}

void record(Run& run, const std::string& setting, const nn::Module& net, const nn::Split& data) {
  nn::MSELoss loss;
  run.result(setting, "accuracy", "train", nn::accuracy(net, data.train, 0));
  run.result(setting, "accuracy", "test", nn::accuracy(net, data.test, 0));
  run.result(setting, "mse", "train", nn::evaluate(net, loss, data.train));
  run.result(setting, "mse", "test", nn::evaluate(net, loss, data.test));
  if (!run.first()) return;
  std::vector<double> p = parameters(net);
  run.row("lines", {"setting", "w1", "w2", "b"}, {setting, p[0], p[1], p[2]});
  apps::write_boundary(run, setting, net, 2.5);
}

void train(Run& run, nn::Module& net, const nn::Split& data, const Settings& s) {
  nn::Rng weights = run.rng("weights"), batches = run.rng("batches");
  nn::initialize(net, weights);
  nn::MSELoss loss;
  nn::Optim optim(net, loss, s.step, nn::Reduction::batch_mean);
  const nn::TrainingResult result =
      nn::SGD(optim, data.train, {.batch_size = data.train.size(), .epochs = s.epochs}, batches,
              [&](const nn::Epoch& e) {
                for (auto [part, split] :
                     {std::pair(&data.train, "train"), std::pair(&data.test, "test")}) {
                  run.history("MSE", e.epoch, "mse", split, nn::evaluate(net, loss, *part));
                  run.history("MSE", e.epoch, "accuracy", split, nn::accuracy(net, *part, 0));
                }
                run.advance();
              });
  apps::require_finite("MSE", result);
}

void run_once(Run& run, const Settings& s) {
  nn::Rng rng = run.rng("data");
  nn::Dataset points = nn::two_clusters({.samples = s.samples,
                                         .sigma = s.sigma,
                                         .epsilon = s.epsilon,
                                         .labels = nn::BinaryLabels::minus_plus},
                                        rng);
  nn::Split data = nn::train_test_split(points, {.test_size = 0.2, .seed = 42});
  if (run.first()) apps::write_points(run, "MSE", data);
  nn::Linear net(2, 1);
  train(run, net, data, s);
  std::vector<double> trained = parameters(net), exact = apps::least_squares(data.train);
  record(run, "MSE", net, data);
  run.result("MSE", "angle to the least-squares boundary in degrees", "train",
             angle(trained, exact));
  set_parameters(net, exact);
  record(run, "least squares", net, data);
}

}  // namespace

int main(int argc, char** argv) {
  Experiment experiment("linear_classification",
                        "Two Gaussian clusters told apart by a linear model under MSE.");
  Settings s;
  experiment.flags().count("samples", s.samples, "points, a fifth of them to test", 10);
  experiment.flags().count("epochs", s.epochs, "passes over the training points");
  experiment.flags().number("sigma", s.sigma, "variance of a cluster");
  experiment.flags().number("epsilon", s.epsilon, "jitter after the labels are set");
  experiment.flags().number("step", s.step, "gradient step, under the batch mean");
  return experiment.main(
      argc, argv, [&] { experiment.for_each_run(s.epochs, [&](Run& run) { run_once(run, s); }); });
}
