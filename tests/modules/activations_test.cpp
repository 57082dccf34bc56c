#include <gtest/gtest.h>

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/gelu.hpp"
#include "nn/modules/log_softmax.hpp"
#include "nn/modules/prelu.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/silu.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/softplus.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

// The modules without parameters: what is special to each.
namespace nn::test { namespace {

TEST(ReLU, ValuesAndSlopes) {
  ReLU relu;
  Tensor x = tensor({-2, Scalar(-0.0), 0, 3, INFINITY, -INFINITY});
  Tensor z = relu.forward(x);
  EXPECT_EQ(values(z), (std::vector<Scalar>{0, 0, 0, 3, INFINITY, 0}));
  Tensor dx = relu.backward_delta(x, Tensor::full({6}, 5));
  EXPECT_EQ(values(dx), (std::vector<Scalar>{0, 0, 0, 5, 5, 0}));
  EXPECT_TRUE(std::isnan(relu.predict(tensor({NAN}))(0)));
}

TEST(TanH, ValuesAndSlopes) {
  TanH layer;
  Tensor x = tensor({0, Scalar(0.5), -20});
  EXPECT_TRUE(close(layer.forward(x), tensor({0, Scalar(0.46211715726000975), -1})));
  EXPECT_TRUE(close(layer.backward_delta(x, Tensor::ones({3})),
                    tensor({1, Scalar(0.7864477329659274), 0})));
  EXPECT_EQ(layer.describe(), "TanH");
}

TEST(TanH, KeepsSmallNumbers) {
  for (double v : {1e-3, 1e-6, 1e-30}) {
    Scalar x = static_cast<Scalar>(v);
    EXPECT_NEAR(TanH().predict(tensor({x}))(0), std::tanh(static_cast<double>(x)), 3 * epsilon * v);
  }
}

TEST(SoftmaxModule, RankZeroIsNamed) {
  for (Module* layer : std::initializer_list<Module*>{new Softmax, new LogSoftmax}) {
    std::unique_ptr<Module> owner(layer);
    std::string message = message_of<ShapeError>([&] { layer->forward(Tensor::zeros({})); });
    EXPECT_TRUE(contains(message, layer->describe() + ": expected")) << message;
  }
}

TEST(SoftmaxModule, GradientOfAShiftIsZero) {
  Softmax softmax;
  LogSoftmax log_softmax;
  Tensor x = wave({3, 4}), same = Tensor::ones({3, 4});
  softmax.forward(x);
  EXPECT_TRUE(close(softmax.backward_delta(x, same), Tensor::zeros({3, 4}), 10 * epsilon));
  Tensor p = exp(log_softmax.forward(x));
  EXPECT_TRUE(close(log_softmax.backward_delta(x, p), p - p, 10 * epsilon));
}

TEST(Flatten, RowMajorAndBack) {
  Flatten flatten;
  Tensor x = Tensor::arange(24).reshape({2, 3, 4}), z = flatten.forward(x);
  EXPECT_TRUE(same_bits(z, Tensor::arange(24).reshape({2, 12})));
  EXPECT_TRUE(same_bits(flatten.backward_delta(x, z), x));
  EXPECT_EQ(flatten.output_shape({5}), (Shape{5, 1}));
  EXPECT_EQ(flatten.output_shape({0, 3, 2}), (Shape{0, 6}));
  EXPECT_EQ(flatten.output_shape({3, 0, 2}), (Shape{3, 0}));
  EXPECT_THROW(flatten.output_shape({}), ShapeError);
}

TEST(Activations, BackwardBeforeAnyForwardIsNamed) {
  EXPECT_EQ(message_of<ShapeError>([] {
              TanH().backward(wave({2, 3}), wave({2, 3}));
            }),
            "TanH: expected a forward before any backward, got (2, 3)");
}

TEST(Activations, GradientOfAnotherShapeIsNamed) {
  TanH layer;
  Tensor x = wave({2, 3});
  layer.forward(x);
  EXPECT_EQ(message_of<ShapeError>([&] {
              layer.backward(x, wave({3, 2}));
            }),
            "TanH: expected delta (2, 3), got (3, 2)");
}

TEST(SoftmaxModule, IsFiniteAndSumsToOneForLargeInputs) {
  for (const Tensor& x : {tensor({{1000, 1001, 1002}}), tensor({{-1000, -1001, -1002}}),
                          tensor({{Scalar(1e8), Scalar(1e8)}}), tensor({{0, -200}})}) {
    Tensor p = Softmax().forward(x);
    EXPECT_TRUE(all_finite(p));
    EXPECT_NEAR(sum(p), 1, 4 * epsilon);
  }
}

TEST(GELU, ValuesAndSlopes) {
  Tensor x = tensor({0, 1, -1}), ones = Tensor::ones({3});
  EXPECT_TRUE(
      close(GELU().forward(x), tensor({0, Scalar(0.8413447461), Scalar(-0.1586552539)}), 1e-6));
  EXPECT_TRUE(close(GELU().backward_delta(x, ones),
                    tensor({Scalar(0.5), Scalar(1.0833154706), Scalar(-0.0833154706)}), 1e-6));
  GELU approximate(Approximate::tanh);
  EXPECT_TRUE(close(approximate.forward(x),
                    tensor({0, Scalar(0.8411919906), Scalar(-0.1588080094)}), 1e-6));
  EXPECT_EQ(GELU().describe(), "GELU");
  EXPECT_EQ(approximate.describe(), "GELU(tanh=true)");
}

TEST(SiLU, ValuesAndSlopes) {
  Tensor x = tensor({0, 1, -1});
  EXPECT_TRUE(
      close(SiLU().forward(x), tensor({0, Scalar(0.7310585786), Scalar(-0.2689414214)}), 1e-6));
  EXPECT_TRUE(close(SiLU().backward_delta(x, Tensor::full({3}, 2)),
                    tensor({1, Scalar(1.8553410226), Scalar(0.1446589774)}), 1e-6));
}

TEST(Softplus, ValuesAndSlopes) {
  Softplus layer(2, 3);
  Tensor x = tensor({0, -1, 2});
  EXPECT_TRUE(
      close(layer.forward(x), tensor({Scalar(0.3465735903), Scalar(0.0634640055), 2}), 1e-6));
  EXPECT_TRUE(close(layer.backward_delta(x, Tensor::ones({3})),
                    tensor({Scalar(0.5), Scalar(0.1192029220), 1}), 1e-6));
  EXPECT_EQ(Softplus().describe(), "Softplus");
  EXPECT_EQ(layer.describe(), "Softplus(beta=2, threshold=3)");
  EXPECT_THROW(Softplus{0}, ArgumentError);
  EXPECT_THROW(Softplus{INFINITY}, ArgumentError);
  EXPECT_THROW(Softplus(1, NAN), ArgumentError);
}

TEST(PReLU, ValuesAndGradients) {
  PReLU layer(2);
  layer.parameters()[0]->value.copy_from(tensor({Scalar(0.5), -1}));
  Tensor x = tensor({{-2, 3}, {0, -4}}), delta = tensor({{1, 10}, {2, 20}});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{-1, 3}, {0, 4}})));
  EXPECT_TRUE(same_bits(layer.backward(x, delta), tensor({{Scalar(0.5), 10}, {1, -20}})));
  EXPECT_TRUE(same_bits(layer.parameters()[0]->grad, tensor({-2, -80})));
}

TEST(PReLU, StartsAtAQuarterForOneOrForEachChannel) {
  EXPECT_EQ(values(PReLU().forward(tensor({-4, 4}))), (std::vector<Scalar>{-1, 4}));
  EXPECT_EQ(PReLU().describe(), "PReLU");
  EXPECT_EQ(PReLU(3).describe(), "PReLU(parameters=3)");
  EXPECT_THROW(PReLU(0), ShapeError);
  EXPECT_EQ(message_of<ShapeError>([] {
              PReLU(3).forward(wave({2, 4}));
            }),
            "PReLU(parameters=3): expected (batch, ..., 3), got (2, 4)");
}

/// |got - expected| <= 1e-4 |expected|; a subnormal number may have become 0.
void expect_relatively(Scalar got, double expected) {
  if (std::abs(expected) < 1.2e-38 && got == 0) return;
  EXPECT_NEAR(got, expected, 1e-4 * std::abs(expected));
}

TEST(Sigmoid, HasTheRightLimitsAndKeepsSmallValues) {
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

TEST(TanH, IsFlatFarFromZero) {
  TanH layer;
  Tensor x = tensor({-1000, 1000, -INFINITY, INFINITY});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({-1, 1, -1, 1})));
  EXPECT_EQ(values(layer.backward_delta(x, Tensor::ones({4}))), std::vector<Scalar>(4, 0));
}

}  // namespace
}  // namespace nn::test
