#include "nn/data/augment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "nn/core/error.hpp"
#include "support/allocations.hpp"
#include "support/golden.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"

namespace nn::test { namespace {

constexpr Index side = 31, centre = 15;

Tensor changed(const Tensor& x, const Augmentation& options, const RandomKey& key = {}) {
  return augment({x, Tensor::zeros({x.size(0)})}, options, key).x;
}

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

TEST(Augment, MirrorsAsOftenAsAsked) {
  const Tensor x = wave({1000, 2, 5, 2});
  Tensor mirrored(x.shape());
  for (Index j = 0; j < 5; ++j) mirrored.slice(2, j, j + 1).copy_from(x.slice(2, 4 - j, 5 - j));
  EXPECT_TRUE(same_bits(changed(x, {.flip = 1}), mirrored));

  const Tensor some = changed(x, {.flip = 0.3});
  Index count = 0;
  for (Index k = 0; k < 1000; ++k) {
    auto row = [k](const Tensor& images) { return images.slice(0, k, k + 1).contiguous(); };
    const bool flipped = same_bits(row(some), row(mirrored));
    EXPECT_TRUE(flipped || same_bits(row(some), row(x)));
    count += flipped;
  }
  EXPECT_NEAR(static_cast<double>(count), 300, 60);
}

TEST(Augment, AddsNormalNoise) {
  const Tensor x = changed(Tensor::full({100, 10, 11}, 5), {.noise = 0.5});
  double sum = 0, squares = 0, fourth = 0;
  for (Scalar value : values(x)) {
    const double z = (static_cast<double>(value) - 5) / 0.5;
    sum += z;
    squares += z * z;
    fourth += z * z * z * z;
  }
  const auto n = static_cast<double>(x.numel());
  EXPECT_NEAR(sum / n, 0, 0.04);
  EXPECT_NEAR(squares / n, 1, 0.05);
  EXPECT_NEAR(fourth / n, 3, 0.3);
}

TEST(Augment, CutsASquareOutOfAllChannels) {
  const Tensor x = changed(Tensor::ones({300, 9, 8, 2}), {.cut_out = 3, .fill = -1});
  bool whole = false, corner = false;
  std::vector<double> hits(72);
  for (Index k = 0; k < 300; ++k) {
    Index cut = 0;
    for (Index i = 0; i < 9; ++i)
      for (Index j = 0; j < 8; ++j) {
        EXPECT_EQ(x(k, i, j, 0), x(k, i, j, 1));
        cut += x(k, i, j, 0) == -1;
        hits[static_cast<std::size_t>(8 * i + j)] += x(k, i, j, 0) == -1;
      }
    EXPECT_TRUE(cut == 9 || cut == 6 || cut == 4) << cut;
    whole = whole || cut == 9;
    corner = corner || cut == 4;
  }
  EXPECT_TRUE(whole && corner);
  EXPECT_GT(*std::min_element(hits.begin(), hits.end()), 0);
  EXPECT_TRUE(same_bits(changed(Tensor::ones({2, 3, 3}), {.cut_out = 99, .fill = 4}),
                        Tensor::full({2, 3, 3}, 4)));
}

TEST(Augment, CropsByWholePixelsOverFill) {
  const Tensor x = wave({400, 4, 5, 2}), moved = changed(x, {.crop = 2, .fill = -9});
  std::vector<int> seen(25);
  for (Index k = 0; k < 400; ++k) {
    int fitting = 0;
    for (Index down = -2; down <= 2; ++down)
      for (Index right = -2; right <= 2; ++right) {
        bool fits = true;
        for (Index i = 0; i < 4; ++i)
          for (Index j = 0; j < 5; ++j)
            for (Index c = 0; c < 2; ++c) {
              const Index from_i = i - down, from_j = j - right;
              const bool inside = from_i >= 0 && from_i < 4 && from_j >= 0 && from_j < 5;
              fits = fits && moved(k, i, j, c) == (inside ? x(k, from_i, from_j, c) : -9);
            }
        fitting += fits;
        seen[static_cast<std::size_t>(5 * (down + 2) + right + 2)] += fits;
      }
    EXPECT_EQ(fitting, 1) << "image " << k;
  }
  for (int count : seen) EXPECT_NEAR(count, 16, 15);  // uniform: sd 4
}

TEST(Augment, ErasesARectangleOfSomeImages) {
  constexpr Index n = 600, height = 20, width = 30;
  const Tensor x =
      changed(Tensor::ones({n, height, width, 2}), {.erase = 0.75, .erase_share = 0.2, .fill = 5});
  Index erased = 0, tall = 0, wide = 0;
  double shares = 0, largest = 0;
  bool at_top = false, at_bottom = false, at_left = false, at_right = false;
  for (Index k = 0; k < n; ++k) {
    Index top = height, bottom = -1, left = width, right = -1, area = 0;
    for (Index i = 0; i < height; ++i)
      for (Index j = 0; j < width; ++j) {
        EXPECT_EQ(x(k, i, j, 0), x(k, i, j, 1));
        if (x(k, i, j, 0) != 5) continue;
        ++area;
        top = std::min(top, i), bottom = std::max(bottom, i);
        left = std::min(left, j), right = std::max(right, j);
      }
    if (area == 0) continue;
    const Index down = bottom - top + 1, across = right - left + 1;
    EXPECT_EQ(area, down * across) << "image " << k;
    ++erased;
    tall += down > across, wide += across > down;
    const double share = static_cast<double>(area) / (height * width);
    shares += share;
    largest = std::max(largest, share);
    at_top = at_top || top == 0, at_bottom = at_bottom || bottom == height - 1;
    at_left = at_left || left == 0, at_right = at_right || right == width - 1;
  }
  EXPECT_NEAR(static_cast<double>(erased), 0.75 * n, 45);  // four deviations
  EXPECT_NEAR(shares / static_cast<double>(erased), 0.1, 0.012);
  EXPECT_NEAR(largest, 0.2, 0.02);
  EXPECT_NEAR(static_cast<double>(tall), static_cast<double>(wide), 90);
  EXPECT_TRUE(at_top && at_bottom && at_left && at_right);
}

TEST(Augment, ErasesNoMoreThanTheImage) {
  for (const Shape& shape : {Shape({50, 3, 3}), Shape({50, 1, 9}), Shape({50, 9, 1})}) {
    const Tensor x = changed(Tensor::ones(shape), {.erase = 1, .erase_share = 1, .fill = 4});
    for (Index i = 0; i < x.numel(); ++i) EXPECT_TRUE(x.data()[i] == 1 || x.data()[i] == 4);
  }
}

TEST(Augment, MixesRowsOfXAndOfYAlike) {
  constexpr Index n = 500;
  Dataset batch{Tensor({n, 1, 1}), Tensor::zeros({n, n})};
  for (Index k = 0; k < n; ++k) {
    batch.x(k, 0, 0) = static_cast<Scalar>(k);
    batch.y(k, k) = 1;
  }
  double sum = 0, squares = 0;
  Index others = 0;
  const Dataset mixed = augment(batch, {.mixup = 0.7}, {.seed = 2});
  for (Index k = 0; k < n; ++k) {
    double total = 0, position = 0;
    for (Index j = 0; j < n; ++j) {
      total += static_cast<double>(mixed.y(k, j));
      position += static_cast<double>(mixed.y(k, j)) * static_cast<double>(j);
      others += j != k && mixed.y(k, j) != 0;
    }
    EXPECT_NEAR(total, 1, 1e-5);
    EXPECT_NEAR(position, mixed.x(k, 0, 0), 1e-2);
    const double lambda = static_cast<double>(mixed.y(k, k)) - 0.5;
    sum += lambda;
    squares += lambda * lambda;
  }
  EXPECT_GE(others, n - 20);
  EXPECT_NEAR(sum / n, 0, 0.05);
  EXPECT_NEAR(squares / n, 1 / (4 * (2 * 0.7 + 1)), 0.015);  // the variance of Beta(a, a)
}

TEST(Augment, MixupOfExtremeAlphasStaysBetweenTheRows) {
  const Dataset batch{wave({50, 2, 2}), Tensor::ones({50, 1})};
  for (double alpha : {1e-6, 1e-3, 1.0, 1e3, 1e12})
    for (Scalar value : values(augment(batch, {.mixup = alpha}, {}).x)) {
      EXPECT_LE(std::abs(value), 1.0001);  // false for NaN
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
