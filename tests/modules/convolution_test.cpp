#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "nn/core/error.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/conv_transpose2d.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

// What golden values do not tell of convolutions.
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
          for (auto [chan_in, chan_out, groups] : {std::array<Index, 3>{3, 5, 1},
                                                   {4, 6, 2},
                                                   {6, 3, 3},
                                                   {3, 3, 3},
                                                   {17, 34, 17},
                                                   {16, 48, 1},
                                                   {64, 32, 2}}) {
            const Conv2DOptions o{kernel, chan_in, chan_out, stride, padding, dilation, groups};
            Conv2D layer(o);
            const Tensor x = wave({2, 6, 7, chan_in});
            EXPECT_TRUE(close(layer.forward(x), by_formula(x, layer, o))) << layer.describe();
          }
}

TEST(Conv2D, PredictsIntoItsInput) {
  for (auto [channels, groups] : {std::array<Index, 2>{17, 1}, {1, 1}, {5, 5}}) {
    const Conv2D layer({.kernel = 1, .chan_in = channels, .chan_out = channels, .groups = groups});
    Tensor x = wave({2, 6, 6, channels});
    const Tensor z = layer.predict(x);
    layer.predict_into(x, x);
    EXPECT_TRUE(same_bits(x, z)) << layer.describe();
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

/// Of the Conv2D from z's channels to x's.
TEST(ConvTranspose2D, IsAConvolutionsBackward) {
  for (Index groups : {1, 2})
    for (Size2 rest : {Size2(0), Size2(1, 2)}) {
      ConvTranspose2D layer({.kernel = {3, 2},
                             .chan_in = 4,
                             .chan_out = 6,
                             .stride = {2, 3},
                             .padding = 1,
                             .output_padding = rest,
                             .dilation = {1, 2},
                             .groups = groups,
                             .bias = false});
      Conv2D conv({.kernel = {3, 2},
                   .chan_in = 6,
                   .chan_out = 4,
                   .stride = {2, 3},
                   .padding = 1,
                   .dilation = {1, 2},
                   .groups = groups,
                   .bias = false});
      conv.weight()->value.copy_from(layer.weight()->value);
      const Tensor x = wave({2, 3, 4, 4}), z = layer.forward(x), delta = wave(z.shape(), 1);
      EXPECT_EQ(conv.output_shape(z.shape()), x.shape());
      EXPECT_TRUE(same_bits(z, conv.backward(delta, x)));
      EXPECT_TRUE(same_bits(layer.backward(x, delta), conv.forward(delta)));
      EXPECT_TRUE(same_bits(layer.weight()->grad, conv.weight()->grad));
    }
}

TEST(Conv2D, NamesAnInputThatDoesNotFit) {
  Conv2D layer({3, 5}, 2, 4, {2, 1}, {0, 1});
  const std::string message = message_of<ShapeError>([&] {
    layer.forward(Tensor::zeros({7, 8, 2, 2}));
  });
  EXPECT_TRUE(contains(message, layer.describe() + ": expected (batch, height >= 3, width >= 3, " +
                                    "channels = 2), got (7, 8, 2, 2)"))
      << message;
  for (const Shape& wrong : {Shape{7, 2, 6, 2}, Shape{7, 8, 6, 3}, Shape{8, 6, 2}})
    EXPECT_THROW(layer.forward(Tensor::zeros(wrong)), ShapeError) << wrong.to_string();
  EXPECT_EQ(Conv2D(5, 1, 1, 1, 1).output_shape({1, 3, 3, 1}), (Shape{1, 1, 1, 1})) << "just fits";
}

TEST(Conv1D, NamesAnInputThatDoesNotFit) {
  Conv1D layer(3, 1, 32);
  EXPECT_EQ(layer.output_shape({20, 3, 1}), (Shape{20, 1, 32})) << "just fits";
  for (const Shape& wrong : {Shape{20, 256}, Shape{20, 2, 1}, Shape{20, 256, 2}}) {
    const std::string message =
        message_of<ShapeError>([&] { layer.forward(Tensor::zeros(wrong)); });
    EXPECT_TRUE(contains(message, "length >= 3, channels = 1") &&
                contains(message, wrong.to_string()))
        << message;
  }
  Conv1D padded({.k_size = 2, .chan_in = 1, .chan_out = 1, .padding = 1, .dilation = 2});
  EXPECT_THROW(padded.forward(Tensor::zeros({1, 0, 1})), ShapeError);
}

TEST(ConvTranspose2D, Shapes) {
  EXPECT_EQ(ConvTranspose2D(2, 32, 16, 2).output_shape({64, 8, 8, 32}), (Shape{64, 16, 16, 16}));
  const ConvTranspose2D all({.kernel = {3, 5},
                             .chan_in = 2,
                             .chan_out = 4,
                             .stride = {2, 1},
                             .padding = {1, 0},
                             .output_padding = {1, 0},
                             .dilation = {1, 2}});
  EXPECT_EQ(all.output_shape({7, 4, 6, 2}), (Shape{7, 8, 14, 4}));
  const std::string message = message_of<ShapeError>([&] {
    all.predict(Tensor::zeros({7, 4, 6, 3}));
  });
  EXPECT_TRUE(contains(message, "channels = 2") && contains(message, "got (7, 4, 6, 3)"));
  EXPECT_THROW(all.output_shape({7, 0, 6, 2}), ShapeError);
  EXPECT_THROW(all.output_shape({4, 6, 2}), ShapeError);
  EXPECT_THROW(ConvTranspose2D(2, 1, 1, 1, 1).output_shape({1, 1, 1, 1}), ShapeError);
}

TEST(Convolutions, DescribeWhatTheirConstructorsTook) {
  EXPECT_EQ(
      Conv1D({.k_size = 2, .chan_in = 3, .chan_out = 5, .stride = 4, .bias = false}).describe(),
      "Conv1D(2, 3, 5, stride=4, bias=false)");
  EXPECT_EQ(Conv2D({5, 3}, 1, 2, {2, 1}, 1).describe(),
            "Conv2D([5, 3], 1, 2, stride=[2, 1], padding=1)");
}

TEST(Convolutions, HaveWeightsAndFansOfPyTorchsSizes) {
  const Conv1D line(3, 2, 4);
  EXPECT_EQ(line.weight()->value.shape(), (Shape{3, 2, 4}));
  EXPECT_EQ(line.weight()->fan_in, 6);
  EXPECT_EQ(line.weight()->fan_out, 12);
  const Conv2D grouped({.kernel = {3, 2}, .chan_in = 4, .chan_out = 6, .groups = 2, .bias = false});
  EXPECT_EQ(grouped.weight()->value.shape(), (Shape{3, 2, 2, 6}));
  EXPECT_EQ(grouped.weight()->fan_in, 12);
  EXPECT_EQ(grouped.weight()->fan_out, 36);
  EXPECT_EQ(grouped.bias(), nullptr);
  const ConvTranspose2D turned({.kernel = 3, .chan_in = 40, .chan_out = 6, .groups = 2});
  EXPECT_EQ(turned.weight()->value.shape(), (Shape{3, 3, 3, 40}));
  EXPECT_EQ(turned.weight()->fan_in, 27) << "PyTorch's, of the outputs of a group";
  EXPECT_EQ(turned.bias()->fan_in, 27);
  EXPECT_EQ(turned.weight()->fan_out, 360);
}

TEST(Convolutions, StartWithinPyTorchsBounds) {
  const auto expect_within = [](const ParameterPtr& weight) {
    const double bound = 1 / std::sqrt(static_cast<double>(weight->fan_in));
    const double largest = static_cast<double>(nn::max(nn::abs(weight->value)));
    EXPECT_LE(largest, bound);
    EXPECT_GT(largest, 0.9 * bound);
  };
  expect_within(Conv1D(3, 4, 5).weight());
  expect_within(ConvTranspose2D({.kernel = 3, .chan_in = 40, .chan_out = 6, .groups = 2}).weight());
}

TEST(Conv1D, RefusesSizesThatMakeNoSense) {
  EXPECT_THROW(Conv1D(0, 1, 1), ShapeError);
  EXPECT_THROW(Conv1D(1, 0, 1), ShapeError);
  EXPECT_THROW(Conv1D(1, 1, -1), ShapeError);
  EXPECT_THROW(Conv1D(1, 1, 1, 0), ShapeError);
  EXPECT_THROW(Conv1D(Index{1} << 40, 1, 1), ShapeError);
  EXPECT_THROW(Conv1D({.k_size = 2, .chan_in = 2, .chan_out = 3, .groups = 2}), ShapeError);
  EXPECT_TRUE(contains(message_of<ShapeError>([] { Conv1D(-2, 1, 3); }), "Conv1D(-2, 1, 3)"));
}

TEST(Conv2D, RefusesSizesThatMakeNoSense) {
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

TEST(ConvTranspose2D, RefusesSizesThatMakeNoSense) {
  EXPECT_THROW(ConvTranspose2D({0, 1}, 1, 1), ShapeError);
  EXPECT_THROW(ConvTranspose2D(1, 0, 1), ShapeError);
  EXPECT_THROW(ConvTranspose2D(1, 1, 1, 0), ShapeError);
  for (Index rest : {-1, 2})
    EXPECT_THROW(
        ConvTranspose2D(
            {.kernel = 2, .chan_in = 1, .chan_out = 1, .stride = 2, .output_padding = {0, rest}}),
        ShapeError);
  EXPECT_THROW(ConvTranspose2D({.kernel = 2, .chan_in = 3, .chan_out = 2, .groups = 2}),
               ShapeError);
  const ConvTranspose2D wide({.kernel = 1, .chan_in = 1, .chan_out = 1, .stride = Index{1} << 30});
  for (Index width : {(Index{1} << 34) + 1, Index{1} << 34, Index{1} << 40})  // beyond 64 bits
    EXPECT_THROW(wide.output_shape({1, 1, width, 1}), ShapeError) << width;
}

}  // namespace
}  // namespace nn::test
