#include "nn/modules/conv1d.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(Conv1D, ByHand) {
  Conv1D layer(2, 2, 2);
  layer.weight()->value.copy_from(tensor({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}));
  layer.bias()->value.copy_from(tensor({100, 200}));
  Tensor x = tensor({{{1, 0}, {0, 1}, {1, 1}}});
  // [1, 0, 0, 1] W, then [0, 1, 1, 1] W
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{{108, 210}, {115, 218}}})));
  Tensor delta = tensor({{{1, 0}, {0, 10}}});
  EXPECT_TRUE(same_bits(layer.backward(x, delta), tensor({{{1, 3}, {25, 47}, {60, 80}}})));
  EXPECT_TRUE(same_bits(layer.weight()->grad, tensor({{{1, 0}, {0, 10}}, {{0, 10}, {1, 10}}})));
  EXPECT_TRUE(same_bits(layer.bias()->grad, tensor({1, 10})));
}

TEST(Conv1D, Description) {
  EXPECT_EQ(Conv1D(3, 1, 32).describe(), "Conv1D(3, 1, 32)");
  EXPECT_EQ(Conv1D(5, 2, 4, 2).describe(), "Conv1D(5, 2, 4, stride=2)");
  EXPECT_EQ(Conv1D(5, 2, 4, 1, false).describe(), "Conv1D(5, 2, 4, bias=false)");
  Conv1D layer(3, 2, 4), bare(3, 2, 4, 1, false);
  EXPECT_EQ(layer.parameter_count(), 28);
  EXPECT_EQ(bare.parameter_count(), 24);
  EXPECT_EQ(bare.bias(), nullptr);
  EXPECT_EQ(layer.weight()->value.shape(), (Shape{3, 2, 4}));
  EXPECT_EQ(layer.weight()->fan_in, 6);
  EXPECT_EQ(layer.weight()->fan_out, 12);
}

TEST(Conv1D, Shapes) {
  Conv1D layer(3, 1, 32), strided(3, 1, 2, 4);
  EXPECT_EQ(layer.output_shape({20, 256, 1}), (Shape{20, 254, 32}));
  EXPECT_EQ(layer.output_shape({20, 3, 1}), (Shape{20, 1, 32}));
  EXPECT_EQ(strided.output_shape({1, 6, 1}), (Shape{1, 1, 2}));
  EXPECT_EQ(strided.output_shape({1, 7, 1}), (Shape{1, 2, 2}));
  EXPECT_EQ(message_of<ShapeError>([&] {
              layer.forward(Tensor::zeros({20, 256}));
            }),
            "Conv1D(3, 1, 32): expected (batch, length >= 3, channels = 1), got (20, 256)");
  EXPECT_THROW(layer.forward(Tensor::zeros({20, 2, 1})), ShapeError);
  EXPECT_THROW(layer.forward(Tensor::zeros({20, 256, 2})), ShapeError);
}

TEST(Conv1D, SizesBelowOne) {
  EXPECT_THROW(Conv1D(0, 1, 1), ShapeError);
  EXPECT_THROW(Conv1D(1, 0, 1), ShapeError);
  EXPECT_THROW(Conv1D(1, 1, -1), ShapeError);
  EXPECT_THROW(Conv1D(1, 1, 1, 0), ShapeError);
  EXPECT_THROW(Conv1D(Index{1} << 40, 1, 1), ShapeError);
  EXPECT_TRUE(contains(message_of<ShapeError>([] { Conv1D(-2, 1, 3); }), "Conv1D(-2, 1, 3)"));
}

TEST(Conv1D, StartsFromAFixedDraw) {
  Conv1D a(3, 4, 5), b(3, 4, 5), other(3, 4, 6);
  EXPECT_TRUE(same_bits(a.weight()->value, b.weight()->value));
  EXPECT_FALSE(same_bits(a.weight()->value, other.weight()->value.slice(2, 0, 5)));
  double largest = 0;
  for (Scalar w : values(a.weight()->value)) largest = std::max<double>(largest, std::abs(w));
  EXPECT_LE(largest, 1 / std::sqrt(12.0));
  EXPECT_GT(largest, 0.9 / std::sqrt(12.0));
}

TEST(Conv1D, ThreadsDoNotChangeABit) {
  const int before = num_threads();
  Tensor x = wave({37, 200, 4}), delta = wave({37, 99, 32}, 1), z, dx, dw, db;
  for (int threads : {1, 2, 3, 8}) {
    set_num_threads(threads);
    Conv1D layer(3, 4, 32, 2);
    Tensor zt = layer.forward(x), dxt = layer.backward(x, delta);
    if (threads == 1) {
      z = zt, dx = dxt, dw = layer.weight()->grad, db = layer.bias()->grad;
    } else {
      EXPECT_TRUE(same_bits(zt, z)) << threads;
      EXPECT_TRUE(same_bits(dxt, dx)) << threads;
      EXPECT_TRUE(same_bits(layer.weight()->grad, dw)) << threads;
      EXPECT_TRUE(same_bits(layer.bias()->grad, db)) << threads;
    }
  }
  set_num_threads(before);
}

TEST(Conv1D, AStrideMayLeaveARest) {
  Conv1D layer(3, 1, 1, 2);
  layer.weight()->value.copy_from(tensor({1, 10, 100}).reshape({3, 1, 1}));
  layer.bias()->value.fill(0);
  Tensor x = tensor({1, 2, 3, 4, 5, 6}).reshape({1, 6, 1});
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{321, 543}));
  Tensor dx = layer.backward(x, Tensor::ones({1, 2, 1}));
  EXPECT_EQ(dx.shape(), x.shape());
  EXPECT_EQ(values(dx), (std::vector<Scalar>{1, 10, 101, 10, 100, 0}));
  EXPECT_EQ(values(layer.weight()->grad), (std::vector<Scalar>{4, 6, 8}));
}

TEST(Conv1D, PaddingAndDilation) {
  Conv1D layer({.k_size = 2, .chan_in = 1, .chan_out = 1, .padding = 1, .dilation = 2});
  layer.weight()->value.copy_from(tensor({1, 10}).reshape({2, 1, 1}));
  layer.bias()->value.fill(0);
  Tensor x = tensor({1, 2, 3, 4}).reshape({1, 4, 1});
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{20, 31, 42, 3}));
  EXPECT_EQ(values(layer.backward(x, tensor({1, 2, 3, 4}).reshape({1, 4, 1}))),
            (std::vector<Scalar>{2, 13, 24, 30}));
  EXPECT_EQ(values(layer.weight()->grad), (std::vector<Scalar>{2 + 6 + 12, 2 + 6 + 12}));
  EXPECT_EQ(layer.describe(), "Conv1D(2, 1, 1, padding=1, dilation=2)");
  EXPECT_THROW(layer.forward(Tensor::zeros({1, 0, 1})), ShapeError);
}

TEST(Conv1D, PaddingIsZerosAtBothEnds) {
  Conv1D layer({.k_size = 3, .chan_in = 2, .chan_out = 4, .stride = 2, .padding = 2}),
      plain(3, 2, 4, 2);
  Tensor x = wave({3, 6, 2}), wide = Tensor::zeros({3, 10, 2});
  wide.slice(1, 2, 8).copy_from(x);
  Tensor z = layer.forward(x), delta = wave(z.shape(), 1);
  EXPECT_TRUE(same_bits(z, plain.forward(wide)));
  EXPECT_TRUE(same_bits(layer.backward(x, delta), plain.backward(wide, delta).slice(1, 2, 8)));
  EXPECT_TRUE(same_bits(layer.weight()->grad, plain.weight()->grad));
}

TEST(Conv1D, Groups) {
  Conv1D layer({.k_size = 2, .chan_in = 2, .chan_out = 2, .groups = 2});
  layer.weight()->value.copy_from(tensor({{1, 2}, {3, 4}}).reshape({2, 1, 2}));
  layer.bias()->value.fill(0);
  Tensor x = tensor({{{1, 10}, {2, 20}, {3, 30}}});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{{7, 100}, {11, 160}}})));
  Tensor delta = tensor({{{1, 1}, {10, 10}}});
  EXPECT_TRUE(same_bits(layer.backward(x, delta), tensor({{{1, 2}, {13, 24}, {30, 40}}})));
  EXPECT_TRUE(same_bits(layer.weight()->grad.reshape({2, 2}), tensor({{21, 210}, {32, 320}})));
  EXPECT_THROW(Conv1D({.k_size = 2, .chan_in = 2, .chan_out = 3, .groups = 2}), ShapeError);
}

}  // namespace
}  // namespace nn::test
