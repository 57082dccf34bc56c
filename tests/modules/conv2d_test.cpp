#include "nn/modules/conv2d.hpp"

#include <gtest/gtest.h>

#include <array>

#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "nn/modules/conv1d.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

/// z by the formula of the header, summed in double.
Tensor by_formula(const Tensor& x, const Conv2D& layer, const Conv2DOptions& o) {
  const Tensor &w = layer.weight()->value, &bias = layer.bias()->value;
  const Index part = w.size(2), outputs = o.chan_out / o.groups;
  Tensor z(layer.output_shape(x.shape()));
  for (Index b = 0; b < z.size(0); ++b)
    for (Index p = 0; p < z.size(1); ++p)
      for (Index q = 0; q < z.size(2); ++q)
        for (Index out = 0; out < o.chan_out; ++out) {
          double sum = bias(out);
          for (Index i = 0; i < w.size(0); ++i)
            for (Index j = 0; j < w.size(1); ++j)
              for (Index c = 0; c < part; ++c) {
                const Index y = p * o.stride.height + i * o.dilation.height - o.padding.height;
                const Index v = q * o.stride.width + j * o.dilation.width - o.padding.width;
                if (y < 0 || y >= x.size(1) || v < 0 || v >= x.size(2)) continue;
                sum += static_cast<double>(x(b, y, v, out / outputs * part + c)) * w(i, j, c, out);
              }
          z(b, p, q, out) = static_cast<Scalar>(sum);
        }
  return z;
}

TEST(Conv2D, IsItsFormula) {
  for (Size2 kernel : {Size2(1), Size2(3, 2), Size2(2, 4)})
    for (Size2 stride : {Size2(1), Size2(2, 3)})
      for (Size2 padding : {Size2(0), Size2(1, 0), Size2(2, 5)})
        for (Size2 dilation : {Size2(1), Size2(2, 1)})
          for (auto [chan_in, chan_out, groups] :
               {std::array<Index, 3>{3, 5, 1}, {4, 6, 2}, {6, 3, 3}, {3, 3, 3}, {17, 34, 17}}) {
            const Conv2DOptions o{kernel, chan_in, chan_out, stride, padding, dilation, groups};
            Conv2D layer(o);
            const Tensor x = wave({2, 6, 7, chan_in});
            EXPECT_TRUE(close(layer.forward(x), by_formula(x, layer, o))) << layer.describe();
          }
}

/// One network for each group, its channels side by side.
TEST(Conv2D, GroupsAreConvolutionsOfTheirChannels) {
  for (Index part : {1, 2}) {
    const Index chan = 3 * part;
    Conv2D layer({.kernel = 3, .chan_in = chan, .chan_out = chan, .padding = 1, .groups = 3});
    const Tensor x = wave({2, 5, 6, chan}), delta = wave({2, 5, 6, chan}, 1);
    const Tensor z = layer.forward(x), dx = layer.backward(x, delta);
    for (Index g = 0; g < 3; ++g) {
      auto of = [&](const Tensor& t) {
        return t.slice(t.rank() - 1, g * part, (g + 1) * part).clone();
      };
      Conv2D alone({.kernel = 3, .chan_in = part, .chan_out = part, .padding = 1});
      alone.weight()->value.copy_from(of(layer.weight()->value));
      alone.bias()->value.copy_from(of(layer.bias()->value));
      EXPECT_TRUE(same_bits(of(z), alone.forward(of(x))));
      EXPECT_TRUE(close(of(dx), alone.backward(of(x), of(delta)), 20 * epsilon));
      EXPECT_TRUE(same_bits(of(layer.weight()->grad), alone.weight()->grad));
      EXPECT_TRUE(same_bits(of(layer.bias()->grad), alone.bias()->grad));
    }
  }
}

TEST(Conv2D, GroupsOfWideKernelsAndLongLines) {
  const Conv2DOptions wide{.kernel = {1, 600}, .chan_in = 2, .chan_out = 2, .groups = 2};
  Conv2D layer(wide);
  const Tensor x = wave({1, 2, 1700, 2}), z = layer.forward(x), delta = wave(z.shape(), 1);
  EXPECT_TRUE(close(z, by_formula(x, layer, wide), 1e-4));
  layer.backward_update_gradient(x, delta);
  Conv2D narrow({.kernel = 1, .chan_in = 2, .chan_out = 2, .groups = 2});
  narrow.backward_update_gradient(x, wave(x.shape(), 1));
  double sum = 0;
  for (Index i = 0; i < x.numel(); i += 2)
    sum += static_cast<double>(x.data()[i]) * wave(x.shape(), 1).data()[i];
  EXPECT_NEAR(narrow.weight()->grad(0, 0, 0, 0), sum, 1e-3);
}

TEST(Conv2D, OfHeightOneIsConv1D) {
  Conv1D line(3, 2, 4, 2);
  Conv2D flat(Size2(1, 3), 2, 4, Size2(1, 2));
  flat.weight()->value.copy_from(line.weight()->value);
  flat.bias()->value.copy_from(line.bias()->value);
  Tensor x = wave({3, 9, 2}), image = x.reshape({3, 1, 9, 2});
  Tensor z = line.forward(x), delta = wave(z.shape(), 1);
  EXPECT_TRUE(same_bits(flat.forward(image).reshape(z.shape()), z));
  Tensor dx = line.backward(x, delta);
  EXPECT_TRUE(close(flat.backward(image, delta.reshape({3, 1, 4, 4})).reshape(x.shape()), dx,
                    100 * epsilon));
  EXPECT_TRUE(close(flat.weight()->grad.reshape({3, 2, 4}), line.weight()->grad, 100 * epsilon));
}

TEST(Conv2D, Description) {
  EXPECT_EQ(Conv2D(3, 1, 16).describe(), "Conv2D(3, 1, 16)");
  EXPECT_EQ(Conv2D({5, 3}, 1, 2, {2, 1}, 1).describe(),
            "Conv2D([5, 3], 1, 2, stride=[2, 1], padding=1)");
  EXPECT_EQ(Conv2D({.kernel = 3, .chan_in = 4, .chan_out = 8, .dilation = {1, 2}, .groups = 4})
                .describe(),
            "Conv2D(3, 4, 8, dilation=[1, 2], groups=4)");
  Conv2D layer({.kernel = {3, 2}, .chan_in = 4, .chan_out = 5, .bias = false});
  EXPECT_EQ(layer.describe(), "Conv2D([3, 2], 4, 5, bias=false)");
  EXPECT_EQ(layer.parameter_count(), 120);
  EXPECT_EQ(layer.bias(), nullptr);
  EXPECT_EQ(layer.weight()->value.shape(), (Shape{3, 2, 4, 5}));
  EXPECT_EQ(layer.weight()->fan_in, 24);
  EXPECT_EQ(layer.weight()->fan_out, 30);
  Conv2D grouped({.kernel = {3, 2}, .chan_in = 4, .chan_out = 6, .groups = 2});
  EXPECT_EQ(grouped.weight()->value.shape(), (Shape{3, 2, 2, 6}));
  EXPECT_EQ(grouped.weight()->fan_in, 12);
  EXPECT_EQ(grouped.weight()->fan_out, 36);
}

TEST(Conv2D, Shapes) {
  Conv2D layer({3, 5}, 2, 4, {2, 1}, {0, 1});
  EXPECT_EQ(layer.output_shape({7, 8, 6, 2}), (Shape{7, 3, 4, 4}));
  EXPECT_EQ(message_of<ShapeError>([&] {
              layer.forward(Tensor::zeros({7, 8, 2, 2}));
            }),
            "Conv2D([3, 5], 2, 4, stride=[2, 1], padding=[0, 1]): expected (batch, height >= 3, "
            "width >= 3, channels = 2), got (7, 8, 2, 2)");
  EXPECT_THROW(layer.forward(Tensor::zeros({7, 2, 6, 2})), ShapeError);
  EXPECT_THROW(layer.forward(Tensor::zeros({7, 8, 6, 3})), ShapeError);
  EXPECT_THROW(layer.forward(Tensor::zeros({8, 6, 2})), ShapeError);
  Tensor fits = Conv2D(5, 1, 1, 1, 1).forward(Tensor::zeros({1, 3, 3, 1}));
  EXPECT_EQ(fits.shape(), (Shape{1, 1, 1, 1}));
}

TEST(Conv2D, SizesThatAreTooSmall) {
  EXPECT_THROW(Conv2D({0, 1}, 1, 1), ShapeError);
  EXPECT_THROW(Conv2D(1, 0, 1), ShapeError);
  EXPECT_THROW(Conv2D(1, 1, 0), ShapeError);
  EXPECT_THROW(Conv2D(1, 1, 1, {1, 0}), ShapeError);
  EXPECT_THROW(Conv2D(1, 1, 1, 1, {-1, 0}), ShapeError);
  EXPECT_THROW(Conv2D(1, 1, 1, 1, {0, Index{1} << 62}), ShapeError);
  EXPECT_THROW(Conv2D({.kernel = 1, .chan_in = 1, .chan_out = 1, .dilation = {0, 1}}), ShapeError);
  for (Index groups : {-1, 0, 2, 3})
    EXPECT_THROW(Conv2D({.kernel = 1, .chan_in = 4, .chan_out = 3, .groups = groups}), ShapeError);
  EXPECT_TRUE(contains(message_of<ShapeError>(
                           [] { Conv2D({.kernel = 1, .chan_in = 4, .chan_out = 6, .groups = 4}); }),
                       "groups=4): 4 and 6 channels"));
}

// Large enough for several blocks of windows, and for several threads.
void expect_same_for_all_threads(const Conv2DOptions& options) {
  const int before = num_threads();
  Tensor x = wave({5, 40, 30, 8}), z, dx, dw, db;
  for (int threads : {1, 2, 3, 8}) {
    set_num_threads(threads);
    Conv2D layer(options);
    Tensor zt = layer.forward(x), dxt = layer.backward(x, wave(zt.shape(), 1));
    if (threads == 1) {
      z = zt, dx = dxt, dw = layer.weight()->grad, db = layer.bias()->grad;
      for (Index i : {0, 4}) {
        EXPECT_TRUE(same_bits(layer.predict(x.slice(0, i, i + 1)), z.slice(0, i, i + 1)));
      }
    } else {
      EXPECT_TRUE(same_bits(zt, z)) << threads;
      EXPECT_TRUE(same_bits(dxt, dx)) << threads;
      EXPECT_TRUE(same_bits(layer.weight()->grad, dw)) << threads;
      EXPECT_TRUE(same_bits(layer.bias()->grad, db)) << threads;
    }
  }
  set_num_threads(before);
}

TEST(Conv2D, BlocksAndThreadsDoNotChangeABit) {
  expect_same_for_all_threads({.kernel = 3, .chan_in = 8, .chan_out = 16, .padding = 1});
  expect_same_for_all_threads({.kernel = 3, .chan_in = 8, .chan_out = 16, .dilation = 2});
  for (Index groups : {2, 8})
    expect_same_for_all_threads({.kernel = 3, .chan_in = 8, .chan_out = 16, .groups = groups});
  expect_same_for_all_threads({.kernel = 3, .chan_in = 8, .chan_out = 8, .groups = 8});
}

TEST(Conv2D, IsACrossCorrelation) {
  Conv2D layer(2, 1, 1);
  layer.weight()->value.copy_from(tensor({{1, 2}, {3, 4}}).reshape({2, 2, 1, 1}));
  layer.bias()->value.fill(Scalar(0.5));
  Tensor x(Shape{2, 3, 3, 1});
  for (Index i = 0; i < 18; ++i) x.data()[i] = static_cast<Scalar>((i / 9 + 1) * (i % 9 + 1));
  EXPECT_EQ(values(layer.forward(x)),
            (std::vector<Scalar>{37.5, 47.5, 67.5, 77.5, 74.5, 94.5, 134.5, 154.5}));
  Tensor dx = layer.backward(x, Tensor::ones({2, 2, 2, 1}));
  EXPECT_EQ(values(layer.weight()->grad), (std::vector<Scalar>{36, 48, 72, 84}));
  EXPECT_EQ(values(layer.bias()->grad), (std::vector<Scalar>{8}));
  EXPECT_TRUE(
      same_bits(dx.select(0, 0).reshape({3, 3}), tensor({{1, 3, 2}, {4, 10, 6}, {3, 7, 4}})));
}

TEST(Conv2D, HeightAndWidthAreNotInterchangeable) {
  Conv2D layer(
      {.kernel = {3, 2}, .chan_in = 1, .chan_out = 1, .stride = {2, 1}, .padding = {1, 0}});
  layer.weight()->value.copy_from(tensor({{1, 2}, {3, 4}, {5, 6}}).reshape({3, 2, 1, 1}));
  layer.bias()->value.fill(0);
  Tensor x = Tensor::arange(20).reshape({1, 5, 4, 1}), z = layer.forward(x);
  EXPECT_TRUE(
      same_bits(z.reshape({3, 3}), tensor({{54, 72, 90}, {212, 233, 254}, {154, 164, 174}})));
  Tensor dx = layer.backward(x, Tensor::ones(z.shape()));
  EXPECT_TRUE(
      same_bits(layer.weight()->grad.reshape({3, 2}), tensor({{54, 60}, {81, 90}, {54, 60}})));
  EXPECT_TRUE(same_bits(
      dx.reshape({5, 4}),
      tensor({{3, 7, 7, 4}, {6, 14, 14, 8}, {3, 7, 7, 4}, {6, 14, 14, 8}, {3, 7, 7, 4}})));
}

}  // namespace
}  // namespace nn::test
