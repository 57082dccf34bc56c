#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "nn/losses/loss.hpp"
#include "nn/modules/module.hpp"
#include "support/compare.hpp"

namespace nn::test {

/// Copies of the values of all parameters.
inline std::vector<Tensor> weights(const Module& net) {
  std::vector<Tensor> result;
  for (const ParameterPtr& p : net.parameters()) result.push_back(p->value.clone());
  return result;
}

inline void expect_weights(const Module& net, const std::vector<Tensor>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(same_bits(net.parameters()[i]->value, expected[i]));
}

inline void expect_close_weights(const Module& net, const Module& expected,
                                 double tol = tolerance) {
  for (std::size_t i = 0; i < expected.parameters().size(); ++i)
    EXPECT_TRUE(close(net.parameters()[i]->value, expected.parameters()[i]->value, tol)) << i;
}

/// A step down the gradient of the sum of costs, as its formula says.
inline void step_by_hand(Module& net, const Loss& loss, const Tensor& x, const Tensor& y,
                         Scalar step) {
  net.zero_grad();
  net.backward_update_gradient(x, loss.backward(y, net.forward(x)).clone());
  net.update_parameters(step);
}

}  // namespace nn::test
