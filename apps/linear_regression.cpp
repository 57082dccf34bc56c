// Linear regression on y = 8 x + 2 + noise: a line by gradient descent on the mean squared error,
// and by the closed form of least squares.

#include <algorithm>
#include <cmath>

#include "common/experiment.hpp"
#include "common/least_squares.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Name, apps::Run;

struct Line {
  double slope, intercept;
  double mse(const nn::Dataset& data) const {
    double sum = 0;
    for (nn::Index i = 0; i < data.size(); ++i)
      sum += std::pow(slope * data.x(i, 0) + intercept - data.y(i, 0), 2);
    return sum / static_cast<double>(data.size());
  }
  double distance(const Line& other) const {
    return std::max(std::abs(slope - other.slope), std::abs(intercept - other.intercept));
  }
};

Line line_of(const nn::Module& net) {
  return {net.parameters()[0]->value.item(), net.parameters()[1]->value.item()};
}

void record(Run& run, const Name& setting, const Line& line, const nn::Split& data) {
  run.result(setting, "slope", "train", line.slope);
  run.result(setting, "intercept", "train", line.intercept);
  run.result(setting, "mse", "train", line.mse(data.train));
  run.result(setting, "mse", "test", line.mse(data.test));
  if (run.first())
    run.row("lines", {"id", "setting", "slope", "intercept"},
            {setting.id, setting.text, line.slope, line.intercept});
}

void write_points(Run& run, const nn::Split& data) {
  for (auto [part, split] : {std::pair(&data.train, "train"), std::pair(&data.test, "test")})
    for (nn::Index i = 0; i < part->size(); ++i)
      run.row("points", {"x", "y", "split"}, {part->x(i, 0), part->y(i, 0), split});
}

/// No validation part: with two parameters and full batches the lowest training loss is the
/// least-squares fit itself, which the best parameters are to be compared with.
void run_once(Run& run, const nn::Split& data, double step, nn::Index epochs) {
  Name closed_form{"exact", "closed form"}, descent{"descent", "gradient descent"};
  std::vector<double> fit = apps::least_squares(data.train);
  Line exact{fit[0], fit[1]};
  record(run, closed_form, exact, data);

  nn::Linear net(1, 1);
  nn::Rng weights = run.rng("weights");
  nn::initialize(net, weights);

  nn::MSELoss loss;
  nn::Optim optim(net, loss, step, nn::Reduction::batch_mean);

  nn::BestParameters best(net);
  nn::Index close_since = 0;
  nn::Rng order = run.rng("batches");
  nn::TrainingResult result =
      nn::SGD(optim, data.train, {.batch_size = data.train.size(), .epochs = epochs}, order,
              [&](const nn::Epoch& e) {
                Line line = line_of(net);
                best.offer(line.mse(data.train));
                run.history(descent, e.epoch, "mse", "train", line.mse(data.train));
                run.history(descent, e.epoch, "mse", "test", line.mse(data.test));
                if (line.distance(exact) > 1e-5) close_since = e.epoch + 1;
                run.advance();
              });
  apps::require_finite(descent, result);
  best.restore();

  if (close_since <= epochs)
    run.result(descent, {"epochs", "epochs until both coefficients stay within 1e-5"}, "train",
               static_cast<double>(close_since));
  record(run, descent, line_of(net), data);
  if (run.first()) write_points(run, data);
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("linear_regression", "A line through y = 8 x + 2 + noise, by MSE.");
  nn::Index epochs = 200, samples = 100, data_seed = 0, split_seed = 42;
  double step = 0;
  experiment.flags().count("epochs", epochs, "passes over the training points");
  experiment.flags().number("step", step, "gradient step; 0: the best one by the Hessian");
  experiment.flags().count("samples", samples, "points, a fifth of them to test", 5);
  experiment.flags().count("data-seed", data_seed, "NumPy seed of the points", 0);
  experiment.flags().count("split-seed", split_seed, "seed of the split", 0);
  return experiment.main(argc, argv, [&] {
    nn::Rng rng(static_cast<std::uint64_t>(data_seed));
    nn::Split data =
        nn::train_test_split(nn::linear_data({.samples = samples}, rng),
                             {.test_size = 0.2, .seed = static_cast<std::uint64_t>(split_seed)});
    apps::Curvature hessian = apps::curvature(data.train);
    double used = step > 0 ? step : hessian.best_step();
    experiment.config("hessian_smallest", nn::to_text(hessian.smallest));
    experiment.config("hessian_largest", nn::to_text(hessian.largest));
    experiment.config("step_used", nn::to_text(used));
    experiment.for_each_run(epochs, [&](Run& run) { run_once(run, data, used, epochs); });
  });
}
