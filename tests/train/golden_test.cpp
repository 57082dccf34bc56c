// Update rules, groups, clipping, weights and schedules against PyTorch's.

#include <gtest/gtest.h>

#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/train/adagrad.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/gradient_descent.hpp"
#include "nn/train/reduce_on_plateau.hpp"
#include "nn/train/rms_prop.hpp"
#include "nn/train/schedule.hpp"
#include "support/golden_training.hpp"

namespace nn::test { namespace {

/// The steps of some_steps() in tests/golden/make_training.py.
template <class Rule>
void check(const char* name, double lr, Rule rule, const Clipping& clipping = {}) {
  SCOPED_TRACE(name);
  const GoldenCase expected = golden("training.txt", name);
  const Tensor &x = expected["inputs"], &y = expected["y"];
  Sequential net{Linear(x.size(1), 4), TanH(), Linear(4, y.size(1))};
  set_parameters(net, expected.list("start"));
  MSELoss loss;
  Optim optim(net, loss, lr, rule);
  optim.set_clipping(clipping);
  const std::vector<double>& costs = expected.numbers("costs");
  for (std::size_t i = 0; i < costs.size(); ++i) {
    EXPECT_NEAR(optim.step(x, y) / static_cast<double>(y.size(1)), costs[i], golden_tolerance);
    if (expected.has("norms")) {
      EXPECT_NEAR(optim.gradient_norm(), expected.numbers("norms")[i], golden_tolerance);
    }
  }
  expect_parameters(net, expected.list("trained"));
}

TEST(GoldenTraining, GradientDescent) {
  check("descent", 0.05, GradientDescent());
  check("decay", 0.05, GradientDescent({.weight_decay = 0.1}));
  check("momentum", 0.05, GradientDescent({.momentum = 0.9}));
  check("nesterov", 0.05, GradientDescent({.momentum = 0.9, .nesterov = true}));
}
TEST(GoldenTraining, Adam) {
  check("adam", 0.01, Adam());
  check("adam_decay", 0.01,
        Adam({.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weight_decay = 0.1}));
  check("adamw", 0.01, AdamW({.weight_decay = 0.1}));
}
TEST(GoldenTraining, RMSProp) {
  check("rmsprop", 0.01, RMSProp());
  check(
      "rmsprop_all", 0.01,
      RMSProp(
          {.alpha = 0.9, .epsilon = 1e-6, .weight_decay = 0.1, .momentum = 0.8, .centered = true}));
}
TEST(GoldenTraining, Adagrad) {
  check("adagrad", 0.05, Adagrad());
  check("adagrad_decay", 0.05, Adagrad({.epsilon = 1e-6, .weight_decay = 0.1}));
}
TEST(GoldenTraining, DecayOfWeightsAlone) {
  check("descent_groups", 0.02, GradientDescent({.weight_decay = 0.1, .decay_only_weights = true}));
  check("adam_groups", 0.02, Adam({.weight_decay = 0.1, .decay_only_weights = true}));
  check("adamw_groups", 0.02, AdamW({.weight_decay = 0.1, .decay_only_weights = true}));
  check("rmsprop_groups", 0.02, RMSProp({.weight_decay = 0.1, .decay_only_weights = true}));
  check("adagrad_groups", 0.02, Adagrad({.weight_decay = 0.1, .decay_only_weights = true}));
}
TEST(GoldenTraining, Clipping) {
  check("clip_norm", 0.3, GradientDescent(), {.norm = 0.2});
  check("clip_value", 0.3, GradientDescent(), {.value = 0.05});
}

/// A loss whose examples are weighted by their class, as PyTorch's CrossEntropyLoss(weight).
TEST(GoldenTraining, WeightsOfClasses) {
  const GoldenCase expected = golden("training.txt", "weighted_classes");
  const Tensor &x = expected["inputs"], &y = expected["y"];
  const Tensor of_class = tensor({0.5, 2, 0, 1.25});
  Tensor weight(y.shape());
  for (Index i = 0; i < y.size(0); ++i) weight(i) = of_class(static_cast<Index>(y(i)));
  Linear net(x.size(1), 4);
  SoftmaxCrossEntropyLoss loss;
  check_training(net, loss, Reduction::mean, x, y, expected, weight);
}

void check_schedule(const char* name, const Schedule& schedule) {
  const std::vector<double> lrs = golden("training.txt", name).numbers("lrs");
  for (std::size_t i = 0; i < lrs.size(); ++i)
    EXPECT_NEAR(schedule(static_cast<Index>(i)), lrs[i], 1e-12) << name << ' ' << i;
}

TEST(GoldenTraining, OneCycle) {
  check_schedule("one_cycle", one_cycle(0.3, 17));
  check_schedule("one_cycle_options",
                 one_cycle(0.3, 10, {.pct_start = 0.5, .div_factor = 10, .final_div_factor = 100}));
}

void check_plateau(const char* name, ReduceOnPlateau plateau) {
  const GoldenCase expected = golden("training.txt", name);
  const std::vector<double>&losses = expected.numbers("losses"), &lrs = expected.numbers("lrs");
  ASSERT_LT(lrs.back(), lrs.front());
  for (std::size_t i = 0; i < losses.size(); ++i)
    EXPECT_NEAR(plateau.step(losses[i]), lrs[i], 1e-12) << name << ' ' << i;
}

TEST(GoldenTraining, ReduceOnPlateau) {
  check_plateau("plateau", ReduceOnPlateau(0.5));
  check_plateau(
      "plateau_options",
      ReduceOnPlateau(
          0.5, {.factor = 0.5, .patience = 2, .threshold = 0.01, .cooldown = 3, .min_lr = 0.02}));
}

}  // namespace
}  // namespace nn::test
