#include "nn/modules/reshape.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/flatten.hpp"

namespace nn::test { namespace {

TEST(Flatten, Shapes) {
  const Flatten flatten;
  EXPECT_EQ(flatten.output_shape({5}), (Shape{5, 1}));
  EXPECT_EQ(flatten.output_shape({0, 3, 2}), (Shape{0, 6}));
  EXPECT_EQ(flatten.output_shape({3, 0, 2}), (Shape{3, 0}));
  EXPECT_THROW(flatten.output_shape({}), ShapeError);
}

TEST(Reshape, Shapes) {
  EXPECT_EQ(Reshape({16, 16}).output_shape({7, 256}), (Shape{7, 16, 16}));
  EXPECT_EQ(Reshape({256}).output_shape({7, 16, 16}), (Shape{7, 256}));
  EXPECT_EQ(Reshape({}).output_shape({7, 1}), (Shape{7}));
  EXPECT_THROW(Reshape({16, 16}).forward(Tensor::zeros({7, 255})), ShapeError);
}

}  // namespace
}  // namespace nn::test
