#include "nn/modules/conv2d.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "nn/modules/conv1d.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

/// z by the formula of the header, summed in double.
Tensor by_formula(const Tensor& x, const Tensor& w, const Tensor& bias, const Shape& out,
                  Size2 stride, Size2 padding) {
  Tensor z(out);
  for (Index b = 0; b < out[0]; ++b)
    for (Index p = 0; p < out[1]; ++p)
      for (Index q = 0; q < out[2]; ++q)
        for (Index o = 0; o < out[3]; ++o) {
          double sum = bias(o);
          for (Index i = 0; i < w.size(0); ++i)
            for (Index j = 0; j < w.size(1); ++j)
              for (Index c = 0; c < w.size(2); ++c) {
                const Index y = p * stride.height + i - padding.height;
                const Index v = q * stride.width + j - padding.width;
                if (y < 0 || y >= x.size(1) || v < 0 || v >= x.size(2)) continue;
                sum += static_cast<double>(x(b, y, v, c)) * w(i, j, c, o);
              }
          z(b, p, q, o) = static_cast<Scalar>(sum);
        }
  return z;
}

TEST(Conv2D, IsItsFormula) {
  for (Size2 kernel : {Size2(1), Size2(3, 2), Size2(2, 4)})
    for (Size2 stride : {Size2(1), Size2(2, 3)})
      for (Size2 padding : {Size2(0), Size2(1, 0), Size2(2, 5)}) {
        Conv2D layer(
            {.kernel = kernel, .chan_in = 3, .chan_out = 5, .stride = stride, .padding = padding});
        Tensor x = wave({2, 6, 7, 3}), z = layer.forward(x);
        EXPECT_TRUE(close(z, by_formula(x, layer.weight()->value, layer.bias()->value, z.shape(),
                                        stride, padding)))
            << layer.describe();
      }
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
  Conv2D layer({.kernel = {3, 2}, .chan_in = 4, .chan_out = 5, .bias = false});
  EXPECT_EQ(layer.describe(), "Conv2D([3, 2], 4, 5, bias=false)");
  EXPECT_EQ(layer.parameter_count(), 120);
  EXPECT_EQ(layer.bias(), nullptr);
  EXPECT_EQ(layer.weight()->value.shape(), (Shape{3, 2, 4, 5}));
  EXPECT_EQ(layer.weight()->fan_in, 24);
  EXPECT_EQ(layer.weight()->fan_out, 30);
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
}

// Large enough for several blocks of windows, and for several threads.
TEST(Conv2D, BlocksAndThreadsDoNotChangeABit) {
  const int before = num_threads();
  Tensor x = wave({5, 40, 30, 8}), z, dx, dw, db;
  for (int threads : {1, 2, 3, 8}) {
    set_num_threads(threads);
    Conv2D layer(3, 8, 16, 1, 1);
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
