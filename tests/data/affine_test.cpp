#include "nn/data/affine.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/portable_math.hpp"
#include "nn/core/error.hpp"
#include "support/golden.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"

namespace nn::test { namespace {

class AffineGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(AffineGolden, EqualsSciPy) {
  const GoldenCase expected = golden("images.txt", GetParam());
  const std::vector<double>& c = expected.numbers("change");
  const Tensor& images = expected["images"];
  const AffineMap map =
      affine_map({images.size(1), images.size(2)},
                 {.down = c[0], .right = c[1], .rotation = c[2], .scale = c[3], .shear = c[4]});
  for (std::size_t row : {0u, 1u}) {
    EXPECT_NEAR(map.offset[row], expected.numbers("offset")[row], 1e-12);
    for (std::size_t column : {0u, 1u})
      EXPECT_NEAR(map.matrix[row][column], expected.numbers("matrix")[2 * row + column], 1e-12);
  }
  EXPECT_TRUE(close(affine_transform(images, map, -1), expected["changed"], golden_tolerance));
}

INSTANTIATE_TEST_SUITE_P(Changes, AffineGolden,
                         ::testing::Values("shift_3", "shift_4", "rotation_3", "rotation_4",
                                           "scale_3", "scale_4", "smaller_3", "smaller_4",
                                           "shear_3", "shear_4", "all_3", "all_4"));

TEST(Affine, NoChangeAndQuarterTurnsAreExact) {
  const Tensor image = wave({1, 40, 40});
  auto turned = [&](double rotation) {
    return affine_transform(image, affine_map({40, 40}, {.rotation = rotation}), 9);
  };
  for (double full : {0.0, 360.0, -720.0}) EXPECT_TRUE(same_bits(turned(full), image)) << full;
  const Tensor left = turned(90), half = turned(180), right = turned(-90);
  for (Index i = 0; i < 40; ++i)
    for (Index j = 0; j < 40; ++j) {
      EXPECT_EQ(left(0, i, j), image(0, j, 39 - i));  // numpy.rot90
      EXPECT_EQ(half(0, i, j), image(0, 39 - i, 39 - j));
      EXPECT_EQ(right(0, i, j), image(0, 39 - j, i));
    }
}

TEST(Affine, WholeShiftsMovePixelsAndFill) {
  const Tensor image = tensor({{{1, 2, 3}, {4, 5, 6}}});
  const AffineMap map = affine_map({2, 3}, {.down = 1, .right = -1});
  EXPECT_TRUE(same_bits(affine_transform(image, map, 7), tensor({{{7, 7, 7}, {2, 3, 7}}})));
}

TEST(Affine, TakesViewsSinglePixelsAndNoImages) {
  const Tensor images = wave({3, 5, 300});  // lines longer than what is computed at a time
  const AffineMap map = affine_map({5, 300}, {.right = 0.3, .rotation = 1});
  EXPECT_TRUE(same_bits(affine_transform(scattered(images), map), affine_transform(images, map)));
  EXPECT_EQ(affine_transform(Tensor({0, 5, 300}), map).shape(), Shape({0, 5, 300}));
  EXPECT_EQ(affine_transform(Tensor({2, 0, 4}), map).shape(), Shape({2, 0, 4}));
  const Tensor one = tensor({5}).reshape({1, 1, 1, 1});
  EXPECT_TRUE(same_bits(affine_transform(one, affine_map({1, 1}, {.rotation = 30})), one));
}

TEST(Affine, ImagesDoNotTouchEachOther) {
  const Tensor images = wave({700, 6, 5, 2});
  const AffineMap map = affine_map({6, 5}, {.down = 0.25, .rotation = 20, .shear = 10});
  const Tensor all = affine_transform(images, map, -1);
  expect_same_bits_with_threads(
      {1, 2, 3}, [&]() -> std::vector<Tensor> { return {affine_transform(images, map, -1)}; });
  for (Index i : {0, 350, 699})
    EXPECT_TRUE(
        same_bits(affine_transform(images.slice(0, i, i + 1), map, -1), all.slice(0, i, i + 1)));
}

TEST(Affine, PlacesThatAreNotFiniteOrFarAwayShowTheFill) {
  const Tensor image = wave({1, 4, 4});
  for (double far : {1e30, -1e30, std::numeric_limits<double>::infinity(), double{NAN}}) {
    AffineMap map;
    map.offset[1] = far;
    EXPECT_TRUE(same_bits(affine_transform(image, map, 2), Tensor::full({1, 4, 4}, 2)));
  }
}

TEST(Affine, Errors) {
  EXPECT_THROW(affine_transform(wave({4, 4}), {}), ShapeError);
  EXPECT_THROW(affine_transform(wave({1, 4, 4, 1, 1}), {}), ShapeError);
  for (const Affine& bad : {Affine{.scale = 0}, Affine{.scale = -1}, Affine{.shear = 90},
                            Affine{.down = NAN}, Affine{.rotation = INFINITY}})
    EXPECT_THROW(affine_map({4, 4}, bad), ArgumentError);
}

TEST(PortableSinCos, AreRightToTheLastBits) {
  for (int k = -7200; k <= 7200; ++k) {
    const double degrees = 0.1 * k, radians = degrees * std::acos(-1.0) / 180;
    const auto [sin, cos] = detail::portable_sin_cos(degrees);
    EXPECT_NEAR(sin, std::sin(radians), 3e-15) << degrees;  // 720 degrees in radians are rounded
    EXPECT_NEAR(cos, std::cos(radians), 3e-15) << degrees;
    EXPECT_NEAR(sin * sin + cos * cos, 1, 5e-16) << degrees;
  }
}

}  // namespace
}  // namespace nn::test
