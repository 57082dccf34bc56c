#include <gtest/gtest.h>

#include <limits>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/adagrad.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/optim.hpp"
#include "nn/train/rms_prop.hpp"
#include "support/compare.hpp"
#include "support/mlp.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

/// A part's scale does what a rule of its own with another step size would.
template <class Rule>
void expect_steps_of_its_own(const Rule& rule) {
  const Tensor x = wave({4, 3}), y = wave({4, 2}, 1);
  const MSELoss loss;
  Sequential net = mlp(), by_hand = mlp();
  net[0].scale_steps(0.25);
  Optim optim(net, loss, 0.1, Reduction::sum, rule);
  Rule slow = rule, usual = rule;
  for (int i = 0; i < 4; ++i) {
    optim.step(x, y);
    by_hand.zero_grad();
    const Tensor yhat = by_hand.forward(x);
    by_hand.backward_update_gradient(x, loss.backward(y, yhat));
    slow.update(by_hand[0].parameters(), 0.025);
    usual.update(by_hand[2].parameters(), 0.1);
  }
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_TRUE(close(net.parameters()[i]->value, by_hand.parameters()[i]->value, 1e-6));
}

TEST(StepScale, APartMayHaveStepsOfItsOwnUnderEveryRule) {
  expect_steps_of_its_own(GradientDescent());
  expect_steps_of_its_own(GradientDescent({.momentum = 0.9, .weight_decay = 0.1}));
  expect_steps_of_its_own(Adam());
  expect_steps_of_its_own(AdamW({.weight_decay = 0.1}));
  expect_steps_of_its_own(RMSProp());
  expect_steps_of_its_own(Adagrad());
}

TEST(StepScale, OfATiedParameterCountsOnce) {
  const Tensor x = wave({4, 3});
  const MSELoss loss;
  auto moved = [&](double factor) {
    Linear first(3, 2, false);
    TiedLinear second(first);
    Sequential net;
    net.append(std::move(first)).append(std::move(second));
    net.scale_steps(factor);
    const Tensor before = net.parameters()[0]->value.clone();
    Optim(net, loss, 0.1).step(x, x);
    return net.parameters()[0]->value - before;
  };
  EXPECT_TRUE(close(moved(0.5), moved(1) * Scalar(0.5), 1e-6));
}

TEST(StepScale, IsCopiedAndChecked) {
  Sequential net = mlp();
  net[2].scale_steps(0);
  EXPECT_EQ(net.clone()->parameters()[2]->step_scale, 0);
  const Tensor before = net.parameters()[2]->value.clone();
  net.parameters()[2]->grad.fill(1);
  net.update_parameters(1);
  EXPECT_TRUE(same_bits(net.parameters()[2]->value, before));
  for (double bad :
       {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(net.scale_steps(bad), ArgumentError);
}

}  // namespace
}  // namespace nn::test
