#include "nn/modules/recurrent.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
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

}  // namespace
}  // namespace nn::test
