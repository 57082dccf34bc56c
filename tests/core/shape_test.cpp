#include "nn/core/shape.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "nn/core/error.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

TEST(Shape, SizesAndElements) {
  Shape s{2, 3, 4};
  EXPECT_EQ(s.rank(), 3);
  EXPECT_EQ(s[0], 2);
  EXPECT_EQ(s[2], 4);
  EXPECT_EQ(s.numel(), 24);
  EXPECT_EQ(Shape().rank(), 0);
  EXPECT_EQ(Shape().numel(), 1);
  EXPECT_EQ((Shape{3, 0, 2}).numel(), 0);
}

TEST(Shape, DimensionOutOfRange) {
  Shape s{2, 3};
  EXPECT_THROW(s[2], RangeError);
  EXPECT_THROW(s[-1], RangeError);
  EXPECT_THROW(Shape()[0], RangeError);
}

TEST(Shape, NegativeSize) {
  EXPECT_TRUE(contains(message_of<ShapeError>([] { Shape{2, -3}; }), "(2, -3)"));
  EXPECT_THROW((Shape{0, -1}), ShapeError);
  EXPECT_THROW((Shape{INT64_MIN}), ShapeError);
}

TEST(Shape, AtMostSixDimensions) {
  EXPECT_EQ((Shape{1, 2, 3, 4, 5, 6}).rank(), 6);
  EXPECT_TRUE(contains(message_of<ShapeError>([] { Shape{1, 1, 1, 1, 1, 1, 1}; }), "7"));
  EXPECT_THROW((Shape{1, 1, 1, 1, 1, 1}).inserted(0, 1), ShapeError);
}

TEST(Shape, TooManyElements) {
  const Index two32 = Index{1} << 32;
  EXPECT_EQ((Shape{65536, 65536}).numel(), two32);
  EXPECT_THROW((Shape{two32, two32}), ShapeError);
  EXPECT_THROW((Shape{two32, two32 / 2}), ShapeError);           // 2^63
  EXPECT_EQ((Shape{two32, two32 / 4}).numel(), Index{1} << 62);  // fits
  EXPECT_THROW((Shape{two32, 0, two32}), ShapeError);            // its strides would not fit
  EXPECT_EQ((Shape{INT64_MAX}).numel(), INT64_MAX);
  EXPECT_THROW((Shape{INT64_MAX, 2}), ShapeError);
}

TEST(Shape, WithWithoutInserted) {
  Shape s{2, 3, 4};
  EXPECT_EQ(s.with(1, 7), (Shape{2, 7, 4}));
  EXPECT_EQ(s.without(0), (Shape{3, 4}));
  EXPECT_EQ(s.example_numel(), 12);
  EXPECT_THROW(Shape().example_numel(), RangeError);
  EXPECT_EQ(s.without(2), (Shape{2, 3}));
  EXPECT_EQ(s.inserted(0, 5), (Shape{5, 2, 3, 4}));
  EXPECT_EQ(s.inserted(3, 5), (Shape{2, 3, 4, 5}));
  EXPECT_EQ(s, (Shape{2, 3, 4}));
  EXPECT_THROW(s.with(3, 1), RangeError);
  EXPECT_THROW(s.with(0, -1), ShapeError);
  EXPECT_THROW(s.with(0, INT64_MAX), ShapeError);
  EXPECT_THROW(s.without(-1), RangeError);
  EXPECT_THROW(s.inserted(4, 1), RangeError);
  EXPECT_THROW(s.inserted(-1, 1), RangeError);
}

TEST(Shape, EqualityAndText) {
  EXPECT_TRUE((Shape{2, 3} == Shape{2, 3}));
  EXPECT_FALSE((Shape{2, 3} == Shape{3, 2}));
  EXPECT_FALSE((Shape{2, 3} == Shape{2, 3, 1}));
  EXPECT_FALSE((Shape{2}.without(0) == Shape{2}));
  std::ostringstream out;
  out << Shape{2, 3} << Shape{4} << Shape();
  EXPECT_EQ(out.str(), "(2, 3)(4)()");
}

TEST(Shape, FromASpan) {
  std::vector<Index> sizes{4, 5};
  EXPECT_EQ(Shape(sizes), (Shape{4, 5}));
}

TEST(Shape, BroadcastByNumPysRule) {
  EXPECT_EQ(broadcast_shapes({2, 3}, {3}), (Shape{2, 3}));
  EXPECT_EQ(broadcast_shapes({3}, {2, 3}), (Shape{2, 3}));
  EXPECT_EQ(broadcast_shapes({4, 1}, {1, 5}), (Shape{4, 5}));
  EXPECT_EQ(broadcast_shapes({}, {2, 3}), (Shape{2, 3}));
  EXPECT_EQ(broadcast_shapes({0, 3}, {1, 3}), (Shape{0, 3}));
  EXPECT_EQ(broadcast_shapes({1}, {0}), (Shape{0}));
  std::string message = message_of<ShapeError>([] { broadcast_shapes({2, 3}, {2}); });
  EXPECT_TRUE(contains(message, "(2, 3)") && contains(message, "(2)")) << message;
  EXPECT_THROW(broadcast_shapes({2}, {0}), ShapeError);
}

}  // namespace
}  // namespace nn::test
