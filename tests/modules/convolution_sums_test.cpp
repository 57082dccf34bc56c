#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "nn/modules/conv2d.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/im2col.hpp"
#include "nn/ops/matmul.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

// The order of the sums in convolutions.
namespace nn::test { namespace {

/// Channels of group g.
Tensor part(const Tensor& t, int dim, Index g, Index groups) {
  const Index size = t.size(dim) / groups;
  return t.slice(dim, g * size, (g + 1) * size);
}

/// dL/dx as windows of delta, between zeros, by W with its pixels in the opposite order.
Tensor by_windows_of_delta(const Tensor& delta, const Conv2D& layer, const Conv2DOptions& o,
                           const Shape& images) {
  const Size2 kernel = o.kernel, span = Windows{kernel, 1, 0, o.dilation}.span();
  const Index in = o.chan_in / o.groups, out = o.chan_out / o.groups,
              pixels = kernel.height * kernel.width;
  const Tensor zeros = pad(delta,
                           {span.height - 1 - o.padding.height, span.width - 1 - o.padding.width}),
               weight = layer.weight()->value.reshape({pixels, in, o.chan_out});
  Tensor dx(Shape{images[0] * images[1] * images[2], o.chan_in});
  for (Index g = 0; g < o.groups; ++g) {
    Tensor rows(Shape{dx.size(0), pixels * out}), w(Shape{pixels * out, in});
    im2col(part(zeros, 3, g, o.groups), {kernel, 1, 0, o.dilation}, 0, images[0] * images[1], rows);
    for (Index i = 0; i < pixels; ++i)
      for (Index c = 0; c < in; ++c)
        for (Index to = 0; to < out; ++to)
          w(i * out + to, c) = weight(pixels - 1 - i, c, g * out + to);
    Tensor dxs = part(dx, 1, g, o.groups);
    gemm(1, rows, w, 0, dxs);
  }
  return dx.reshape(images);
}

/// The sum of parts [first, first + size), added two by two: size is a power of two.
Tensor tree_sum(const std::vector<Tensor>& parts, std::size_t first, std::size_t size) {
  if (size == 1) return parts[first];
  Tensor sum = tree_sum(parts, first, size / 2);
  if (first + size / 2 < parts.size()) axpy(1, tree_sum(parts, first + size / 2, size / 2), sum);
  return sum;
}

/// windows^T dL/dz for lines of `width` windows: as many at a time as have 512.
Tensor by_parts(const Tensor& windows, const Tensor& deltas, Index width) {
  const Index step = std::max<Index>(1, 512 / width) * width, count = windows.size(0);
  std::vector<Tensor> parts;
  for (Index begin = 0; begin < count; begin += step) {
    const Index end = std::min(count, begin + step);
    parts.emplace_back(Shape{windows.size(1), deltas.size(1)});
    gemm(1, windows.slice(0, begin, end).transpose(), deltas.slice(0, begin, end), 0, parts.back());
  }
  return tree_sum(parts, 0, std::bit_ceil(parts.size()));
}

// However the windows are read, the sums are those of products with the windows laid out as rows.
TEST(Conv2D, IsAProductOfItsWindows) {
  // The last column: whether dL/dx is one sum, and not its windows' parts added up.
  for (auto [side, chan_in, chan_out, groups, kernel, stride, padding, dilation, one_sum] :
       {std::array<Index, 9>{9, 16, 32, 1, 3, 1, 1, 1, true},
        {14, 64, 64, 1, 3, 1, 1, 1, true},  // the sum of a window has two blocks
        {16, 32, 16, 1, 3, 1, 1, 1, true},
        {18, 32, 16, 1, 3, 1, 0, 1, true},
        {6, 32, 16, 1, 3, 1, 0, 1, false},  // a third of the products would be with zeros
        {2, 32, 16, 1, 3, 1, 1, 1, false},  // likewise
        {9, 32, 16, 1, 2, 2, 1, 1, false},
        {7, 16, 16, 1, 3, 2, 2, 1, false},
        {7, 16, 16, 1, 3, 1, 4, 1, false},  // windows of padding alone
        {8, 16, 48, 1, 3, 1, 2, 2, true},
        {8, 32, 64, 2, 3, 1, 1, 1, true},
        {8, 64, 32, 2, 3, 3, 3, 2, false},
        {6, 12, 16, 1, 3, 1, 1, 1, true},
        {6, 16, 20, 1, 3, 1, 1, 1, true},
        {6, 8, 3, 1, 3, 1, 1, 1, true},
        {9, 1, 16, 1, 3, 1, 1, 1, false},  // few channels
        {9, 1, 6, 1, 5, 1, 2, 1, false},
        {9, 3, 10, 1, 3, 1, 1, 1, false},
        {9, 3, 10, 1, 3, 2, 1, 2, false},
        {9, 4, 6, 1, 3, 2, 1, 1, false},
        {9, 4, 6, 1, 3, 1, 2, 2, false},
        {10, 7, 20, 1, 4, 1, 1, 1, false},
        {9, 5, 1, 1, 3, 1, 1, 1, false},
        {40, 1, 16, 1, 3, 1, 1, 2, false},  // lines of three numbers
        {13, 3, 7, 1, 3, 2, 1, 2, false},   // pixels of three
        {30, 12, 10, 1, 3, 1, 1, 1, true},  // more than one part of dL/dW
        {31, 13, 6, 1, 3, 2, 5, 1, false},
        {1, 12, 4, 1, 3, 1, 2, 2, false},  // pixels of the windows that are padding alone
        {8, 8, 24, 4, 3, 1, 1, 1, false},
        {8, 24, 6, 3, 3, 1, 1, 1, true},
        {24, 8, 8, 1, 3, 1, 1, 1, true},
        {1, 4, 4, 1, 4, 1, 3, 2, false},  // the pixel lies between those of the window
        {6, 1, 12, 1, 3, 1, 1, 1, false},
        {20, 3, 8, 1, 15, 1, 7, 1, false},  // most windows lie at the edges
        {25, 16, 3, 1, 3, 2, 3, 2, false},
        {23, 16, 20, 1, 5, 1, 3, 1, true},
        {100, 2, 8, 1, 3, 1, 1, 1, false},  // lines too long for that
        {100, 8, 2, 1, 3, 1, 3, 2, true}}) {
    const Conv2DOptions options{kernel, chan_in, chan_out, stride, padding, dilation, groups};
    Conv2D layer(options);
    SCOPED_TRACE(layer.describe());
    const Windows windows{kernel, stride, 0, dilation};
    const Index batch = side < 10 ? 7 : 2;  // products go along lines, down images, through them
    const Tensor x = wave({batch, side, side, chan_in}), images = pad(x, padding);
    const Tensor w = layer.weight()->value.reshape({kernel * kernel * chan_in / groups, chan_out}),
                 bias = layer.bias()->value;
    Tensor z = layer.forward(x), delta = wave(z.shape(), 1);
    const Index lines = z.size(0) * z.size(1), count = lines * z.size(2);
    Tensor dx_images = Tensor::zeros(images.shape()), dw(w.shape());
    Tensor expected(Shape{count, chan_out});
    const Tensor deltas = delta.reshape({count, chan_out});
    for (Index g = 0; g < groups; ++g) {
      Tensor rows(Shape{count, w.size(0)}), zs = part(expected, 1, g, groups);
      im2col(part(images, 3, g, groups), windows, 0, lines, rows);
      const Tensor b = part(bias, 0, g, groups), ws = part(w, 1, g, groups);
      gemm(1, rows, ws, 0, zs, &b);
      Tensor dws = part(dw, 1, g, groups), dxs = part(dx_images, 3, g, groups);
      dws.copy_from(by_parts(rows, part(deltas, 1, g, groups), z.size(2)));
      gemm(1, part(deltas, 1, g, groups), ws.transpose(), 0, rows);
      col2im(rows, windows, 0, lines, dxs);
    }
    EXPECT_TRUE(same_bits(z, expected.reshape(z.shape())));
    const Tensor dx = crop(dx_images, padding);
    EXPECT_TRUE(same_bits(layer.backward_delta(x, delta),
                          one_sum ? by_windows_of_delta(delta, layer, options, x.shape()) : dx));
    EXPECT_TRUE(close(layer.backward_delta(x, delta), dx));
    layer.backward_update_gradient(x, delta);
    const Tensor& gradient = layer.weight()->grad;
    EXPECT_TRUE(same_bits(gradient, dw.reshape(gradient.shape())));
  }
}

// Lines of more windows than a block of a sum has.
TEST(Conv2D, IsAProductOfItsWindowsInLongLines) {
  for (auto [chan_in, height, width, stride, padding] :
       {std::array<Index, 5>{12, 1, 1100, 1, 1},
        {4, 1, 1100, 1, 1},
        {12, 3, 600, 1, 1},  // whose lines are partly padding
        {12, 2, 1100, 2, 300},
        {12, 1, 40, 2, 511},
        {12, 1, 40, 2, 600},
        {2, 2, 700, 1, 2},
        {1, 3, 1100, 1, 1}}) {
    const Index kernel = 3, chan_out = 5;
    Conv2D layer(kernel, chan_in, chan_out, stride, {1, padding});
    SCOPED_TRACE(layer.describe());
    const Tensor x = wave({2, height, width, chan_in}), images = pad(x, {1, padding});
    const Tensor z = layer.forward(x), delta = wave(z.shape(), 1);
    const Index count = z.numel() / chan_out;
    Tensor rows(Shape{count, kernel * kernel * chan_in});
    im2col(images, {kernel, stride, 0}, 0, z.size(0) * z.size(1), rows);
    Tensor expected(Shape{count, chan_out});
    const Tensor bias = layer.bias()->value, w = layer.weight()->value;
    gemm(1, rows, w.reshape({rows.size(1), chan_out}), 0, expected, &bias);
    EXPECT_TRUE(same_bits(z, expected.reshape(z.shape())));
    layer.backward_update_gradient(x, delta);
    const Tensor dw = by_parts(rows, delta.reshape({count, chan_out}), z.size(2));
    EXPECT_TRUE(same_bits(layer.weight()->grad, dw.reshape(w.shape())));
  }
}

// A part of the images at a time.
TEST(Conv2D, IsAProductOfItsWindowsInManyImages) {
  for (auto [side, chan_in, chan_out] : {std::array<Index, 3>{6, 64, 8}, {14, 64, 20}}) {
    Conv2D layer({.kernel = 3, .chan_in = chan_in, .chan_out = chan_out, .padding = 1});
    const Tensor x = wave({40, side, side, chan_in}), w = layer.weight()->value;
    Tensor rows(Shape{40 * side * side, 9 * chan_in}), expected(Shape{rows.size(0), chan_out});
    im2col(pad(x, 1), {3, 1, 0}, 0, 40 * side, rows);
    const Tensor bias = layer.bias()->value;
    gemm(1, rows, w.reshape({rows.size(1), chan_out}), 0, expected, &bias);
    const Tensor z = layer.predict(x);
    EXPECT_TRUE(same_bits(z, expected.reshape(z.shape())));
  }
}

// 0 times inf would be NaN: no window multiplies padding, however many images there are.
TEST(Conv2D, PaddingMeetsNoWeights) {
  for (Index padding : {1, 2})
    for (Index batch : {1, 40})
      for (Index place = 0; place < 9; ++place) {
        Conv2D layer({.kernel = 3, .chan_in = 4, .chan_out = 16, .padding = padding});
        Tensor w = layer.weight()->value;
        w.fill(1);
        w.reshape({9, 4, 16}).select(0, place).fill(std::numeric_limits<Scalar>::infinity());
        const Tensor z = layer.predict(Tensor::full({batch, 9, 9, 4}, 1));
        EXPECT_TRUE(equal(z, z)) << "NaN: " << padding << ", " << batch << " images, " << place;
      }
}

// Sums that underflow to -0 depend on no batch: padding would make +0 of them.
TEST(Conv2D, ZerosHaveTheSameSignInABatch) {
  const Scalar tiny = std::sqrt(std::numeric_limits<Scalar>::min()) * Scalar(1e-6);
  Conv2D layer({.kernel = 3, .chan_in = 8, .chan_out = 16, .padding = 1, .bias = false});
  layer.weight()->value.fill(tiny);
  const Tensor x = Tensor::full({64, 8, 8, 8}, -tiny), one = x.slice(0, 0, 1);
  EXPECT_TRUE(same_bits(layer.predict(one), layer.predict(x).slice(0, 0, 1)));
}

// Strides of sides of length 1 say nothing.
TEST(Conv2D, TakesViewsOfOneLine) {
  for (Size2 kernel : {Size2(1, 3), Size2(3, 1)}) {
    const Conv2DOptions options{kernel, 5, 4, 1, {kernel.height / 2, 0}};
    Conv2D of_view(options), of_copy(options);
    const Tensor x = wave({3, 8, 1, 5}).transpose(1, 2), copy = x.clone();
    const Tensor z = of_copy.predict(copy), delta = wave(z.shape(), 1);
    EXPECT_TRUE(same_bits(of_view.predict(x), z));
    of_view.backward_update_gradient(x, delta);
    of_copy.backward_update_gradient(copy, delta);
    EXPECT_TRUE(same_bits(of_view.weight()->grad, of_copy.weight()->grad));
  }
}

}  // namespace
}  // namespace nn::test
