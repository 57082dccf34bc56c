// A non-linear model on four Gaussian clouds, an exclusive or: Linear(2, 50), TanH, Linear(50, 1),
// Sigmoid under MSE, step 1e-4, 1000 epochs, the gradient summed over all training points. The
// clouds are run well apart (variance 0.1) and overlapping (0.5), the case in which the report sees
// over-fitting past 600 epochs; a third setting reads the step under the batch mean, where nothing
// is learnt.

#include "common/experiment.hpp"
#include "common/plane.hpp"
#include "nn/nn.hpp"

namespace {

struct Setting {
  std::string name;
  double sigma;
  nn::Reduction reduction;
};

void run_once(apps::Run& run, const Setting& setting, nn::Index samples, nn::Index epochs,
              double epsilon, double step) {
  nn::Rng rng = run.rng("data, variance " + nn::to_text(setting.sigma));
  nn::Split data = nn::train_test_split(
      nn::four_clouds({.samples = samples, .sigma = setting.sigma, .epsilon = epsilon}, rng),
      {.test_size = 0.2, .seed = 42});
  nn::Sequential net{nn::Linear(2, 50), nn::TanH(), nn::Linear(50, 1), nn::Sigmoid()};
  apps::train_in_plane(run, net, data,
                       {.setting = setting.name,
                        .step = step,
                        .reduction = setting.reduction,
                        .epochs = epochs,
                        .every = 5,
                        .half_width = 3.5});
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("four_clouds", "A 2-50-1 network on four Gaussian clouds (XOR).");
  nn::Index samples = 1000, epochs = 1000;
  double epsilon = 0.02, step = 1e-4;
  experiment.flags().count("samples", samples, "points, a fifth of them to test", 10);
  experiment.flags().count("epochs", epochs, "passes over the training points");
  experiment.flags().number("epsilon", epsilon, "jitter after the labels are set");
  experiment.flags().number("step", step, "gradient step");
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("epochs", epochs, nn::Index{300});
    std::vector<Setting> settings{
        {"variance 0.1", 0.1, nn::Reduction::sum},
        {"variance 0.5", 0.5, nn::Reduction::sum},
        {"variance 0.1, step under the mean", 0.1, nn::Reduction::batch_mean}};
    experiment.for_each_run(3 * epochs, [&](apps::Run& run) {
      for (const Setting& setting : settings)
        run_once(run, setting, samples, epochs, epsilon, step);
    });
  });
}
