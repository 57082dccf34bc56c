// A non-linear model on four Gaussian clouds, an exclusive or: Linear(2, 50), TanH, Linear(50, 1),
// Sigmoid under MSE, step 1e-4, 1000 epochs, the gradient summed over all training points. The
// clouds are run well apart (variance 0.1) and overlapping (0.5), the case in which the report sees
// over-fitting past 600 epochs. A third setting takes the step under the batch mean, where nothing
// is learnt.

#include "common/experiment.hpp"
#include "common/plane.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Name, apps::Run;

struct Options {
  nn::Index samples = 1000, epochs = 1000;
  double epsilon = 0.02, step = 1e-4;
};

struct Setting {
  Name name;
  double variance;
  nn::Reduction reduction;
};

void run_once(Run& run, const Setting& s, const Options& options) {
  nn::Rng points = run.rng("data, variance " + nn::to_text(s.variance));
  nn::Split data = nn::train_test_split(
      nn::four_clouds({.samples = options.samples, .sigma = s.variance, .epsilon = options.epsilon},
                      points),
      {.test_size = 0.2, .seed = 42});

  nn::Sequential net{nn::Linear(2, 50), nn::TanH(), nn::Linear(50, 1), nn::Sigmoid()};
  nn::Rng weights = run.rng(s.name.text + "/weights");
  nn::initialize(net, weights);

  nn::MSELoss loss;
  nn::Optim optim(net, loss, options.step, s.reduction);

  apps::record_epoch(run, s.name, 0, net, data);
  nn::Rng order = run.rng(s.name.text + "/batches");
  nn::TrainingResult result =
      nn::SGD(optim, data.train, {.batch_size = data.train.size(), .epochs = options.epochs}, order,
              [&](const nn::Epoch& e) {
                if (e.epoch % 5 == 0 || e.epoch == options.epochs)
                  apps::record_epoch(run, s.name, e.epoch, net, data);
                run.advance();
              });
  apps::require_finite(s.name, result);

  apps::record_results(run, s.name, net, data);
  if (!run.first()) return;
  apps::write_points(run, s.name, data);
  apps::write_boundary(run, s.name, net, 3.5);
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("four_clouds", "A 2-50-1 network on four Gaussian clouds (XOR).");
  Options options;
  experiment.flags().count("samples", options.samples, "points, a fifth of them to test", 10);
  experiment.flags().count("epochs", options.epochs, "passes over the training points");
  experiment.flags().number("epsilon", options.epsilon, "jitter after the labels are set");
  experiment.flags().number("step", options.step, "gradient step");
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("epochs", options.epochs, nn::Index{300});
    experiment.for_each_run(3 * options.epochs, [&](Run& run) {
      run_once(run, {{"apart", "variance 0.1"}, 0.1, nn::Reduction::sum}, options);
      run_once(run, {{"overlapping", "variance 0.5"}, 0.5, nn::Reduction::sum}, options);
      run_once(run, {{"mean", "variance 0.1, step under the mean"}, 0.1, nn::Reduction::batch_mean},
               options);
    });
  });
}
