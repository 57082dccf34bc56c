#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "nn/train/optim.hpp"
#include "support/compare.hpp"
#include "support/golden.hpp"

namespace nn::test {

inline void set_parameters(Module& module, const std::vector<Tensor>& values) {
  ASSERT_EQ(module.parameters().size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    module.parameters()[i]->value.copy_from(values[i]);
}

inline void expect_parameters(const Module& module, const std::vector<Tensor>& expected) {
  ASSERT_EQ(module.parameters().size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(close(module.parameters()[i]->value, expected[i], golden_tolerance)) << i;
}

/// The steps of train() in tests/golden/golden.py.
inline void check_training(Module& net, const Loss& loss, Reduction reduction, const Tensor& x,
                           const Tensor& y, const GoldenCase& expected, const Tensor& weight = {}) {
  set_parameters(net, expected.list("start"));
  Optim optim(net, loss, 0.05, reduction);
  const double scale =
      static_cast<double>(x.size(0)) / loss.divisor(reduction, net.output_shape(x.shape()));
  for (double cost : expected.numbers("costs"))
    EXPECT_NEAR(optim.step(x, y, weight) * scale, cost, golden_tolerance);
  expect_parameters(net, expected.list("trained"));
}

}  // namespace nn::test
