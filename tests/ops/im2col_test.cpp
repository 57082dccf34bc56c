#include "nn/ops/im2col.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

const Shape kImages{2, 5, 4, 3};

std::vector<Windows> some_windows() {
  return {{1, 1, 0},
          {{3, 2}, 1, 0},
          {{3, 2}, {2, 1}, {1, 0}},
          {2, 3, 1},
          {{1, 2}, 2, {2, 5}},
          {{3, 2}, 1, {1, 0}, {2, 1}},
          {{2, 3}, {1, 2}, 2, {3, 2}}};
}

Windows without_padding(const Windows& w) { return {w.size, w.stride, 0, w.dilation}; }

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
            const Index y =
                l % r.count.height * w.stride.height + i * w.dilation.height - w.padding.height;
            const Index v = q * w.stride.width + j * w.dilation.width - w.padding.width;
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

TEST(Im2col, RowsThatAreATransposeGetTheSame) {
  for (const Index channels : {1, 3}) {
    const Tensor x = wave({kImages[0], kImages[1], kImages[2], channels});
    for (const Windows& w : some_windows()) {
      const Rows r(w);
      const Tensor images = pad(x, w.padding);
      const Index elements = w.size.height * w.size.width * channels;
      for (Index first = 0; first < r.lines; ++first)
        for (Index last = first + 1; last <= r.lines; ++last) {
          const Index count = (last - first) * r.count.width;
          Tensor rows(Shape{count, elements});
          Tensor turned = Tensor::full({elements, count}, 9).transpose();
          im2col(images, without_padding(w), first, last, rows);
          im2col(images, without_padding(w), first, last, turned);
          ASSERT_TRUE(same_bits(turned, rows)) << w.describe(1) << ", lines " << first;
        }
    }
  }
}

TEST(Im2col, SomeChannelsOfImagesAreImages) {
  const Tensor x = wave({2, 5, 4, 7});
  for (const Windows& w : some_windows()) {
    const Rows r(w);
    const Tensor images = pad(x, w.padding), some = images.slice(3, 2, 5);
    Tensor rows(r.shape), expected(r.shape);
    im2col(some, without_padding(w), 0, r.lines, rows);
    im2col(some.clone(), without_padding(w), 0, r.lines, expected);
    EXPECT_TRUE(same_bits(rows, expected)) << w.describe(1);
    Tensor all = Tensor::ones(images.shape()), part = all.slice(3, 2, 5);
    Tensor alone = Tensor::ones(part.shape());
    col2im(rows, without_padding(w), 0, r.lines, part);
    col2im(rows, without_padding(w), 0, r.lines, alone);
    EXPECT_TRUE(same_bits(part, alone)) << w.describe(1);
    EXPECT_TRUE(same_bits(all.slice(3, 0, 2), Tensor::ones(all.shape().with(3, 2))));
  }
}

TEST(Im2col, RowsMayOverlapTheImages) {
  const Tensor memory = wave({64});
  const Tensor x = memory.slice(0, 0, 16).reshape({1, 4, 4, 1});
  Tensor rows = memory.slice(0, 8, 44).reshape({9, 4}), expected({9, 4});
  im2col(x.clone(), {2, 1, 0}, 0, 3, expected);
  im2col(x, {2, 1, 0}, 0, 3, rows);
  EXPECT_TRUE(same_bits(rows, expected));
}

TEST(Col2im, TakesContiguousRows) {
  const Windows w{{3, 2}, 1, 0};
  const Rows r(w);
  Tensor dx = wave(kImages), turned = wave({r.shape[1], r.shape[0]}).transpose();
  EXPECT_TRUE(
      contains(message_of<ShapeError>([&] { col2im(turned, w, 0, r.lines, dx); }), "contiguous"));
  EXPECT_TRUE(same_bits(dx, wave(kImages)));
}

TEST(Im2col, TakesPaddedImages) {
  Tensor x = wave(kImages), rows(Shape{1, 1});
  const Windows w{1, 1, {0, 1}};
  EXPECT_TRUE(contains(message_of<ShapeError>([&] { im2col(x, w, 0, 1, rows); }), "pad"));
  EXPECT_TRUE(contains(message_of<ShapeError>([&] { col2im(rows, w, 0, 1, x); }), "pad"));
}

TEST(Im2col, WhatDoesNotFitIsRefused) {
  const Windows w{{3, 2}, 1, 0};
  const Rows r(w);
  Tensor x = wave(kImages);
  // Both maps; `images` and `rows` keep what they hold.
  auto refused = [](const Tensor& images, const Windows& windows, Index first, Index last,
                    const Tensor& rows) {
    Tensor out = rows, dx = images;
    const Tensor old_rows = rows.clone(), old_images = images.clone();
    EXPECT_THROW(im2col(images, windows, first, last, out), ArgumentError);
    EXPECT_THROW(col2im(rows, windows, first, last, dx), ArgumentError);
    EXPECT_TRUE(same_bits(rows, old_rows));
    EXPECT_TRUE(same_bits(images, old_images));
  };
  const Tensor rows = wave(r.shape, 1);
  refused(x, w, 0, r.lines, wave({1, 1}));
  refused(x, w, 0, r.lines, rows.reshape({r.shape[0] * r.shape[1]}));
  refused(x, w, 0, r.lines, scattered(rows));
  refused(x, w, 0, r.lines - 1, rows);
  refused(x, w, 0, r.lines + 1, wave({r.shape[0] + r.count.width, r.shape[1]}));
  refused(x, w, -1, 0, wave({r.count.width, r.shape[1]}));
  refused(x, w, 1, 0, wave({0, r.shape[1]}));
  refused(scattered(x), w, 0, r.lines, rows);
  refused(x.select(0, 0), w, 0, 1, rows);
  refused(x, {{6, 1}, 1, 0}, 0, 1, rows);
  refused(x, {1, 0, 0}, 0, 1, rows);
  Tensor one = wave({1, 1});
  EXPECT_EQ(message_of<ShapeError>([&] { im2col(x, w, 0, r.lines, one); }),
            "im2col: expected contiguous rows (18, 18), got (1, 1)");
  EXPECT_EQ(message_of<RangeError>([&] { im2col(x, w, 5, 7, one); }), "im2col: lines 5 to 7 of 6");
}

TEST(Pad, WhatDoesNotFitIsRefused) {
  const Tensor x = wave(kImages);
  for (const Size2& padding : {Size2(-1), Size2(0, -1), Size2(Index{1} << 31)}) {
    EXPECT_THROW(padded(kImages, padding), ShapeError);
    EXPECT_THROW(pad(x, padding), ShapeError);
    EXPECT_THROW(crop(x, padding), ShapeError);
  }
  EXPECT_EQ(message_of<ShapeError>([&] {
              crop(x, {1, 3});
            }),
            "crop: padding 1 x 3 of images (2, 5, 4, 3)");
  for (const Tensor& other : {x.select(0, 0), Tensor()}) {
    EXPECT_THROW(padded(other.shape(), 1), ShapeError);
    EXPECT_THROW(pad(other, 0), ShapeError);
    EXPECT_THROW(crop(other, 0), ShapeError);
  }
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
