// A non-linear model on separable data: Linear(2, 3), TanH, Linear(3, 1), Sigmoid under MSE, step
// 0.01. The report's step only trains if the gradient is summed over the batch; under the mean it
// is 800 times smaller. Both readings are run.

#include "common/experiment.hpp"
#include "common/plane.hpp"
#include "nn/nn.hpp"

namespace {

nn::Sequential model() {
  return nn::Sequential{nn::Linear(2, 3), nn::TanH(), nn::Linear(3, 1), nn::Sigmoid()};
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("separable_mlp", "A 2-3-1 network on two separable clusters.");
  nn::Index samples = 1000, epochs = 1000;
  double sigma = 0.1, epsilon = 0.02, step = 0.01;
  experiment.flags().count("samples", samples, "points, a fifth of them to test", 10);
  experiment.flags().count("epochs", epochs, "passes over the training points");
  experiment.flags().number("sigma", sigma, "variance of a cluster");
  experiment.flags().number("epsilon", epsilon, "jitter after the labels are set");
  experiment.flags().number("step", step, "gradient step");
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("epochs", epochs, nn::Index{100});
    experiment.for_each_run(2 * epochs, [&](apps::Run& run) {
      nn::Rng rng = run.rng("data");
      nn::Split data = nn::train_test_split(
          nn::two_clusters({.samples = samples, .sigma = sigma, .epsilon = epsilon}, rng),
          {.test_size = 0.2, .seed = 42});
      for (nn::Reduction reduction : {nn::Reduction::sum, nn::Reduction::batch_mean}) {
        nn::Sequential net = model();
        apps::train_in_plane(run, net, data,
                             {.setting = "step under the " + nn::to_string(reduction),
                              .step = step,
                              .reduction = reduction,
                              .epochs = epochs});
      }
    });
  });
}
