// Whatever shares a parameter, and whatever a module promises, a step is the gradient's.

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/optim.hpp"
#include "support/compare.hpp"
#include "support/module_cases.hpp"
#include "support/sample.hpp"
#include "support/weights.hpp"

namespace nn::test { namespace {

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

TEST(Optim, StepsOfNetworksThatShareParametersAreTheGradients) {
  Tensor x = wave({4, 3}), y = wave({4, 3}, 1);
  MSELoss loss;
  auto check = [&](auto make) {
    Sequential net = make(), by_hand = make();
    Optim optim(net, loss, 0.05, Reduction::sum);
    for (int i = 0; i < 3; ++i) {
      optim.step(x, y);
      step_by_hand(by_hand, loss, x, y, Scalar(0.05));
      expect_close_weights(net, by_hand);
    }
  };
  check(tied);
  check([] { return Sequential{Twice(3), TanH(), Linear(3, 3)}; });
  check([] { return Sequential{UpdatesFirst(), Linear(3, 3)}; });
  check([] { return Sequential{Linear(3, 3), Sequential{Linear(3, 2), Linear(2, 3)}}; });
  check([] {
    return Sequential{AutoEncoder(Sequential{Linear(3, 2)}, Sequential{Linear(2, 3)}),
                      Linear(3, 3)};
  });
}

TEST(Optim, ATiedWeightDecaysOnce) {
  const Tensor x = Tensor::zeros({4, 3}), y = wave({4, 3}, 1);
  MSELoss loss;
  auto check = [&](auto rule) {
    Linear encoder(3, 2);
    encoder.bias()->value.fill(0);  // the codes are 0: no gradient for the weight
    TiedLinear decoder(encoder);
    Sequential net{std::move(encoder), std::move(decoder)};
    const Tensor before = net.parameters()[0]->value.clone();
    Optim(net, loss, 0.5, rule).step(x, y);
    EXPECT_TRUE(close(net.parameters()[0]->value, before * Scalar(1 - 0.5 * 0.1)));
  };
  for (bool only_weights : {false, true}) {
    check(GradientDescent({.weight_decay = 0.1, .decay_only_weights = only_weights}));
    check(AdamW({.weight_decay = 0.1, .decay_only_weights = only_weights}));
  }
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
      const Tensor x = tested.input(5);
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

}  // namespace
}  // namespace nn::test
