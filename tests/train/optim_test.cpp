#include "nn/train/optim.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <concepts>

#include "nn/core/error.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/train/adam.hpp"
#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "support/weights.hpp"

namespace nn::test { namespace {

TEST(Optim, StepsAreTheGradientOverTheDivisor) {
  Tensor x = wave({4, 3}), y = wave({4, 2}, 1);
  MSELoss loss;
  for (auto [reduction, divisor] : {std::pair<Reduction, Scalar>{Reduction::sum, Scalar(1)},
                                    {Reduction::batch_mean, Scalar(4)},
                                    {Reduction::mean, Scalar(8)}}) {
    Linear net(3, 2), by_hand(3, 2);
    Optim optim(net, loss, 0.5, reduction);
    double cost = optim.step(x, y);
    Tensor yhat = by_hand.forward(x);
    EXPECT_EQ(cost, mean(loss.forward(y, yhat)));  // under every reduction
    by_hand.backward(x, loss.backward(y, yhat) * (1 / divisor));
    by_hand.update_parameters(Scalar(0.5));
    expect_close_weights(net, by_hand);
  }
}

TEST(Optim, UseAfterAMoveIsAnError) {
  Tensor x = wave({4, 3}), y = wave({4, 3}, 1);
  MSELoss loss;
  Linear net(3, 3);
  Optim first(net, loss, 0.1);
  Optim second(std::move(first));
  second.step(x, y);
  EXPECT_THROW(first.step(x, y), ArgumentError);
  EXPECT_THROW(first.rule(), ArgumentError);
}

template <class L>
concept TakesTemporary = requires(Module& net, L loss) {
  Optim(net, std::move(loss), 0.1);
};
static_assert(!TakesTemporary<MSELoss>, "an Optim would outlive its loss");

static_assert(!std::convertible_to<AdamW&, const Adam&>, "an Optim would copy a part of the rule");

TEST(Optim, TheReductionIsTheMeanUnlessStated) {
  Linear net(3, 3);
  MSELoss loss;
  EXPECT_EQ(Optim(net, loss, 0.1).reduction(), Reduction::mean);
  EXPECT_EQ(Optim(net, loss, 0.1, Adam()).reduction(), Reduction::mean);
}

TEST(Optim, EachStepStartsFromZeroGradients) {
  Tensor x = wave({4, 3}), y = wave({4, 2}, 1);
  MSELoss loss;
  Linear net(3, 2), other(3, 2);
  for (const ParameterPtr& p : net.parameters()) p->grad.fill(100);
  Optim(net, loss, 0.1, Reduction::sum).step(x, y);
  Optim(other, loss, 0.1, Reduction::sum).step(x, y);
  expect_weights(net, weights(other));
}

TEST(Optim, StepSizes) {
  Linear net(1, 1);
  MSELoss loss;
  for (double bad : {-1.0, static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    EXPECT_THROW(Optim(net, loss, bad, Reduction::sum), ArgumentError);
    Optim optim(net, loss, 0.1, Reduction::sum);
    EXPECT_THROW(optim.set_step_size(bad), ArgumentError);
    EXPECT_EQ(optim.step_size(), 0.1);
  }
  if (sizeof(Scalar) == 4) {
    EXPECT_THROW(Optim(net, loss, 1e39, Reduction::sum), ArgumentError);
  }
  Optim optim(net, loss, 0, Reduction::mean);
  std::vector<Tensor> before = weights(net);
  optim.step(tensor({1, 2, 3}).reshape({3, 1}), tensor({1, 2, 3}));
  expect_weights(net, before);
  optim.set_step_size(2);
  EXPECT_EQ(optim.step_size(), 2);
  EXPECT_EQ(optim.reduction(), Reduction::mean);
  EXPECT_EQ(&optim.net(), &net);
  EXPECT_EQ(&optim.loss(), &loss);
}

TEST(Optim, ACostThatIsNotFiniteChangesNoParameter) {
  MSELoss loss;
  for (Scalar bad : {Scalar(NAN), Scalar(INFINITY)}) {
    Linear net(2, 1);
    Optim optim(net, loss, 0.1, Reduction::sum);
    std::vector<Tensor> before = weights(net);
    EXPECT_FALSE(std::isfinite(optim.step(tensor({{1, 2}, {3, bad}}), tensor({1, 2}))));
    EXPECT_FALSE(std::isfinite(optim.step(tensor({{1, 2}, {3, 4}}), tensor({1, bad}))));
    expect_weights(net, before);
  }
}

TEST(Optim, WrongBatchesChangeNothing) {
  Sequential net{Linear(3, 4), Linear(4, 2)};
  SoftmaxCrossEntropyLoss loss;
  Optim optim(net, loss, 0.1, Reduction::sum);
  Tensor x = wave({4, 3});
  optim.step(x, tensor({0, 1, 0, 1}));
  std::vector<Tensor> before = weights(net), gradients;
  for (const ParameterPtr& p : net.parameters()) gradients.push_back(p->grad.clone());
  EXPECT_THROW(optim.step(x, tensor({0, 1, 2, 0})), RangeError);
  EXPECT_THROW(optim.step(x, tensor({0, 1, -1, 0})), RangeError);
  EXPECT_THROW(optim.step(x, tensor({0, 1, 0})), ShapeError);
  EXPECT_THROW(optim.step(wave({4, 5}), tensor({0, 1, 0, 1})), ShapeError);
  expect_weights(net, before);
  for (std::size_t i = 0; i < gradients.size(); ++i)
    EXPECT_TRUE(same_bits(net.parameters()[i]->grad, gradients[i]));
}

TEST(Optim, StepsAllocateNothingAfterTheFirst) {
  if (!counts_allocations()) GTEST_SKIP() << "operator new is not ours here";
  Sequential net{Linear(30, 20), TanH(), Linear(20, 10)};
  Sequential probabilities{Linear(30, 10), Softmax()};
  SoftmaxCrossEntropyLoss logits_loss;
  CrossEntropyLoss loss;
  Optim a(net, logits_loss, 0.1, Reduction::mean), b(probabilities, loss, 0.1, Reduction::sum);
  Tensor x = wave({50, 30}), y = Tensor::zeros({50});
  for (Optim* optim : {&a, &b}) {
    optim->step(x, y);
    optim->step(x.slice(0, 0, 20), y.slice(0, 0, 20));
    long before = allocations();
    for (int i = 0; i < 3; ++i) {
      optim->step(x, y);
      optim->step(x.slice(0, 0, 20), y.slice(0, 0, 20));
    }
    EXPECT_EQ(allocations(), before);
  }
}

TEST(Optim, AStepOnAnEmptyBatchChangesNothing) {
  Linear net(4, 3);
  MSELoss mse;
  SoftmaxCrossEntropyLoss ce;
  std::vector<Tensor> before = weights(net);
  Tensor x = Tensor::zeros({0, 4});
  for (Reduction r : {Reduction::mean, Reduction::batch_mean, Reduction::sum}) {
    for (const ParameterPtr& p : net.parameters()) p->grad.fill(5);  // of an earlier batch
    EXPECT_EQ(Optim(net, ce, 0.1, r).step(x, Tensor::zeros({0})), 0);
    EXPECT_EQ(Optim(net, ce, 0.1, r).step(x, Tensor::zeros({0, 3})), 0);
    EXPECT_EQ(Optim(net, mse, 0.1, r).step(x, Tensor::zeros({0, 3})), 0);
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_TRUE(same_bits(net.parameters()[i]->value, before[i]));
      EXPECT_TRUE(same_bits(net.parameters()[i]->grad, before[i] * 0 + 0));
    }
  }
}

}  // namespace
}  // namespace nn::test
