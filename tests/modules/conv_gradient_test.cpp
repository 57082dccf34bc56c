// What the gradients of convolutions promise as sums over many windows.
#include <gtest/gtest.h>

#include <utility>

#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"
#include "support/threads.hpp"

namespace nn::test { namespace {

/// The gradients after one backward, from what they were: undefined, zeros, or other numbers.
template <class Layer>
std::vector<Tensor> gradients(Layer layer, const Tensor& x, const Tensor& delta, const char* from) {
  const std::string start = from;
  for (const ParameterPtr& p : {layer.weight(), layer.bias()}) {
    if (start == "undefined") p->grad = Tensor();
    if (start == "zeros") p->grad.fill(0);
    if (start == "ones") p->grad.fill(1);
  }
  layer.backward_update_gradient(x, delta);
  return {layer.weight()->grad, layer.bias()->grad};
}

template <class Make>
void expect_added_once(Make make, const Tensor& x) {
  const Tensor delta = wave(make().output_shape(x.shape()), 1);
  const auto sums = gradients(make(), x, delta, "zeros");
  const auto anew = gradients(make(), x, delta, "undefined");
  const auto added = gradients(make(), x, delta, "ones");
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(same_bits(anew[i], sums[i]));
    EXPECT_TRUE(same_bits(added[i], sums[i] + 1));
  }
}

TEST(ConvGradient, IsAddedOnceToWhatThereWas) {
  for (Index batch : {0, 1, 5, 70}) {
    expect_added_once([] { return Conv1D(3, 2, 4); }, wave({batch, 30, 2}));
    expect_added_once([] { return Conv2D(3, 2, 4, 1, 1); }, wave({batch, 9, 20, 2}));
    for (Index groups : {2, 4})
      expect_added_once(
          [=] { return Conv2D({.kernel = 3, .chan_in = 4, .chan_out = 4, .groups = groups}); },
          wave({batch, 9, 20, 4}));
  }
}

TEST(ConvGradient, OfEveryNumberOfLinesDoesNotDependOnThreads) {
  const Conv2DOptions depthwise{
      .kernel = 3, .chan_in = 2, .chan_out = 8, .padding = 1, .groups = 2};
  for (Index width : {3, 200, 513})
    for (Index batch = 1; batch <= 40; batch += batch < 9 ? 1 : 7) {
      const Tensor x = wave({batch, 3, width, 2}), delta = wave({batch, 3, width, 8}, 1);
      expect_same_bits_with_threads({1, 2, 3, 8}, [&] {
        auto all = gradients(Conv2D(3, 2, 8, 1, 1), x, delta, "zeros");
        for (const Tensor& t : gradients(Conv2D(depthwise), x, delta, "zeros")) all.push_back(t);
        return all;
      });
    }
}

/// A million windows of 0.1, each with a delta of 1.
template <class Layer>
void expect_accurate(Layer layer, const Shape& images) {
  const double expected = 1e6 * Scalar(0.1);
  const Tensor x = Tensor::full(images, Scalar(0.1)), delta = Tensor::ones(images);
  const auto sums = gradients(std::move(layer), x, delta, "zeros");
  EXPECT_NEAR(values(sums[0])[0], expected, 5e-6 * expected) << images.to_string();
  EXPECT_EQ(sums[1](0), 1000000) << images.to_string();
}

TEST(ConvGradient, IsAccurateOverAMillionWindows) {
  expect_accurate(Conv1D(1, 1, 1), {1, 1000000, 1});
  expect_accurate(Conv1D(1, 1, 1), {1000, 1000, 1});
  expect_accurate(Conv2D(1, 1, 1), {1, 1000, 1000, 1});
  expect_accurate(Conv2D(1, 1, 1), {10000, 10, 10, 1});
  const Conv2DOptions depthwise{.kernel = 1, .chan_in = 2, .chan_out = 2, .groups = 2};
  for (const Shape& images : {Shape{1, 1, 1000000, 2}, Shape{10000, 10, 10, 2}})
    expect_accurate(Conv2D(depthwise), images);
}

}  // namespace
}  // namespace nn::test
