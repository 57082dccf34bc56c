#include "nn/modules/layer_norm.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(LayerNorm, BringsEachRowToMeanZeroAndVarianceOne) {
  LayerNorm layer(3, {.epsilon = 1e-12});
  const auto one = static_cast<Scalar>(std::sqrt(1.5));
  EXPECT_TRUE(close(layer.predict(tensor({{1, 2, 3}, {400, 200, 300}})),
                    tensor({{-one, 0, one}, {one, -one, 0}}), 1e-6));
}

TEST(LayerNorm, WeightAndBiasAreOfTheFeatures) {
  LayerNorm layer(2);
  layer.weight()->value.copy_from(tensor({2, 3}));
  layer.bias()->value.copy_from(tensor({10, 20}));
  const Tensor z = layer.predict(tensor({{-1000, 1000}}));
  EXPECT_TRUE(close(z, tensor({{8, 23}}), 1e-6));
}

TEST(LayerNorm, ARowOfEqualNumbersBecomesTheBias) {
  LayerNorm layer(17);
  EXPECT_TRUE(same_bits(layer.predict(Tensor::full({2, 17}, Scalar(0.1))), Tensor::zeros({2, 17})));
}

TEST(LayerNorm, RefusesWhatMakesNoSense) {
  EXPECT_THROW(LayerNorm(0), ArgumentError);
  EXPECT_THROW(LayerNorm(1, {.epsilon = -1}), ArgumentError);
}

}}  // namespace nn::test
