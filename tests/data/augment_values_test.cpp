// What moves images as a whole or changes the values of pixels.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "data/changed.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

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

}  // namespace
}  // namespace nn::test
