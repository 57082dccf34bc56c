#include "nn/ops/pool.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"

namespace nn::test { namespace {

Windows in_ceil_mode(Size2 size, Size2 stride, Size2 padding) {
  return {.size = size, .stride = stride, .padding = padding, .ceil_mode = true};
}

std::vector<Windows> some_windows() {
  return {{1, 1, 0},
          {2, 2, 0},
          {{3, 2}, 1, {1, 0}},
          {3, 2, 1},
          {{2, 4}, {1, 3}, 1},
          {{1, 2}, {3, 1}, 0},
          {{5, 6}, 1, {2, 3}},
          in_ceil_mode({4, 2}, {3, 2}, 0),
          in_ceil_mode(3, {2, 3}, 1),
          in_ceil_mode(2, 5, {0, 1})};
}

/// Calls f(result's element, image's element, place) for all elements of all windows.
template <class F>
void for_each_element(const Shape& images, const Windows& w, F f) {
  const Size2 count = w.count({images[1], images[2]});
  for (Index b = 0; b < images[0]; ++b)
    for (Index p = 0; p < count.height; ++p)
      for (Index q = 0; q < count.width; ++q)
        for (Index c = 0; c < images[3]; ++c)
          for (Index i = 0; i < w.size.height; ++i)
            for (Index j = 0; j < w.size.width; ++j) {
              const Index y = p * w.stride.height + i - w.padding.height;
              const Index v = q * w.stride.width + j - w.padding.width;
              if (y < 0 || y >= images[1] || v < 0 || v >= images[2]) continue;
              f(((b * count.height + p) * count.width + q) * images[3] + c,
                ((b * images[1] + y) * images[2] + v) * images[3] + c, i * w.size.width + j);
            }
}

TEST(Pool, IsItsDefinition) {
  for (Index channels : {1, 3, 19}) {
    const Shape images{2, 6, 7, channels};
    Tensor x = wave(images);
    for (const Windows& w : some_windows()) {
      Tensor places;
      Tensor largest = max_pool(x, w, places), mean = avg_pool(x, w);
      EXPECT_TRUE(same_bits(max_pool(x, w), largest));
      Tensor expected = Tensor::full(largest.shape(), -2), sums = Tensor::zeros(mean.shape());
      Tensor at = Tensor::zeros(places.shape());
      for_each_element(images, w, [&](Index z, Index from, Index place) {
        sums.data()[z] += x.data()[from];
        if (x.data()[from] <= expected.data()[z]) return;
        expected.data()[z] = x.data()[from];
        at.data()[z] = static_cast<Scalar>(place);
      });
      EXPECT_TRUE(same_bits(largest, expected)) << w.describe(1);
      EXPECT_TRUE(same_bits(places, at)) << w.describe(1);
      if (w.ceil_mode) continue;
      const auto elements = static_cast<Scalar>(w.size.height * w.size.width);
      EXPECT_TRUE(close(mean, sums / elements)) << w.describe(1);
    }
  }
}

TEST(Pool, MeansInCeilModeLeaveOutWhatIsBeyondThePadding) {
  const Tensor x = tensor({{1, 2, 3, 4}, {5, 6, 7, 8}}).reshape({1, 2, 4, 1});
  const Tensor rest = avg_pool(x, in_ceil_mode({1, 3}, {1, 2}, 0));
  EXPECT_EQ(values(rest), (std::vector<Scalar>{2, 3.5, 6, 7.5}));
  const Tensor padded = avg_pool(x, in_ceil_mode({2, 3}, {2, 3}, {0, 1}));
  // 1 + 2 + 5 + 6 of 6; 3 + 4 + 7 + 8 of 6, since the padding counts
  EXPECT_TRUE(close(padded.reshape({2}), tensor({14 / 6., 22 / 6.})));
  const Tensor dx = avg_pool_backward(tensor({3, 2, 3, 2}).reshape({1, 2, 2, 1}),
                                      in_ceil_mode({1, 3}, {1, 2}, 0), x.shape());
  EXPECT_EQ(values(dx), (std::vector<Scalar>{1, 1, 2, 1, 1, 1, 2, 1}));
}

TEST(Pool, PlacesAreThoseOfTheLastImages) {
  const Windows w{2, 2, 0};
  Tensor places;
  max_pool(wave({1, 4, 4, 2}), w, places);
  const Tensor kept = places, copy = places.clone();
  for (const Shape& images : {Shape{1, 4, 4, 2}, Shape{3, 6, 4, 2}, Shape{1, 2, 2, 1}}) {
    Tensor fresh;
    max_pool(wave(images, 1), w, fresh);
    max_pool(wave(images, 1), w, places);
    EXPECT_TRUE(same_bits(places, fresh)) << images;
  }
  EXPECT_TRUE(same_bits(kept, copy));
}

// <pool(x), d> = <x, backward(d)>: the average is linear, the maximum is where its places stay.
TEST(Pool, BackwardIsTheTransposedMap) {
  Tensor x = wave({2, 6, 7, 5});
  for (const Windows& w : some_windows()) {
    Tensor places;
    Tensor largest = max_pool(x, w, places), mean = avg_pool(x, w), d = wave(mean.shape(), 1);
    Tensor dx = max_pool_backward(d, w, x.shape(), places);
    EXPECT_NEAR(sum(largest * d), sum(x * dx), 1000 * epsilon) << w.describe(1);
    EXPECT_NEAR(sum(mean * d), sum(x * avg_pool_backward(d, w, x.shape())), 1000 * epsilon);
  }
}

// Windows side by side whose padding shifts them off the last row and column: as many as the image
// has room for, but not the same.
TEST(Pool, WhatLiesInNoWindowGetsNoGradient) {
  const Windows w{3, 3, 1};
  Tensor x = wave({1, 6, 6, 2}), places;
  Tensor dx = max_pool_backward(max_pool(x, w, places), w, x.shape(), places);
  for (Index i = 0; i < 6; ++i)
    for (Index c = 0; c < 2; ++c) {
      EXPECT_EQ(dx(0, i, 5, c), 0);
      EXPECT_EQ(dx(0, 5, i, c), 0);
    }
}

TEST(Pool, WindowsThatAreRefused) {
  const Tensor x = wave({1, 3, 1, 1}), d = wave({1, 3, 1, 1}, 1);
  // Larger than the image, without a stride or a size, mostly padding.
  for (const Windows& w :
       {Windows{{1, 4}, 4, 0}, Windows{{4, 1}, 1, 0}, Windows{1, 0, 0}, Windows{{0, 1}, 1, 0},
        Windows{1, -1, 0}, Windows{1, 1, -1}, Windows{{2, 1}, 1, {2, 0}}, Windows{1, 1, 1}}) {
    Tensor places = d.clone();
    EXPECT_THROW(max_pool(x, w), ShapeError);
    EXPECT_THROW(max_pool(x, w, places), ShapeError);
    EXPECT_THROW(max_pool_backward(d, w, x.shape(), places), ShapeError);
    EXPECT_THROW(avg_pool(x, w), ShapeError);
    EXPECT_THROW(avg_pool_backward(d, w, x.shape()), ShapeError);
    EXPECT_TRUE(same_bits(places, d));
  }
  const std::string message = message_of<ShapeError>([&] { max_pool(x, {{1, 4}, 4, 0}); });
  EXPECT_EQ(message,
            "max_pool: windows 1 x 4, stride 4 on an image of 3 x 1: expected at least 1 x 4");
}

TEST(Pool, ShapesThatAreRefused) {
  const Windows w{2, 2, 0};
  const Shape images{2, 4, 4, 3};
  Tensor places;
  const Tensor d = max_pool(wave(images), w, places);
  for (const Tensor& other : {d.slice(0, 0, 1), d.slice(3, 0, 1), d.reshape({2, 2, 6}), Tensor()}) {
    EXPECT_THROW(max_pool_backward(other, w, images, places), ShapeError);
    EXPECT_THROW(max_pool_backward(d, w, images, other), ShapeError);
    EXPECT_THROW(avg_pool_backward(other, w, images), ShapeError);
  }
  EXPECT_EQ(message_of<ShapeError>([&] { max_pool_backward(Tensor(), w, images, places); }),
            "max_pool_backward: expected delta (2, 2, 2, 3), got (0)");
  for (const Tensor& x : {wave({4, 4, 3}), wave({1, 1, 4, 4, 3}), Tensor()}) {
    EXPECT_THROW(max_pool(x, w), ShapeError);
    EXPECT_THROW(avg_pool(x, w), ShapeError);
    EXPECT_THROW(avg_pool_backward(d, w, x.shape()), ShapeError);
  }
}

TEST(Pool, PlacesOnOtherStrides) {
  const Windows w{2, 2, 0};
  const Tensor x = wave({2, 4, 4, 3});
  Tensor places;
  const Tensor d = max_pool(x, w, places);
  EXPECT_TRUE(same_bits(max_pool_backward(d, w, x.shape(), scattered(places)),
                        max_pool_backward(d, w, x.shape(), places)));
}

TEST(Pool, LargeWindows) {
  const Tensor x = wave({1, 300, 300, 1});
  const Windows all{300, 300, 0};
  Tensor places;
  EXPECT_EQ(max_pool(x, all).item(), max(x));
  EXPECT_TRUE(contains(message_of<ShapeError>([&] { max_pool(x, all, places); }), "65536"));
  EXPECT_THROW(max_pool_backward(x, all, x.shape(), x), ShapeError);
  constexpr Index most = (Index{1} << 31) - 1;
  const Tensor few = wave({1, 3, 3, 2});
  EXPECT_EQ(avg_pool(few, {most, 1, most / 2}).shape(), few.shape());
}

TEST(Pool, ThreadsDoNotChangeABit) {
  const Windows w{3, 2, 1};
  const Tensor x = wave({9, 41, 40, 8});
  expect_same_bits_with_threads({1, 2, 3, 8}, [&]() -> std::vector<Tensor> {
    Tensor places, largest = max_pool(x, w, places), mean = avg_pool(x, w),
                   d = wave(mean.shape(), 1);
    return {places, largest, mean, max_pool_backward(d, w, x.shape(), places),
            avg_pool_backward(d, w, x.shape())};
  });
}

TEST(AvgPool, OfAWindowAsLargeAsItsImage) {
  const Tensor x = Tensor::full({1, 4000, 5000, 1}, Scalar(0.1));
  EXPECT_NEAR(avg_pool(x, {{4000, 5000}, 1, 0})(0, 0, 0, 0), Scalar(0.1), 1e-8);
}

}  // namespace
}  // namespace nn::test
