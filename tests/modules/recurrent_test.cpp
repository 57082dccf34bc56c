#include "nn/modules/recurrent.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "nn/modules/gru.hpp"
#include "nn/modules/lstm.hpp"
#include "nn/modules/rnn.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

// What LSTM, GRU and RNN promise together.
namespace nn::test { namespace {

template <class Layer>
class RecurrentLayer : public ::testing::Test {};
using Layers = ::testing::Types<LSTM, GRU, RNN>;
TYPED_TEST_SUITE(RecurrentLayer, Layers);

TYPED_TEST(RecurrentLayer, StepByStepGivesTheBitsOfTheWholeSequence) {
  const TypeParam layer(3, 5);
  const Tensor x = wave({4, 7, 3}), z = layer.predict(x);
  Recurrent::State state;
  for (Index t = 0; t < 7; ++t) {
    const Tensor h = layer.step(x.select(1, t), state);
    EXPECT_TRUE(same_bits(h, z.select(1, t))) << t;
    EXPECT_TRUE(same_bits(state.h, h)) << t;
  }
}

TYPED_TEST(RecurrentLayer, ASequenceMayBeReadInParts) {
  const TypeParam layer(3, 5), last(3, 5, false);
  const Tensor x = wave({4, 7, 3}), z = layer.predict(x);
  Recurrent::State state;
  EXPECT_TRUE(same_bits(layer.predict(x.slice(1, 0, 3), state), z.slice(1, 0, 3)));
  Recurrent::State kept = state;
  EXPECT_TRUE(same_bits(layer.predict(x.slice(1, 3, 7), state), z.slice(1, 3, 7)));
  EXPECT_TRUE(same_bits(kept.h, z.select(1, 2))) << "a state that is kept does not change";
  EXPECT_TRUE(same_bits(state.h, z.select(1, 6)));
  EXPECT_TRUE(same_bits(last.predict(x.slice(1, 3, 7), kept), z.select(1, 6)));
}

TYPED_TEST(RecurrentLayer, TheLastStepAlone) {
  const TypeParam layer(3, 5), last(3, 5, false);
  const Tensor x = wave({4, 7, 3});
  EXPECT_EQ(layer.output_shape(x.shape()), (Shape{4, 7, 5}));
  EXPECT_EQ(last.output_shape(x.shape()), (Shape{4, 5}));
  EXPECT_TRUE(same_bits(last.predict(x), layer.predict(x).select(1, 6)));
  EXPECT_TRUE(layer.predict(x).is_contiguous());
}

TYPED_TEST(RecurrentLayer, ARowDoesNotDependOnItsBatch) {
  const TypeParam layer(3, 37);
  const Tensor x = wave({21, 6, 3}), z = layer.predict(x);
  for (Index i : {0, 13, 20})
    EXPECT_TRUE(same_bits(layer.predict(x.slice(0, i, i + 1)), z.slice(0, i, i + 1))) << i;
}

TYPED_TEST(RecurrentLayer, AnyNumberOfThreadsGivesTheSameBits) {
  TypeParam layer(5, 33);
  const Tensor x = wave({70, 40, 5}), delta = wave({70, 40, 33}, 1);
  const int threads = num_threads();
  std::vector<Tensor> first;
  for (int n : {1, 2, 3, 5}) {
    set_num_threads(n);
    layer.zero_grad();
    std::vector<Tensor> results{layer.forward(x), layer.backward(x, delta)};
    for (const ParameterPtr& p : layer.parameters()) results.push_back(p->grad.clone());
    if (n == 1) first = results;
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_TRUE(same_bits(results[i], first[i]));
  }
  set_num_threads(threads);
}

TYPED_TEST(RecurrentLayer, LongSequencesStayFinite) {
  TypeParam layer(2, 8, false);
  const Tensor x = wave({1, 1000, 2}) * 100;
  const Tensor z = layer.forward(x);
  EXPECT_TRUE(all_finite(layer.backward(x, Tensor::ones(z.shape()))));
  EXPECT_LE(nn::max(nn::abs(z)), 1);
}

TYPED_TEST(RecurrentLayer, StepsAllocateNothing) {
  if (!counts_allocations()) GTEST_SKIP() << "operator new is not ours here";
  const TypeParam layer(3, 5);
  const Tensor x = wave({4, 3});
  Recurrent::State state;
  layer.step(x, state), layer.step(x, state);
  const long before = allocations();
  for (int i = 0; i < 5; ++i) layer.step(x, state);
  EXPECT_EQ(allocations(), before);
}

TYPED_TEST(RecurrentLayer, ParametersHavePyTorchsNamesAndStart) {
  const TypeParam layer(3, 16);
  const auto named = layer.named_parameters();
  const char* names[] = {"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"};
  ASSERT_EQ(named.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(named[i].first, names[i]);
    const Tensor& value = named[i].second->value;
    const double largest = static_cast<double>(nn::max(nn::abs(value)));
    EXPECT_LE(largest, 0.25) << "1 / sqrt(16)";
    EXPECT_GT(largest, 0.15);
  }
  EXPECT_EQ(layer.weight_ih()->value.size(0), 3);
  EXPECT_EQ(layer.weight_hh()->value.size(0), 16);
}

TYPED_TEST(RecurrentLayer, WrongInputAndStates) {
  TypeParam layer(3, 5);
  const std::string name = layer.kind();
  EXPECT_EQ(layer.describe(), name + "(3, 5)");
  EXPECT_EQ(TypeParam(3, 5, false).describe(), name + "(3, 5, sequence=false)");
  for (const Shape& shape : {Shape{2, 0, 3}, Shape{2, 4, 2}, Shape{2, 3}, Shape{0}}) {
    const std::string message =
        message_of<ShapeError>([&] { layer.forward(Tensor::zeros(shape)); });
    EXPECT_TRUE(contains(message, name) && contains(message, shape.to_string())) << message;
  }
  Recurrent::State state{Tensor::zeros({4, 5}), {}};
  EXPECT_TRUE(contains(message_of<ShapeError>([&] {
                         layer.step(Tensor::zeros({2, 3}), state);
                       }),
                       "(4, 5)"));
  EXPECT_THROW(layer.predict(Tensor::zeros({2, 6, 3}), state), ShapeError);
  EXPECT_THROW(layer.step(Tensor::zeros({4, 2}), state), ShapeError);
  EXPECT_EQ(state.h.shape(), (Shape{4, 5}));
  EXPECT_THROW(TypeParam(0, 5), ShapeError);
  EXPECT_THROW(TypeParam(3, 0), ShapeError);
}

/// All weights 0, and these biases.
template <class Layer>
Layer constant(const Tensor& bias_ih, const Tensor& bias_hh) {
  Layer layer(1, 1);
  for (const ParameterPtr& p : layer.parameters()) p->value.fill(0);
  layer.bias_ih()->value.copy_from(bias_ih);
  layer.bias_hh()->value.copy_from(bias_hh);
  return layer;
}

TEST(LSTM, ByHand) {
  // i = f = o = 1/2, g = tanh 1: c = g/2, g/4 + g/2, ...
  auto layer = constant<LSTM>(tensor({0, 1, 0.25, 0}), tensor({0, -1, 0.75, 0}));
  const double g = std::tanh(1.0), c1 = g / 2, c2 = g * 3 / 4;
  const Tensor z = layer.predict(Tensor::zeros({1, 2, 1}));
  EXPECT_TRUE(close(z, tensor({{{std::tanh(c1) / 2}, {std::tanh(c2) / 2}}})));
}

TEST(GRU, ByHand) {
  // r = z = 1/2, n = tanh(0.25 + 1.5 / 2) = tanh 1: h = n/2, n/2 + n/4, ...
  auto layer = constant<GRU>(tensor({2, 0, 0.25}), tensor({-2, 0, 1.5}));
  const double n = std::tanh(1.0);
  EXPECT_TRUE(close(layer.predict(Tensor::zeros({1, 2, 1})), tensor({{{n / 2}, {n * 3 / 4}}})));
}

TEST(RNN, ByHand) {
  RNN layer(1, 1);
  for (const ParameterPtr& p : layer.parameters()) p->value.fill(0);
  layer.weight_ih()->value.fill(1);
  layer.weight_hh()->value.fill(2);
  const double h1 = std::tanh(0.5), h2 = std::tanh(2 * h1 - 1);
  EXPECT_TRUE(close(layer.predict(tensor({{{0.5}, {-1}}})), tensor({{{h1}, {h2}}})));
}

}  // namespace
}  // namespace nn::test
