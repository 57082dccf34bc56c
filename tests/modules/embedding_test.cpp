#include "nn/modules/embedding.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(Embedding, StartsFromTheNormalDistribution) {
  const Tensor table = Embedding(100, 50).parameters()[0]->value;
  EXPECT_NEAR(mean(table), 0, 0.05);
  EXPECT_NEAR(norm(table) / std::sqrt(5000.0), 1, 0.05);
}

TEST(Embedding, NamesABadIndexAndItsRow) {
  Embedding layer(5, 3);
  EXPECT_EQ(message_of<RangeError>([&] {
              layer.forward(tensor({{0, 1}, {2, 5}}));
            }),
            "Embedding(5, 3): index 5 in row 1: expected a whole number from 0 to 4");
  for (Scalar bad : {Scalar(-1), Scalar(0.5), Scalar(NAN), Scalar(1e30)}) {
    EXPECT_THROW(layer.predict(tensor({0, bad})), RangeError);
    EXPECT_THROW(layer.backward_update_gradient(tensor({0, bad}), wave({2, 3})), RangeError);
  }
  EXPECT_TRUE(same_bits(layer.parameters()[0]->grad, Tensor::zeros({5, 3})));
  EXPECT_THROW(layer.output_shape({2, 3, 4}), ShapeError);
  EXPECT_THROW(Embedding(0, 3), ShapeError);
}

}  // namespace
}  // namespace nn::test
