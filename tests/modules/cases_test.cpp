#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "io/comma_locale.hpp"
#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/factories.hpp"

namespace nn::test {
namespace {

TEST(Case_P05_StridedOperands, LinearOnColumnsOfAMatrix) {
  Tensor v = Tensor::arange(12).reshape({3, 4}).slice(1, 1, 4, 2).transpose();
  Linear layer(3, 2, false);
  layer.weight()->value.copy_from(tensor({{1, 0}, {0, 1}, {1, 1}}));
  EXPECT_TRUE(same_bits(layer.forward(v), tensor({{10, 14}, {14, 18}})));
}

TEST(Case_P08_LargeLogits, SoftmaxIsFiniteAndSumsToOne) {
  for (const Tensor& x : {tensor({{1000, 1001, 1002}}), tensor({{-1000, -1001, -1002}}),
                          tensor({{Scalar(1e8), Scalar(1e8)}}), tensor({{0, -200}})}) {
    Tensor p = Softmax().forward(x);
    EXPECT_TRUE(all_finite(p));
    EXPECT_NEAR(sum(p), 1, 4 * epsilon);
  }
}

/// |got - expected| <= 1e-4 |expected|; a subnormal number may have become 0.
void expect_relatively(Scalar got, double expected) {
  if (std::abs(expected) < 1.2e-38 && got == 0) return;
  EXPECT_NEAR(got, expected, 1e-4 * std::abs(expected));
}

TEST(Case_P09_SigmoidAndTanhFarFromZero, Sigmoid) {
  Sigmoid layer;
  Tensor x = tensor({-1000, -89, -30, 0, 89, 1000});
  Tensor z = layer.forward(x), slope = layer.backward_delta(x, Tensor::ones({6}));
  const double expected[] = {0, 2.227364e-39, 9.357623e-14, 0.5, 1, 1};
  const double slopes[] = {0, 2.227364e-39, 9.357623e-14, 0.25, 0, 0};
  for (Index i = 0; i < 6; ++i) {
    expect_relatively(z(i), expected[i]);
    expect_relatively(slope(i), slopes[i]);
  }
}

TEST(Case_P09_SigmoidAndTanhFarFromZero, TanH) {
  TanH layer;
  Tensor x = tensor({-1000, 1000, -INFINITY, INFINITY});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({-1, 1, -1, 1})));
  EXPECT_EQ(values(layer.backward_delta(x, Tensor::ones({4}))), std::vector<Scalar>(4, 0));
}

TEST(Case_P12_EmptyBatch, ThroughLinear) {
  Linear layer(4, 3);
  Tensor x = Tensor::zeros({0, 4}), z = layer.forward(x);
  EXPECT_EQ(z.shape(), (Shape{0, 3}));
  layer.zero_grad();
  EXPECT_EQ(layer.backward(x, z).shape(), (Shape{0, 4}));
  EXPECT_TRUE(same_bits(layer.weight()->grad, Tensor::zeros({4, 3})));
  EXPECT_TRUE(same_bits(layer.bias()->grad, Tensor::zeros({3})));
}

TEST(Case_P41_DecimalPointInAnyLocale, WhatIsPrinted) {
  CommaLocale locale;
  std::ostringstream out;  // with that locale
  Sequential net(Linear(2000, 1000), LeakyReLU(0.25), ELU(0.5));
  out << net.summary({5000, 2000}) << Tensor::full({1}, Scalar(1234.5)) << Shape{1234567};
  for (const char* text : {"Linear(2000, 1000)", "LeakyReLU(0.25)", "ELU(0.5)", "(5000, 1000)",
                           "2001000", "[1234.5]", "(1234567)"})
    EXPECT_TRUE(contains(out.str(), text)) << text << " in " << out.str();
}

TEST(Case_P24_InPlaceActivations, LeakyReLUOfANegativeSlope) {
  LeakyReLU layer(-2);
  Tensor x = tensor({-1, 1, Scalar(-0.5)}), before = x.clone();
  EXPECT_EQ(values(layer.forward(x)), (std::vector<Scalar>{2, 1, 1}));
  EXPECT_EQ(values(layer.backward_delta(x, Tensor::ones({3}))), (std::vector<Scalar>{-2, 1, -2}));
  EXPECT_TRUE(same_bits(x, before));
}

// No activation works in place: a tensor that is passed to a model is never written to.
TEST(Case_P24_InPlaceActivations, InputsAreNotModified) {
  for (const ModuleCase& tested : module_cases()) {
    std::unique_ptr<Module> module = tested.make();
    Tensor x = wave(tested.example.inserted(0, 3)), before = x.clone();
    Tensor z = module->forward(x);
    module->predict(x);
    Tensor delta = wave(z.shape(), 1), delta_before = delta.clone();
    module->backward(x, delta);
    EXPECT_TRUE(same_bits(x, before)) << tested.name;
    EXPECT_TRUE(same_bits(delta, delta_before)) << tested.name;
  }
}

TEST(Case_P25_GradientsAccumulateUntilZeroed, LinearOfOne) {
  Linear layer(1, 1);
  layer.weight()->value.fill(2);
  layer.bias()->value.fill(0);
  Tensor x = tensor({3}).reshape({1, 1}), delta = Tensor::ones({1, 1});
  layer.zero_grad();
  EXPECT_EQ(layer.forward(x).item(), 6);
  layer.backward(x, delta);
  EXPECT_EQ(layer.weight()->grad.item(), 3);
  EXPECT_EQ(layer.bias()->grad.item(), 1);
  layer.backward(x, delta);
  EXPECT_EQ(layer.weight()->grad.item(), 6);
  EXPECT_EQ(layer.bias()->grad.item(), 2);
  layer.zero_grad();
  layer.backward(x, delta);
  EXPECT_EQ(layer.weight()->grad.item(), 3);
  EXPECT_EQ(layer.bias()->grad.item(), 1);
}

TEST(Case_P26_BuffersAcrossBatchSizes, FourRowsThenThree) {
  Sequential net;
  net.append(Linear(2, 1));
  net.parameters()[0]->value.copy_from(tensor({1, -1}).reshape({2, 1}));
  net.parameters()[1]->value.fill(0);
  Tensor first = net.forward(tensor({{1, 2}, {3, 4}, {5, 6}, {100, 100}}));
  Tensor kept = first.clone();
  Tensor x = tensor({{1, 0}, {0, 1}, {2, 2}}), z = net.forward(x);
  EXPECT_EQ(z.shape(), (Shape{3, 1}));
  EXPECT_EQ(values(z), (std::vector<Scalar>{1, -1, 0}));
  net.zero_grad();
  net.backward(x, Tensor::ones({3, 1}));
  EXPECT_EQ(values(net.parameters()[0]->grad), (std::vector<Scalar>{3, 3}));
  EXPECT_EQ(values(net.parameters()[1]->grad), (std::vector<Scalar>{3}));
  EXPECT_TRUE(same_bits(first, kept));
}

TEST(Case_P30_RandomNumbersAreOurOwn, InitialWeights) {
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
