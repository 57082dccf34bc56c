#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "nn/core/error.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/pooling.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/softmax.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test {
namespace {

TEST(Case_P16_ConvolutionOrientation, TwoImagesOneKernel) {
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

TEST(Case_P17_HeightAndWidth, AreNotInterchangeable) {
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

TEST(Case_P18_InputNotDivisibleByStride, Conv1D) {
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

TEST(Case_P19_KernelLargerThanPaddedInput, IsAnErrorThatNamesBoth) {
  Tensor image = Tensor::zeros({1, 3, 3, 1});
  std::string message = message_of<ShapeError>([&] { Conv2D({5, 3}, 1, 1).forward(image); });
  EXPECT_TRUE(contains(message, "height >= 5")) << message;
  EXPECT_TRUE(contains(message, "(1, 3, 3, 1)")) << message;
  message = message_of<ShapeError>([] { MaxPool1D(4).forward(Tensor::zeros({1, 3, 1})); });
  EXPECT_TRUE(contains(message, "length >= 4")) << message;
  EXPECT_TRUE(contains(message, "(1, 3, 1)")) << message;
  EXPECT_THROW(MaxPool2D(4).forward(image), ShapeError);
  EXPECT_THROW(AvgPool2D(4).forward(image), ShapeError);
  EXPECT_THROW(Conv1D(4, 1, 1).forward(Tensor::zeros({1, 3, 1})), ShapeError);
  Tensor fits = Conv2D(5, 1, 1, 1, 1).forward(image);
  EXPECT_EQ(fits.shape(), (Shape{1, 1, 1, 1}));
}

TEST(Case_P20_TiesInMaxPooling, TheFirstInRowOrderGetsAll) {
  MaxPool2D layer(2);
  Tensor x = tensor({{7, 7, 1, 2}, {7, 7, 2, 2}}).reshape({1, 2, 4, 1});
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{7, 2}));
  Tensor dx = layer.backward_delta(x, tensor({1, 10}).reshape({1, 1, 2, 1}));
  EXPECT_EQ(values(dx), (std::vector<Scalar>{1, 0, 0, 10, 0, 0, 0, 0}));
}

TEST(Case_P21_PaddingOfMaxPooling, NeverWins) {
  MaxPool2D layer(2, 2, 1);
  Tensor z = layer.forward(Tensor::full({1, 3, 3, 1}, -5));
  EXPECT_TRUE(same_bits(z, Tensor::full({1, 2, 2, 1}, -5)));
}

TEST(Case_P21_PaddingOfMaxPooling, Sizes) {
  EXPECT_EQ(MaxPool2D(3, 2).output_shape({1, 112, 112, 1}), (Shape{1, 55, 55, 1}));
  EXPECT_EQ(MaxPool2D(2, 2).output_shape({1, 75, 75, 1}), (Shape{1, 37, 37, 1}));
  EXPECT_EQ(MaxPool2D(3, 2, 1).output_shape({1, 64, 64, 1}), (Shape{1, 32, 32, 1}));
  std::string message = message_of<ShapeError>([] { MaxPool2D(3, 2, 2); });
  EXPECT_TRUE(contains(message, "padding 2 is more than half the window's size, 3")) << message;
}

TEST(Case_P22_NaNAndInfinityInMaxPooling, StayInTheirWindow) {
  for (Index channels : {1, 37}) {  // one alone, and whole vectors with a rest
    MaxPool1D layer(3);
    const Scalar inf = INFINITY;
    Tensor x = tensor({NAN, 1, 2, 3, NAN, 4, -inf, -inf, -inf})
                   .reshape({1, 9, 1})
                   .broadcast_to({1, 9, channels});
    Tensor z = layer.forward(x);
    Tensor delta = tensor({1, 10, 100}).reshape({1, 3, 1}).broadcast_to({1, 3, channels});
    Tensor dx = layer.backward_delta(x, delta);
    for (Index c = 0; c < channels; ++c) {
      EXPECT_TRUE(std::isnan(z(0, 0, c)) && std::isnan(z(0, 1, c)));
      EXPECT_EQ(z(0, 2, c), -inf);
      EXPECT_EQ(values(dx.select(2, c)), (std::vector<Scalar>{1, 0, 0, 0, 10, 0, 100, 0, 0}));
    }
  }
}

Sequential image_net() {
  return Sequential(Conv2D(3, 1, 8, 1, 1), LeakyReLU(), MaxPool2D(2), Flatten(),
                    Linear(8 * 8 * 8, 10), Softmax());
}
Sequential signal_net() {
  return Sequential(Conv1D(3, 1, 8), MaxPool1D(2), Flatten(), Linear(31 * 8, 10), Softmax());
}

TEST(Case_P26_BuffersAcrossBatchSizes, ConvolutionAndPooling) {
  Sequential net = image_net();
  Tensor kept = net.forward(wave({5, 16, 16, 1}, 3)), kept_before = kept.clone();
  for (Index batch : {4, 3, 7, 1, 4}) {
    Sequential fresh = image_net();
    Tensor x = wave({batch, 16, 16, 1}, static_cast<double>(batch)), delta = wave({batch, 10}, 1);
    EXPECT_TRUE(same_bits(net.forward(x), fresh.forward(x)));
    net.zero_grad();
    EXPECT_TRUE(same_bits(net.backward(x, delta), fresh.backward(x, delta)));
    for (std::size_t i = 0; i < net.parameters().size(); ++i)
      EXPECT_TRUE(same_bits(net.parameters()[i]->grad, fresh.parameters()[i]->grad));
  }
  EXPECT_TRUE(same_bits(kept, kept_before));
}

/// Eight threads, 200 inputs each, of five batch sizes.
void predict_from_threads(const Sequential& net, const Shape& example) {
  std::vector<Tensor> inputs, expected;
  for (Index batch : {1, 2, 3, 5, 8}) {
    inputs.push_back(wave(example.inserted(0, batch), static_cast<double>(batch)));
    expected.push_back(net.predict(inputs.back()));
  }
  std::vector<int> wrong(8);
  std::vector<std::thread> threads;
  for (int& count : wrong)
    threads.emplace_back([&] {
      for (std::size_t round = 0; round < 200; ++round)
        if (!same_bits(net.predict(inputs[round % 5]), expected[round % 5])) ++count;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(8, 0));
}

TEST(Case_P32_InferenceOnASharedModel, Images) { predict_from_threads(image_net(), {16, 16, 1}); }
TEST(Case_P32_InferenceOnASharedModel, Signals) { predict_from_threads(signal_net(), {64, 1}); }

}  // namespace
}  // namespace nn::test
