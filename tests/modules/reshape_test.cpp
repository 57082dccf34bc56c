#include "nn/modules/reshape.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(Reshape, KeepsTheOrder) {
  Reshape layer({2, 3, 1});
  Tensor x = wave({4, 6}), z = layer.forward(x);
  EXPECT_TRUE(same_bits(z, x.reshape({4, 2, 3, 1})));
  EXPECT_TRUE(same_bits(layer.backward_delta(x, 2 * z), 2 * x));
}

TEST(Reshape, Shapes) {
  EXPECT_EQ(Reshape({16, 16, 1}).describe(), "Reshape([16, 16, 1])");
  EXPECT_EQ(Reshape({16, 16}).output_shape({7, 256}), (Shape{7, 16, 16}));
  EXPECT_EQ(Reshape({256}).output_shape({7, 16, 16}), (Shape{7, 256}));
  EXPECT_EQ(Reshape({}).output_shape({7, 1}), (Shape{7}));
  EXPECT_EQ(message_of<ShapeError>([] {
              Reshape({16, 16}).forward(Tensor::zeros({7, 255}));
            }),
            "Reshape([16, 16]): expected (batch, ...) with 256 elements in each example, got (7, "
            "255)");
}

}  // namespace
}  // namespace nn::test
