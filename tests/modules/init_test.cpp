#include "nn/modules/init.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

constexpr Index kIn = 150, kOut = 50;

Linear drawn(const Init& init, std::uint64_t seed = 1) {
  Linear layer(kIn, kOut);
  Rng rng(seed);
  initialize(layer, rng, init);
  return layer;
}

double variance(const Tensor& t) {
  double m = mean(t);
  return mean((t - static_cast<Scalar>(m)) * (t - static_cast<Scalar>(m)));
}

/// Weights U(-bound, bound), near both ends of it.
void expect_uniform(const Tensor& w, double bound) {
  EXPECT_LE(max(w), bound * (1 + epsilon));
  EXPECT_GE(min(w), -bound * (1 + epsilon));
  EXPECT_GT(max(w), 0.99 * bound);
  EXPECT_LT(min(w), -0.99 * bound);
  EXPECT_NEAR(variance(w), bound * bound / 3, 0.05 * bound * bound / 3);
}

void expect_normal(const Tensor& w, double sd) {
  EXPECT_NEAR(mean(w), 0, 5 * sd / std::sqrt(static_cast<double>(w.numel())));
  EXPECT_NEAR(variance(w), sd * sd, 0.1 * sd * sd);
  EXPECT_GT(max(w), 2.5 * sd);
}

TEST(Init, Torch) {
  Linear layer = drawn(Init::torch());
  expect_uniform(layer.weight()->value, 1 / std::sqrt(150.0));
  EXPECT_LE(max(abs(layer.bias()->value)), 1 / std::sqrt(150.0));
  EXPECT_GT(max(abs(layer.bias()->value)), 0.8 / std::sqrt(150.0));
}

TEST(Init, UniformKindsByTheirFans) {
  expect_uniform(drawn(Init::xavier_uniform()).weight()->value, std::sqrt(6.0 / 200));
  expect_uniform(drawn(Init::he_uniform()).weight()->value, std::sqrt(6.0 / 150));
  expect_uniform(drawn(Init::lecun_uniform()).weight()->value, std::sqrt(3.0 / 150));
}

TEST(Init, NormalKindsByTheirFans) {
  expect_normal(drawn(Init::xavier_normal()).weight()->value, std::sqrt(2.0 / 200));
  expect_normal(drawn(Init::he_normal()).weight()->value, std::sqrt(2.0 / 150));
  expect_normal(drawn(Init::lecun_normal()).weight()->value, std::sqrt(1.0 / 150));
}

TEST(Init, BiasesStartAtZeroUnderXavierHeAndLeCun) {
  for (const Init& init : {Init::xavier_uniform(), Init::xavier_normal(), Init::he_uniform(),
                           Init::he_normal(), Init::lecun_uniform(), Init::lecun_normal()}) {
    Linear layer(3, 4);
    layer.bias()->value.fill(7);
    Rng rng(1);
    initialize(layer, rng, init);
    EXPECT_TRUE(same_bits(layer.bias()->value, Tensor::zeros({4}))) << init.name();
  }
}

TEST(Init, RangesAndNormalsOfOnesOwn) {
  Linear layer = drawn(Init::uniform(2, 5));
  EXPECT_GE(min(layer.weight()->value), 2);
  EXPECT_LE(max(layer.weight()->value), 5);
  EXPECT_NEAR(mean(layer.weight()->value), 3.5, 0.1);
  EXPECT_GE(min(layer.bias()->value), 2);
  layer = drawn(Init::normal(10, Scalar(0.5)));
  EXPECT_NEAR(mean(layer.weight()->value), 10, 0.05);
  EXPECT_NEAR(variance(layer.weight()->value), 0.25, 0.03);
  EXPECT_GT(min(layer.bias()->value), 5);
  EXPECT_TRUE(same_bits(drawn(Init::uniform(3, 3)).bias()->value, Tensor::full({kOut}, 3)));
  EXPECT_TRUE(same_bits(drawn(Init::normal(3, 0)).bias()->value, Tensor::full({kOut}, 3)));
}

TEST(Init, DrawsLayerAfterLayerAndZeroesGradients) {
  Sequential net(Linear(3, 4), TanH(), Linear(4, 2));
  for (const ParameterPtr& p : net.parameters()) p->grad.fill(9);
  Rng rng(5), again(5);
  initialize(net, rng);
  Linear first(3, 4), second(4, 2);
  initialize(first, again);
  initialize(second, again);
  EXPECT_TRUE(same_bits(net.parameters()[0]->value, first.weight()->value));
  EXPECT_TRUE(same_bits(net.parameters()[3]->value, second.bias()->value));
  for (const ParameterPtr& p : net.parameters())
    EXPECT_TRUE(same_bits(p->grad, Tensor::zeros(p->grad.shape())));
  EXPECT_EQ(rng.next_u32(), again.next_u32());
}

TEST(Init, ValuesOnAnyStrides) {
  Linear layer(3, 4);
  Rng rng(5), again(5);
  initialize(layer, rng);
  Parameter strided{
      "weight", ParameterKind::weight, Tensor::zeros({4, 3}).transpose(), Tensor::zeros({3, 4}), 3,
      4};
  Init::torch()(strided, again);
  EXPECT_TRUE(same_bits(strided.value, layer.weight()->value));
}

TEST(Init, AFanOfNothingIsAnError) {
  Rng rng(1);
  for (Index fan : {0, -1, -3}) {
    const ParameterPtr p = make_parameter(ParameterKind::weight, {3}, fan, 1);
    for (const Init& init : {Init::torch(), Init::he_normal(), Init::lecun_uniform()})
      EXPECT_THROW(init(*p, rng), ArgumentError) << fan;
    EXPECT_TRUE(equal(p->value, Tensor::zeros({3})));
    EXPECT_NO_THROW(Init::normal(0, 1)(*p, rng));
  }
  EXPECT_THROW(Init::xavier_normal()(*make_parameter(ParameterKind::weight, {3}, 1, -1), rng),
               ArgumentError);
}

TEST(Init, ParsesItsOwnNames) {
  for (const Init& init :
       {Init::torch(), Init::xavier_uniform(), Init::xavier_normal(), Init::he_uniform(),
        Init::he_normal(), Init::lecun_uniform(), Init::lecun_normal(), Init::uniform(-0.5, 0.25),
        Init::normal(1e-3, 2)}) {
    Init parsed = Init::parse(init.name());
    EXPECT_EQ(parsed.name(), init.name());
    EXPECT_TRUE(same_bits(drawn(parsed).weight()->value, drawn(init).weight()->value));
  }
  EXPECT_EQ(Init::parse("uniform:-1:1").name(), "uniform:-1:1");
}

TEST(Init, NotAnInitialiser) {
  for (const char* text :
       {"", "Torch", "torch ", "uniform", "uniform:1", "uniform:1:2:3", "uniform:a:2",
        "uniform::", "uniform:1:2x", "uniform: 1:2", "normal:0:nan", "normal:0:inf",
        "normal:0:1e999", "uniform:2:1", "normal:0:-1", "he_normal:1:2"}) {
    std::string message = message_of<ArgumentError>([&] { Init::parse(text); });
    EXPECT_TRUE(contains(message, "initialiser")) << text << ": " << message;
  }
  EXPECT_THROW(Init::uniform(2, 1), ArgumentError);
  EXPECT_THROW(Init::uniform(NAN, 1), ArgumentError);
  EXPECT_THROW(Init::uniform(-INFINITY, INFINITY), ArgumentError);
  EXPECT_THROW(Init::normal(0, -1), ArgumentError);
  EXPECT_THROW(Init::normal(NAN, 1), ArgumentError);
  EXPECT_THROW(Init::normal(0, INFINITY), ArgumentError);
  if (sizeof(Scalar) == 4) {
    EXPECT_THROW(Init::normal(0, 1e39), ArgumentError);
  }
}

TEST(Init, DrawsFixedNumbersFromASeed) {
  Linear layer(10, 5);
  Rng rng(42);
  initialize(layer, rng);
  const Tensor& w = layer.weight()->value;
  // Rng(42).uniform(-1 / sqrt(10), 1 / sqrt(10)), by NumPy's RandomState(42).rand()
  const double expected[] = {-0x1.450231c540e2ep-4, 0x1.23e5eb19ec7e7p-2, 0x1.2c7e9a7b0009ep-3,
                             0x1.ff283630e6d50p-5, -0x1.bd8c61ce4967dp-3};
  for (Index i = 0; i < 5; ++i) EXPECT_EQ(w(0, i), static_cast<Scalar>(expected[i]));
  EXPECT_EQ(layer.bias()->value(4), static_cast<Scalar>(0x1.fb3a29faad9b0p-5));
  Rng gaussian(42);
  initialize(layer, gaussian, Init::normal(0, 1));
  const double normals[] = {0x1.fca2a28a9307cp-2, -0x1.1b2a505de052ap-3, 0x1.4b9dd50245e68p-1};
  for (Index i = 0; i < 3; ++i) EXPECT_EQ(w(0, i), static_cast<Scalar>(normals[i]));
}

}  // namespace
}  // namespace nn::test
