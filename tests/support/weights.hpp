#pragma once

#include <gtest/gtest.h>

#include <vector>

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

}  // namespace nn::test
