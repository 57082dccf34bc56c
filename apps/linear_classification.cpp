// Linear classification: two separable Gaussian clusters, labels -1 and +1, a linear model trained
// by the mean squared error. The least-squares fit, which that loss leads to, is recorded too.

#include <cmath>
#include <numbers>

#include "common/experiment.hpp"
#include "common/least_squares.hpp"
#include "common/plane.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Name, apps::Run;

struct Options {
  nn::Index samples = 1000, epochs = 200;
  double sigma = 0.1, epsilon = 0.02, step = 0.1;
};

constexpr nn::Scalar threshold = 0;  // between the labels

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

void record(Run& run, const Name& setting, const nn::Module& net, const nn::Split& data) {
  apps::record_results(run, setting, net, data, {}, threshold);
  if (!run.first()) return;
  std::vector<double> p = parameters(net);
  run.row("lines", {"id", "setting", "w1", "w2", "b"},
          {setting.id, setting.text, p[0], p[1], p[2]});
  apps::write_boundary(run, setting, net, 2.5);
}

void run_once(Run& run, const Options& options) {
  nn::Rng points = run.rng("data");
  nn::Split data = nn::train_test_split(nn::two_clusters({.samples = options.samples,
                                                          .sigma = options.sigma,
                                                          .epsilon = options.epsilon,
                                                          .labels = nn::BinaryLabels::minus_plus},
                                                         points),
                                        {.test_size = 0.2, .seed = 42});

  Name trained{"mse", "MSE"}, exact{"exact", "least squares"};
  nn::Linear net(2, 1);
  nn::Rng weights = run.rng("weights");
  nn::initialize(net, weights);

  nn::MSELoss loss;
  nn::Optim optim(net, loss, options.step, nn::Reduction::batch_mean);

  nn::Rng order = run.rng("batches");
  nn::TrainingResult result =
      nn::SGD(optim, data.train, {.batch_size = data.train.size(), .epochs = options.epochs}, order,
              [&](const nn::Epoch& e) {
                apps::record_epoch(run, trained, e.epoch, net, data, threshold);
                run.advance();
              });
  apps::require_finite(trained, result);

  if (run.first()) apps::write_points(run, trained, data);
  record(run, trained, net, data);
  std::vector<double> least_squares = apps::least_squares(data.train);
  run.result(trained, {"angle", "angle to the least-squares boundary in degrees"}, "train",
             angle(parameters(net), least_squares));
  set_parameters(net, least_squares);
  record(run, exact, net, data);
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("linear_classification",
                              "Two Gaussian clusters told apart by a linear model under MSE.");
  Options options;
  experiment.flags().count("samples", options.samples, "points, a fifth of them to test", 10);
  experiment.flags().count("epochs", options.epochs, "passes over the training points");
  experiment.flags().number("sigma", options.sigma, "variance of a cluster");
  experiment.flags().number("epsilon", options.epsilon, "jitter after the labels are set");
  experiment.flags().number("step", options.step, "gradient step, under the batch mean");
  return experiment.main(argc, argv, [&] {
    experiment.for_each_run(options.epochs, [&](Run& run) { run_once(run, options); });
  });
}
