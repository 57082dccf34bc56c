#include "nn/train/optim.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/train/adam.hpp"
#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/factories.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

std::vector<Tensor> weights(const Module& net) {
  std::vector<Tensor> result;
  for (const ParameterPtr& p : net.parameters()) result.push_back(p->value.clone());
  return result;
}

void expect_weights(const Module& net, const std::vector<Tensor>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(same_bits(net.parameters()[i]->value, expected[i]));
}

void expect_close_weights(const Module& net, const Module& expected) {
  for (std::size_t i = 0; i < expected.parameters().size(); ++i)
    EXPECT_TRUE(close(net.parameters()[i]->value, expected.parameters()[i]->value)) << i;
}

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

/// Runs one Linear twice: z = L(L(x)).
class Twice : public Module {
 public:
  explicit Twice(Index n) : linear_(n, n) {}
  Tensor forward(const Tensor& x) override { return linear_.forward(middle_ = linear_.forward(x)); }
  Tensor predict(const Tensor& x) const override { return linear_.predict(linear_.predict(x)); }
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override {
    linear_.backward_update_gradient(x, linear_.backward(middle_, delta));
  }
  Tensor backward_delta(const Tensor&, const Tensor& delta) override {
    return linear_.backward_delta(middle_, linear_.backward_delta(middle_, delta));
  }
  Shape output_shape(const Shape& input) const override { return linear_.output_shape(input); }
  void visit(Visitor& visitor) override { visitor.part("linear", linear_); }
  std::string kind() const override { return "Twice"; }

 private:
  Linear linear_;
  Tensor middle_;
};

/// Two Linears in a row, each of which gets its gradient before it is asked for dL/dx.
class UpdatesFirst : public Module {
 public:
  Tensor forward(const Tensor& x) override { return second_.forward(middle_ = first_.forward(x)); }
  Tensor predict(const Tensor& x) const override { return second_.predict(first_.predict(x)); }
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override {
    second_.backward_update_gradient(middle_, delta);
    first_.backward_update_gradient(x, second_.backward_delta(middle_, delta));
  }
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override {
    return first_.backward_delta(x, second_.backward_delta(middle_, delta));
  }
  Shape output_shape(const Shape& input) const override { return input; }
  void visit(Visitor& visitor) override {
    visitor.part("first", first_);
    visitor.part("second", second_);
  }
  std::string kind() const override { return "UpdatesFirst"; }

 private:
  Linear first_{3, 3}, second_{3, 3};
  Tensor middle_;
};

/// A decoder with the encoder's weight between two layers of their own.
Sequential tied() {
  Linear encoder(3, 2);
  TiedLinear decoder(encoder);
  return Sequential{Linear(3, 3), std::move(encoder), TanH(), std::move(decoder), Linear(3, 3)};
}

// Whatever a network shares, a step is the gradient's.
TEST(Optim, StepsOfNetworksThatShareParametersAreTheGradients) {
  Tensor x = wave({4, 3}), y = wave({4, 3}, 1);
  MSELoss loss;
  auto check = [&](Sequential net, Sequential by_hand) {
    Optim optim(net, loss, 0.05, Reduction::sum);
    for (int i = 0; i < 3; ++i) {
      optim.step(x, y);
      by_hand.zero_grad();
      by_hand.backward_update_gradient(x, loss.backward(y, by_hand.forward(x)));
      by_hand.update_parameters(Scalar(0.05));
      expect_close_weights(net, by_hand);
    }
  };
  check(tied(), tied());
  check(Sequential{Twice(3), TanH(), Linear(3, 3)}, Sequential{Twice(3), TanH(), Linear(3, 3)});
  check(Sequential{UpdatesFirst(), Linear(3, 3)}, Sequential{UpdatesFirst(), Linear(3, 3)});
  check(Sequential{Linear(3, 3), Sequential{Linear(3, 2), Linear(2, 3)}},
        Sequential{Linear(3, 3), Sequential{Linear(3, 2), Linear(2, 3)}});
  auto coder = [] { return AutoEncoder(Sequential{Linear(3, 2)}, Sequential{Linear(2, 3)}); };
  check(Sequential{coder(), Linear(3, 3)}, Sequential{coder(), Linear(3, 3)});
}

/// Trains its part, and promises nothing about it.
class Plain : public Module {
 public:
  explicit Plain(std::unique_ptr<Module> part) : part_(std::move(part)) {}
  Tensor forward(const Tensor& x) override { return part_->forward(x); }
  Tensor predict(const Tensor& x) const override { return part_->predict(x); }
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override {
    part_->backward_update_gradient(x, delta);
  }
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override {
    return part_->backward_delta(x, delta);
  }
  Shape output_shape(const Shape& input) const override { return part_->output_shape(input); }
  void visit(Visitor& visitor) override { visitor.part("part", *part_); }
  std::string kind() const override { return "Plain"; }

 private:
  std::unique_ptr<Module> part_;
};

// A module's promise that it adds once saves time. It changes no bit.
TEST(Optim, StepsHaveTheSameBitsWithAndWithoutThePromise) {
  MSELoss loss;
  for (const ModuleCase& tested : module_cases()) {
    for (bool adam : {false, true}) {
      const auto net = tested.make();
      if (net->parameters().empty()) continue;
      Plain same(tested.make());
      const Tensor x = wave(tested.example.inserted(0, 5));
      const Tensor y = wave(net->output_shape(x.shape()), 2);
      auto train = [&](Module& trained) {
        Optim plain(trained, loss, 0.02), with_adam(trained, loss, 0.02, Adam());
        for (int i = 0; i < 4; ++i) (adam ? with_adam : plain).step(x, y);
      };
      train(*net);
      train(same);
      expect_weights(same, weights(*net));
    }
  }
}

// A second tensor on a weight's elements may be another parameter's.
TEST(Optim, ParametersThatShareElementsAddUp) {
  Tensor x = wave({4, 3}), y = wave({4, 3}, 1);
  MSELoss loss;
  Sequential net{Linear(3, 3, false), TanH(), Linear(3, 3, false)};
  net.parameters()[1]->value = net.parameters()[0]->value.transpose();
  const Tensor before = net.parameters()[0]->value.clone();
  net.zero_grad();
  net.backward_update_gradient(x, loss.backward(y, net.forward(x)));
  const Tensor first = net.parameters()[0]->grad.clone(),
               second = net.parameters()[1]->grad.clone();
  Optim(net, loss, 0.1, Reduction::sum).step(x, y);
  EXPECT_TRUE(
      close(net.parameters()[0]->value, before - Scalar(0.1) * (first + second.transpose())));
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
  by_hand.append(TiedLinear(dynamic_cast<Linear&>(by_hand[0])));
  by_hand.zero_grad();
  by_hand.backward_update_gradient(x, loss.backward(y, by_hand.forward(x)));
  by_hand.update_parameters(Scalar(0.1));
  other.step(x, y);
  expect_close_weights(apart, by_hand);
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

TEST(Optim, TheReductionIsTheMeanUnlessStated) {
  Linear net(3, 3);
  MSELoss loss;
  EXPECT_EQ(Optim(net, loss, 0.1).reduction(), Reduction::mean);
  EXPECT_EQ(Optim(net, loss, 0.1, Adam()).reduction(), Reduction::mean);
}

/// A layer whose backward fails.
class Failing : public TanH {
 public:
  Tensor backward_delta(const Tensor&, const Tensor&) override { throw ArgumentError("failing"); }
};

TEST(Optim, GradientsAddUpAgainAfterAStepThatFailed) {
  Tensor x = wave({4, 3}), y = wave({4, 2}, 1);
  MSELoss loss;
  Sequential net{Linear(3, 3), Failing(), Linear(3, 2)};
  Optim optim(net, loss, 0.5, Reduction::sum);
  EXPECT_THROW(optim.step(x, y), ArgumentError);
  Optim with_adam(net, loss, 0.5, Adam());
  EXPECT_THROW(with_adam.step(x, y), ArgumentError);
  for (const ParameterPtr& p : net.parameters()) EXPECT_EQ(p->grad.shape(), p->value.shape());
  Module& last = net[2];
  Tensor in = wave({4, 3}, 2), delta = wave({4, 2}, 3),
         before = last.parameters()[0]->value.clone();
  last.zero_grad();
  last.backward(in, delta);
  Tensor once = last.parameters()[0]->grad.clone();
  last.backward(in, delta);
  EXPECT_TRUE(close(last.parameters()[0]->grad, once + once));
  EXPECT_TRUE(same_bits(last.parameters()[0]->value, before));
}

TEST(Optim, TrainsTheParametersThatTheNetworkHasNow) {
  Tensor x = wave({4, 3}), y = wave({4, 2}, 1);
  MSELoss loss;
  Sequential net{Linear(3, 2)};
  Optim plain(net, loss, 0.1, Reduction::mean);
  Optim heavy(net, loss, 0.1, Reduction::mean, GradientDescent({.momentum = 0.9}));
  plain.step(x, y);
  heavy.step(x, y);
  net = Sequential{Linear(3, 2)};
  const double first = plain.step(x, y);
  EXPECT_LT(plain.step(x, y), first);
  EXPECT_THROW(heavy.step(x, y), ArgumentError);
  net.append(TanH()).append(Linear(2, 2));
  std::vector<Tensor> before = weights(net);
  plain.step(x, y);
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_FALSE(equal(net.parameters()[i]->value, before[i])) << i;
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

TEST(Optim, CostsFall) {
  Tensor x = wave({20, 3}), y = wave({20, 2}, 1);
  Sequential net{Linear(3, 8), TanH(), Linear(8, 2)};
  MSELoss loss;
  Optim optim(net, loss, 0.1, Reduction::batch_mean);
  double first = optim.step(x, y), last = first;
  for (int i = 0; i < 50; ++i) {
    double cost = optim.step(x, y);
    EXPECT_LT(cost, last);
    last = cost;
  }
  EXPECT_LT(last, 0.98 * first);
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
