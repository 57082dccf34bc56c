#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "nn/train/adam.hpp"
#include "nn/train/gradient_descent.hpp"
#include "nn/train/optim.hpp"
#include "support/compare.hpp"
#include "support/golden.hpp"

namespace nn::test {

/// An update rule of make_golden.py, with its step.
struct GoldenRule {
  std::string name;
  std::function<Optim(Module&, const Loss&, Reduction)> optim;
};

template <class Rule>
GoldenRule golden_rule(std::string name, double step, Rule rule) {
  return {std::move(name), [=](Module& net, const Loss& loss, Reduction reduction) {
            return Optim(net, loss, step, reduction, rule);
          }};
}

inline std::vector<GoldenRule> update_rules() {
  using Descent = GradientDescent;
  return {
      golden_rule("descent", 0.05, Descent()),
      golden_rule("decay", 0.05, Descent({.weight_decay = 0.1})),
      golden_rule("momentum", 0.05, Descent({.momentum = 0.9})),
      golden_rule("nesterov", 0.05, Descent({.momentum = 0.9, .nesterov = true})),
      golden_rule("adam", 0.01, Adam()),
      golden_rule("adam_decay", 0.01,
                  Adam({.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weight_decay = 0.1})),
      golden_rule("adamw", 0.01, AdamW({.weight_decay = 0.1})),
  };
}

inline void set_parameters(Module& module, const std::vector<Tensor>& values) {
  ASSERT_EQ(module.parameters().size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    module.parameters()[i]->value.copy_from(values[i]);
}

/// Three steps of every rule from the same start.
inline void check_training(Module& net, const Loss& loss, Reduction reduction, const Tensor& x,
                           const Tensor& y, const GoldenCase& expected) {
  const double batch = static_cast<double>(x.size(0));
  const double scale = batch / loss.divisor(reduction, net.output_shape(x.shape()));
  for (const GoldenRule& given : update_rules()) {
    SCOPED_TRACE(given.name);
    set_parameters(net, expected.list("start"));
    Optim optim = given.optim(net, loss, reduction);
    for (double cost : expected.numbers(given.name + "_costs"))
      EXPECT_NEAR(optim.step(x, y) * scale, cost, golden_tolerance);
    std::vector<Tensor> trained = expected.list(given.name + "_trained");
    ASSERT_EQ(trained.size(), net.parameters().size());
    for (std::size_t i = 0; i < trained.size(); ++i)
      EXPECT_TRUE(close(net.parameters()[i]->value, trained[i], golden_tolerance)) << i;
  }
}

}  // namespace nn::test
