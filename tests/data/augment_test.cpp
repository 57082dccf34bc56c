// What moves pixels, and what holds for all augmentation. augment_values_test.cpp has the rest.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "data/changed.hpp"
#include "nn/core/error.hpp"
#include "support/allocations.hpp"
#include "support/golden.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"

namespace nn::test { namespace {

constexpr Index side = 31, centre = 15;

/// Everything at once.
const Augmentation all{.shift = 2,
                       .rotation = 15,
                       .scale = 0.2,
                       .shear = 10,
                       .elastic_alpha = 20,
                       .elastic_sigma = 3,
                       .crop = 2,
                       .flip = 0.5,
                       .noise = 0.1,
                       .cut_out = 3,
                       .erase = 0.5,
                       .fill = -1};

/// The place in the source that is shown `down` and `right` of the centre, relative to it. Images
/// that are their own coordinates tell it.
struct Place {
  double down, right;
};
Place place(const Augmentation& options, Index row, Index down = 0, Index right = 0) {
  Tensor ramps({1, side, side, 2});
  for (Index i = 0; i < side; ++i)
    for (Index j = 0; j < side; ++j) {
      ramps(0, i, j, 0) = static_cast<Scalar>(i - centre);
      ramps(0, i, j, 1) = static_cast<Scalar>(j - centre);
    }
  const Tensor x = changed(ramps, options, {.seed = 3, .step = 5, .first_row = row});
  return {x(0, centre + down, centre + right, 0), x(0, centre + down, centre + right, 1)};
}

/// Calls f(row) and expects its results to be uniform in [-limit, limit], by extremes and moments.
template <class F>
void expect_uniform(double limit, F f) {
  constexpr int rows = 400;
  double sum = 0, squares = 0, largest = 0;
  for (Index row = 0; row < rows; ++row) {
    const double value = f(row);
    sum += value;
    squares += value * value;
    largest = std::max(largest, std::abs(value));
  }
  EXPECT_LE(largest, limit * 1.0001);
  EXPECT_GE(largest, limit * 0.97);
  EXPECT_NEAR(sum / rows, 0, limit * 0.12);
  EXPECT_NEAR(squares / rows, limit * limit / 3, limit * limit * 0.06);
}

TEST(Augment, IsOffByItself) {
  const Tensor x = wave({3, 4, 5, 2});
  EXPECT_TRUE(same_bits(changed(x, {}), x));
}

TEST(Augment, ShiftsUniformlyBothWays) {
  expect_uniform(3, [](Index row) { return place({.shift = 3}, row).down; });
  expect_uniform(3, [](Index row) { return place({.shift = 3}, row).right; });
}

TEST(Augment, TurnsUniformlyAboutTheCentre) {
  expect_uniform(25, [](Index row) {
    const Place p = place({.rotation = 25}, row, 0, 10);
    EXPECT_NEAR(std::hypot(p.down, p.right), 10, 1e-3);
    return std::atan2(p.down, p.right) * 180 / std::acos(-1.0);
  });
}

TEST(Augment, ScalesAndShearsUniformly) {
  expect_uniform(0.3, [](Index row) {
    const Place p = place({.scale = 0.3}, row, 0, 8);
    EXPECT_NEAR(p.down, 0, 1e-4);
    return 8 / p.right - 1;
  });
  expect_uniform(20, [](Index row) {
    const Place p = place({.shear = 20}, row, 10, 0);
    EXPECT_NEAR(p.down, 10, 1e-4);
    return std::atan2(-p.right, 10) * 180 / std::acos(-1.0);
  });
}

TEST(Augment, DeformsElasticallyAsSciPy) {
  const GoldenCase expected = golden("images.txt", "elastic");
  const Tensor got =
      changed(expected["images"], {.elastic_alpha = 30, .elastic_sigma = 2.5, .fill = -1},
              {.seed = 12, .step = 34});
  EXPECT_TRUE(close(got, expected["changed"], golden_tolerance));
}

TEST(Augment, ElasticDeformationAddsToTheOthers) {
  const Augmentation moved{.shift = 2}, elastic{.elastic_alpha = 30};
  const Augmentation both{.shift = 2, .elastic_alpha = 30};
  for (Index row = 0; row < 20; ++row) {
    const Place a = place(moved, row), b = place(elastic, row), c = place(both, row);
    EXPECT_NEAR(a.down + b.down, c.down, 1e-5);
    EXPECT_NEAR(a.right + b.right, c.right, 1e-5);
  }
}

TEST(Augment, DrawsByRowSeedAndStepAlone) {
  const Tensor x = wave({40, 16, 16});
  const RandomKey key{.seed = 7, .step = 9, .first_row = 100};
  const Tensor expected = changed(x, all, key);
  expect_same_bits_with_threads({1, 2, 3, 8},
                                [&]() -> std::vector<Tensor> { return {changed(x, all, key)}; });
  for (Index begin : {0, 1, 39}) {  // a part of the batch
    const RandomKey part{.seed = 7, .step = 9, .first_row = 100 + begin};
    EXPECT_TRUE(same_bits(changed(x.slice(0, begin, 40), all, part), expected.slice(0, begin, 40)));
  }
  for (const RandomKey& other : {RandomKey{.seed = 8, .step = 9, .first_row = 100},
                                 RandomKey{.seed = 7, .step = 10, .first_row = 100},
                                 RandomKey{.seed = 7, .step = 9, .first_row = 140}})
    for (Index k = 0; k < 40; ++k)
      EXPECT_FALSE(same_bits(changed(x, all, other).select(0, k), expected.select(0, k)));
}

TEST(Augment, TakesFlatRowsAndViews) {
  const Tensor x = wave({5, 6, 7, 2});
  const Tensor expected = changed(x, all);
  Augmentation flat = all;
  flat.image = {6, 7};
  EXPECT_TRUE(same_bits(changed(x.reshape({5, 84}), flat), expected.reshape({5, 84})));
  EXPECT_TRUE(same_bits(changed(scattered(x), all), expected));
  EXPECT_TRUE(same_bits(changed(wave({5, 6, 7}), all).reshape({5, 6, 7, 1}),
                        changed(wave({5, 6, 7, 1}), all)));
}

TEST(Augment, LeavesTheBatchAsItIs) {
  const Dataset batch{wave({4, 6, 6}), Tensor::ones({4, 3})};
  Augmentation options = all;
  options.mixup = 1;
  augment(batch, options, {});
  EXPECT_TRUE(same_bits(batch.x, wave({4, 6, 6})));
  EXPECT_TRUE(same_bits(batch.y, Tensor::ones({4, 3})));
}

TEST(Augment, TakesEmptyBatchesAndSmallImages) {
  Augmentation options = all;
  options.mixup = 1;
  options.crop = 0;  // less than the sides
  for (const Shape& shape :
       {Shape({0, 5, 5}), Shape({2, 1, 1}), Shape({1, 1, 9}), Shape({2, 0, 3})})
    EXPECT_EQ(augment({Tensor::zeros(shape), Tensor::zeros({shape[0], 2})}, options, {}).x.shape(),
              shape);
}

TEST(Augment, AllocatesNothingOnceItHasSeenABatch) {
  if (!counts_allocations()) GTEST_SKIP();
  const Dataset batch{wave({20, 16, 16}), Tensor::ones({20, 3})};
  Augmentation options = all;
  options.mixup = 1;
  augment(batch, options, {});
  const long before = allocations();
  augment(batch, options, {});
  EXPECT_EQ(allocations(), before);
}

TEST(Augment, Errors) {
  const Dataset batch{wave({4, 6, 6}), Tensor::zeros({4})};
  for (const Augmentation& bad : {Augmentation{.shift = -1},
                                  {.rotation = NAN},
                                  {.scale = 1},
                                  {.shear = 90},
                                  {.crop = -1},
                                  {.crop = 6},
                                  {.flip = 1.1},
                                  {.elastic_alpha = INFINITY},
                                  {.elastic_sigma = 0},
                                  {.noise = -1},
                                  {.cut_out = -1},
                                  {.erase = 1.1},
                                  {.erase = 0.5, .erase_share = 1.1},
                                  {.erase_share = NAN},
                                  {.mixup = -0.1},
                                  {.fill = NAN}})
    EXPECT_THROW(augment(batch, bad, {}), ArgumentError);
  EXPECT_THROW(augment(batch, {.mixup = 1}, {}), ShapeError);  // class indices
  EXPECT_THROW(augment({wave({4, 36}), batch.y}, all, {}), ShapeError);
  EXPECT_THROW(augment({wave({4, 36}), batch.y}, {.image = {5, 7}}, {}), ShapeError);
  EXPECT_THROW(augment({wave({4}), batch.y}, {.image = {1, 1}}, {}), ShapeError);
  EXPECT_THROW(augment({wave({3, 6, 6}), batch.y}, {}, {}), ShapeError);
}

}  // namespace
}  // namespace nn::test
