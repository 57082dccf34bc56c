#include "nn/train/clipping.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/optim.hpp"
#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/mlp.hpp"
#include "support/sample.hpp"
#include "support/weights.hpp"

namespace nn::test { namespace {

Sequential net_with_gradients() {
  Sequential net{Linear(2, 1), Linear(1, 2, false)};  // weights (2, 1), (1), (1, 2)
  net.parameters()[0]->grad.copy_from(tensor({3, -4}).reshape({2, 1}));
  net.parameters()[1]->grad.fill(0);
  net.parameters()[2]->grad.copy_from(tensor({{12, 0}}));
  return net;
}

TEST(Clipping, ScalesAllGradientsDownToTheNorm) {
  Sequential net = net_with_gradients();
  EXPECT_EQ(clip_gradients(net.parameters(), {.norm = 26}), 13);
  EXPECT_EQ(net.parameters()[2]->grad(0, 0), 12);
  EXPECT_EQ(clip_gradients(net.parameters(), {.norm = 6.5}), 13);
  EXPECT_NEAR(net.parameters()[0]->grad(1, 0), -2, 1e-6);
  EXPECT_NEAR(net.parameters()[2]->grad(0, 0), 6, 1e-6);
}

TEST(Clipping, LimitsEachValueAndThenTheNorm) {
  Sequential net = net_with_gradients();
  EXPECT_NEAR(clip_gradients(net.parameters(), {.value = 3}), std::sqrt(27.0), 1e-12);
  EXPECT_EQ(values(net.parameters()[0]->grad), (std::vector<Scalar>{3, -3}));
  EXPECT_EQ(values(net.parameters()[2]->grad), (std::vector<Scalar>{3, 0}));
  net = net_with_gradients();
  clip_gradients(net.parameters(), {.value = 3, .norm = 1});
  EXPECT_NEAR(net.parameters()[0]->grad(0, 0), 1 / std::sqrt(3.0), 1e-6);
}

TEST(Clipping, LeavesFrozenParametersOut) {
  Sequential net = net_with_gradients();
  net[0].freeze();
  EXPECT_EQ(clip_gradients(net.parameters(), {.value = 10, .norm = 5}), 10);
  EXPECT_EQ(values(net.parameters()[0]->grad), (std::vector<Scalar>{3, -4}));
  EXPECT_NEAR(net.parameters()[2]->grad(0, 0), 5, 1e-5);
}

TEST(Clipping, LimitsThatMakeNoSenseAreRefused) {
  Linear net(2, 1);
  MSELoss loss;
  Optim optim(net, loss, 0.1);
  for (double bad : {-1.0, static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    EXPECT_THROW(optim.set_clipping({.value = bad}), ArgumentError);
    EXPECT_THROW(optim.set_clipping({.norm = bad}), ArgumentError);
  }
  EXPECT_FALSE(optim.clipping().is_on());
}

TEST(Clipping, AboveTheNormStepsAreTheOnesWithout) {
  const Tensor x = wave({5, 3}), y = wave({5, 2}, 1);
  MSELoss loss;
  Sequential a = mlp(), b = mlp();
  Optim free(a, loss, 0.1), clipped(b, loss, 0.1);
  clipped.set_clipping({.norm = 1e6});
  EXPECT_TRUE(std::isnan(clipped.gradient_norm()));
  for (int i = 0; i < 3; ++i)
    EXPECT_NEAR(free.step(x, y), clipped.step(x, y), is_double ? 1e-12 : 1e-5);
  expect_close_weights(a, b);
  EXPECT_GT(clipped.gradient_norm(), 0);
}

/// Its gradient is not finite, though its cost is.
class BadGradient : public MSELoss {
 public:
  Tensor backward(const Tensor& y, const Tensor&) const override {
    return Tensor::full(y.shape(), INFINITY);
  }
};

TEST(Clipping, AGradientThatIsNotFiniteMakesNoStep) {
  const Tensor x = wave({4, 3}), y = wave({4, 2}, 1);
  const BadGradient loss;
  Linear net(3, 2);
  const std::vector<Tensor> before = weights(net);
  Optim optim(net, loss, 0.1);
  optim.set_clipping({.norm = 1});
  EXPECT_FALSE(std::isfinite(optim.step(x, y)));
  EXPECT_FALSE(std::isfinite(optim.gradient_norm()));
  optim.set_clipping({});
  EXPECT_TRUE(std::isnan(optim.gradient_norm()));
  EXPECT_EQ(optim.rule().steps(), 0);
  expect_weights(net, before);
}

TEST(Clipping, AllocatesNothingAfterTheFirstStep) {
  if (!counts_allocations()) GTEST_SKIP() << "operator new is not ours here";
  Sequential net{Linear(30, 20), TanH(), Linear(20, 10)};
  MSELoss loss;
  Optim optim(net, loss, 0.1);
  optim.set_clipping({.value = 0.1, .norm = 0.1});
  const Tensor x = wave({50, 30}), y = wave({50, 10}, 1);
  optim.step(x, y);
  const long before = allocations();
  for (int i = 0; i < 3; ++i) optim.step(x, y);
  EXPECT_EQ(allocations(), before);
}

}  // namespace
}  // namespace nn::test
