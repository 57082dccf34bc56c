// A non-linear model on separable data: Linear(2, 3), TanH, Linear(3, 1), Sigmoid under MSE, step
// 0.01. The report's step only trains if the gradient is summed over the batch; under the mean it
// is 800 times smaller. Both readings are run.

#include "common/experiment.hpp"
#include "common/plane.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Name, apps::Run;

struct Options {
  nn::Index samples = 1000, epochs = 1000;
  double sigma = 0.1, epsilon = 0.02, step = 0.01;
};

void run_once(Run& run, nn::Reduction reduction, const Options& options) {
  nn::Rng points = run.rng("data");
  nn::Split data = nn::train_test_split(
      nn::two_clusters(
          {.samples = options.samples, .sigma = options.sigma, .epsilon = options.epsilon}, points),
      {.test_size = 0.2, .seed = 42});

  Name name{nn::to_string(reduction), "step under the " + nn::to_string(reduction)};
  nn::Sequential net{nn::Linear(2, 3), nn::TanH(), nn::Linear(3, 1), nn::Sigmoid()};
  nn::Rng weights = run.rng(name.text + "/weights");
  nn::initialize(net, weights);

  nn::MSELoss loss;
  nn::Optim optim(net, loss, options.step, reduction);

  apps::record_epoch(run, name, 0, net, data);
  nn::Rng order = run.rng(name.text + "/batches");
  nn::TrainingResult result =
      nn::SGD(optim, data.train, {.batch_size = data.train.size(), .epochs = options.epochs}, order,
              [&](const nn::Epoch& e) {
                apps::record_epoch(run, name, e.epoch, net, data);
                run.advance();
              });
  apps::require_finite(name, result);

  apps::record_results(run, name, net, data);
  if (!run.first()) return;
  apps::write_points(run, name, data);
  apps::write_boundary(run, name, net, 2.5);
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("separable_mlp", "A 2-3-1 network on two separable clusters.");
  Options options;
  experiment.flags().count("samples", options.samples, "points, a fifth of them to test", 10);
  experiment.flags().count("epochs", options.epochs, "passes over the training points");
  experiment.flags().number("sigma", options.sigma, "variance of a cluster");
  experiment.flags().number("epsilon", options.epsilon, "jitter after the labels are set");
  experiment.flags().number("step", options.step, "gradient step");
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("epochs", options.epochs, nn::Index{100});
    experiment.for_each_run(2 * options.epochs, [&](Run& run) {
      for (nn::Reduction reduction : {nn::Reduction::sum, nn::Reduction::batch_mean})
        run_once(run, reduction, options);
    });
  });
}
