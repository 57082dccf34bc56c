#include "nn/ops/im2col.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test {
namespace {

const Shape kImages{2, 5, 4, 3};

std::vector<Windows> some_windows() {
  return {{1, 1, 0}, {{3, 2}, 1, 0}, {{3, 2}, {2, 1}, {1, 0}}, {2, 3, 1}, {{1, 2}, 2, {2, 5}}};
}

Windows without_padding(const Windows& w) { return {w.size, w.stride, 0}; }

struct Rows {
  explicit Rows(const Windows& w)
      : count(w.count({kImages[1], kImages[2]})),
        lines(kImages[0] * count.height),
        shape{lines * count.width, w.size.height * w.size.width * kImages[3]} {}
  Size2 count;
  Index lines;
  Shape shape;
};

TEST(Im2col, EachRowIsAWindow) {
  Tensor x = wave(kImages);
  for (const Windows& w : some_windows()) {
    Rows r(w);
    Tensor rows = Tensor::full(r.shape, 9);
    im2col(pad(x, w.padding), without_padding(w), 0, r.lines, rows);
    Tensor at = rows.reshape({r.lines, r.count.width, w.size.height, w.size.width, kImages[3]});
    for (Index l = 0; l < r.lines; ++l)
      for (Index q = 0; q < r.count.width; ++q)
        for (Index i = 0; i < w.size.height; ++i)
          for (Index j = 0; j < w.size.width; ++j) {
            const Index y = l % r.count.height * w.stride.height + i - w.padding.height;
            const Index v = q * w.stride.width + j - w.padding.width;
            const bool inside = y >= 0 && y < kImages[1] && v >= 0 && v < kImages[2];
            for (Index c = 0; c < kImages[3]; ++c)
              ASSERT_EQ(at(l, q, i, j, c), inside ? x(l / r.count.height, y, v, c) : 0)
                  << w.describe(1);
          }
  }
}

TEST(Im2col, AFewLinesAtATime) {
  Tensor x = wave(kImages);
  for (const Windows& w : some_windows()) {
    Rows r(w);
    Tensor all(r.shape);
    const Tensor images = pad(x, w.padding);
    im2col(images, without_padding(w), 0, r.lines, all);
    for (Index first = 0; first < r.lines; ++first)
      for (Index last = first + 1; last <= r.lines; ++last) {
        Tensor some(Shape{(last - first) * r.count.width, r.shape[1]});
        im2col(images, without_padding(w), first, last, some);
        EXPECT_TRUE(same_bits(some, all.slice(0, first * r.count.width, last * r.count.width)));
      }
  }
}

TEST(Im2col, TakesPaddedImages) {
  Tensor x = wave(kImages), rows(Shape{1, 1});
  const Windows w{1, 1, {0, 1}};
  EXPECT_TRUE(contains(message_of<ShapeError>([&] { im2col(x, w, 0, 1, rows); }), "pad"));
  EXPECT_TRUE(contains(message_of<ShapeError>([&] { col2im(rows, w, 0, 1, x); }), "pad"));
}

TEST(Pad, PutsZerosAround) {
  const Tensor x = wave(kImages);
  EXPECT_TRUE(same_bits(pad(x, 0), x));
  for (const Size2& padding : {Size2(1), Size2(0, 2), Size2(3, 0)}) {
    const Tensor images = pad(scattered(x), padding);
    EXPECT_EQ(images.shape(), padded(kImages, padding));
    EXPECT_TRUE(images.is_contiguous());
    EXPECT_TRUE(same_bits(crop(images, padding), x));
    EXPECT_EQ(sum(abs(images)), sum(abs(x)));
  }
}

// <im2col(x), r> = <x, col2im(r)>
TEST(Col2im, IsTheTransposedMap) {
  Tensor x = wave(kImages);
  for (const Windows& w : some_windows()) {
    Rows r(w);
    Tensor rows(r.shape), other = wave(r.shape, 1);
    Tensor dx = Tensor::zeros(padded(kImages, w.padding));
    im2col(pad(x, w.padding), without_padding(w), 0, r.lines, rows);
    col2im(other, without_padding(w), 0, r.lines, dx);
    EXPECT_NEAR(sum(rows * other), sum(x * crop(dx, w.padding)), 1000 * epsilon) << w.describe(1);
    Tensor twice = dx.clone();
    col2im(other, without_padding(w), 0, r.lines, twice);
    EXPECT_TRUE(close(twice, 2 * dx, 100 * epsilon));  // adds
  }
}

}  // namespace
}  // namespace nn::test
