// Which parameters a step moves: those that the network holds now, views and all, but for frozen
// ones.

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/adagrad.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/optim.hpp"
#include "nn/train/rms_prop.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "support/weights.hpp"

namespace nn::test { namespace {

/// Names its first part twice until it is mended.
class Doubled : public Sequential {
 public:
  using Sequential::Sequential;
  void visit(Visitor& visitor) override {
    Sequential::visit(visitor);
    if (!is_mended) visitor.part("again", (*this)[0]);
  }
  bool is_mended = false;
};

TEST(Optim, RefusesAPartMetTwiceAtEachStepUntilItIsMended) {
  Doubled net{Linear(3, 2), TanH()};
  MSELoss loss;
  Optim optim(net, loss, 0.1);
  const std::vector<Tensor> before = weights(net[0]);
  for (int i = 0; i < 2; ++i)
    EXPECT_THROW(optim.step(wave({4, 3}), wave({4, 2}, 1)), ArgumentError);
  EXPECT_TRUE(equal(weights(net[0])[0], before[0]));
  net.is_mended = true;
  optim.step(wave({4, 3}), wave({4, 2}, 1));
  EXPECT_FALSE(equal(weights(net[0])[0], before[0]));
}

TEST(Optim, TrainsWhatTheNetworkHoldsNow) {
  Tensor x = wave({4, 3}), y = wave({4, 3}, 1);
  MSELoss loss;
  AutoEncoder net(Sequential{Linear(3, 2)}, Sequential{Linear(2, 3)});
  Optim optim(net, loss, 0.1);
  optim.step(x, y);
  net.decoder() = Sequential{Linear(2, 2), Linear(2, 3)};
  const std::vector<Tensor> before = weights(net);
  ASSERT_EQ(before.size(), 6u);
  optim.step(x, y);
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_FALSE(equal(net.parameters()[i]->value, before[i])) << i;
  Linear first(3, 3);  // the same parameters, used differently
  TiedLinear second(first);
  Sequential apart{std::move(first)};
  Optim other(apart, loss, 0.1, Reduction::sum);
  other.step(x, y);
  apart.append(std::move(second));
  Sequential by_hand{Linear(3, 3)};
  by_hand.parameters()[0]->value.copy_from(apart.parameters()[0]->value);
  by_hand.parameters()[1]->value.copy_from(apart.parameters()[1]->value);
  by_hand.append(TiedLinear(by_hand.at<Linear>(0)));
  step_by_hand(by_hand, loss, x, y, Scalar(0.1));
  other.step(x, y);
  expect_close_weights(apart, by_hand);
}

// A value may be a view: a step moves its elements, and no others.
TEST(Optim, ValuesThatAreViewsMoveAsTheirCopies) {
  const Tensor x = wave({4, 3}), y = wave({4, 2}, 1);
  MSELoss loss;
  auto train = [&](auto rule, bool transposed) {
    Linear plain(3, 2), view(3, 2);
    Tensor big = Tensor::full({4, 5}, 7);
    Tensor part = transposed ? big.slice(0, 0, 2).slice(1, 1, 4).transpose()
                             : big.slice(0, 0, 3).slice(1, 1, 3);
    part.copy_from(view.weight()->value);
    view.weight()->value = part;
    Optim first(plain, loss, 0.1, rule), second(view, loss, 0.1, rule);
    for (int i = 0; i < 3; ++i) first.step(x, y), second.step(x, y);
    EXPECT_TRUE(same_bits(view.weight()->value.contiguous(), plain.weight()->value));
    EXPECT_EQ(big(0, 0), 7);
    EXPECT_EQ(big(3, 4), 7);
  };
  for (bool transposed : {false, true}) {
    train(GradientDescent(), transposed);
    train(GradientDescent({.momentum = 0.9}), transposed);
    train(Adam(), transposed);
    train(AdamW(), transposed);
    train(RMSProp({.momentum = 0.9, .centered = true}), transposed);
    train(Adagrad(), transposed);
  }
}

/// Its gradient shares elements with what it is given.
class Shares : public MSELoss {
 public:
  explicit Shares(bool broadcast) : broadcast_(broadcast) {}
  Tensor backward(const Tensor& y, const Tensor&) const override {
    return broadcast_ ? Tensor::ones({1, 1}).broadcast_to(y.shape()) : y;
  }
  Tensor forward_backward(const Tensor& y, const Tensor& yhat, Tensor& delta) const override {
    delta = backward(y, yhat);
    return forward(y, yhat);
  }

 private:
  bool broadcast_;
};

TEST(Optim, ViewsThatCannotBeWrittenChangeNothing) {
  const MSELoss loss;
  const Tensor x = wave({4, 2}), y = wave({4, 1});
  for (bool of_value : {false, true}) {
    Sequential net{Linear(2, 3), TanH(), Linear(3, 1)};
    const ParameterPtr last = net.parameters()[2];
    const Tensor held = last->value;  // by another: so its gradient adds up on its own
    (of_value ? last->value : last->grad) = Tensor::zeros({1}).broadcast_to({3, 1});
    std::vector<Tensor> before;
    for (const ParameterPtr& p : net.parameters()) before.push_back(p->value.clone());
    for (const bool plain : {true, false}) {
      Optim optim(net, loss, 0.1, GradientDescent({.momentum = plain ? 0 : 0.9}));
      EXPECT_THROW(optim.step(x, y), ArgumentError);
    }
    if (of_value) {
      EXPECT_THROW(net.update_parameters(1), ArgumentError);
    }
    last->grad = Tensor::zeros({3, 1});
    net.zero_grad();
    for (std::size_t i = 0; i < before.size(); ++i)
      EXPECT_TRUE(same_bits(net.parameters()[i]->value, before[i]));
  }
}

TEST(Optim, ALossMayReturnATensorThatOthersHold) {
  const Tensor x = wave({4, 3}), y = wave({4, 2}, 1), kept = y.clone();
  for (bool broadcast : {false, true}) {
    const Shares loss(broadcast);
    Linear net(3, 2), by_hand(3, 2);
    Optim(net, loss, 0.1, Reduction::sum).step(x, y);
    EXPECT_TRUE(same_bits(y, kept));
    step_by_hand(by_hand, loss, x, y, Scalar(0.1));
    expect_close_weights(net, by_hand);
  }
}

TEST(Optim, ARuleThatKeepsStateRefusesOtherParametersAndShapes) {
  const Tensor x = wave({4, 3}), y = wave({4, 3}, 1);
  MSELoss loss;
  Sequential none{TanH()};
  Optim began_empty(none, loss, 0.1, Adam());
  began_empty.step(x, y);
  none.append(Linear(3, 3));
  EXPECT_THROW(began_empty.step(x, y), ArgumentError);
  Linear net(3, 3);
  Optim optim(net, loss, 0.1, Adam());
  optim.step(x, y);
  Parameter& bias = *net.bias();
  bias.grad = Tensor::zeros({4, 3});
  EXPECT_THROW(optim.rule().update(net.parameters(), 0.1), ShapeError);
  bias.value = Tensor::zeros({100});
  bias.grad = Tensor::zeros({100});
  EXPECT_THROW(optim.rule().update(net.parameters(), 0.1), ShapeError);
}

// Under every rule, whatever its promise about gradients.
TEST(Optim, LeavesFrozenPartsAlone) {
  const Tensor x = wave({4, 3}), y = wave({4, 2}, 1);
  MSELoss loss;
  auto check = [&](auto rule) {
    Sequential net{Linear(3, 3), TanH(), Linear(3, 2)};
    net[0].freeze();
    const Tensor frozen = net.parameters()[0]->value.clone();
    const Tensor other = net.parameters()[2]->value.clone();
    Optim optim(net, loss, 0.1, rule);
    optim.step(x, y);
    EXPECT_TRUE(same_bits(net.parameters()[0]->value, frozen));
    EXPECT_FALSE(same_bits(net.parameters()[2]->value, other));
    EXPECT_TRUE(net.clone()->parameters()[0]->frozen);
    net[0].freeze(false);
    optim.step(x, y);
    EXPECT_FALSE(same_bits(net.parameters()[0]->value, frozen));
  };
  check(GradientDescent());
  check(GradientDescent({.momentum = 0.9}));
  check(Adam());
  Sequential by_hand{Linear(3, 2)};
  by_hand.freeze();
  const Tensor before = by_hand.parameters()[0]->value.clone();
  by_hand.parameters()[0]->grad.fill(1);
  by_hand.update_parameters(1);
  EXPECT_TRUE(same_bits(by_hand.parameters()[0]->value, before));
}

// As in PyTorch, where Adam counts the steps of each parameter.
TEST(Optim, AParameterThatIsThawedBeginsItsOwnSteps) {
  const Tensor x = wave({4, 3}), y = wave({4, 2}, 1);
  MSELoss loss;
  Sequential net{Linear(3, 3), Linear(3, 2)};
  net[0].freeze();
  Optim optim(net, loss, 1e-3, Adam());
  for (int i = 0; i < 200; ++i) optim.step(x, y);
  EXPECT_EQ(optim.rule().frozen_steps(), (std::vector<Index>{200, 200, 0, 0}));
  net[0].freeze(false);
  const Tensor before = net.parameters()[0]->value.clone();
  optim.step(x, y);
  const Tensor moved = net.parameters()[0]->value - before;
  for (Index i = 0; i < moved.numel(); ++i)
    EXPECT_NEAR(std::abs(moved.data()[i]), 1e-3, 1e-6);  // m / sqrt(v) is 1 in a first step
}

}  // namespace
}  // namespace nn::test
