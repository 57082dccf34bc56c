#include "nn/modules/tied_linear.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

TEST(TiedLinear, ByHand) {
  Linear encoder(3, 2);
  TiedLinear layer(encoder);
  encoder.weight()->value.copy_from(tensor({{1, 2}, {3, 4}, {5, 6}}));
  layer.bias()->value.copy_from(tensor({10, 20, 30}));
  Tensor x = tensor({{1, 0}, {1, -1}});
  EXPECT_TRUE(same_bits(layer.forward(x), tensor({{11, 23, 35}, {9, 19, 29}})));
  Tensor delta = tensor({{1, 0, 0}, {0, 10, 100}});
  EXPECT_TRUE(same_bits(layer.backward(x, delta), tensor({{1, 2}, {530, 640}})));
  EXPECT_TRUE(same_bits(encoder.weight()->grad, tensor({{1, 0}, {10, -10}, {100, -100}})));
  EXPECT_TRUE(same_bits(layer.bias()->grad, tensor({1, 10, 100})));
}

TEST(TiedLinear, OfAnEncoderThatIsElsewhere) {
  Linear encoder(3, 2);
  Sequential net{std::move(encoder)};
  EXPECT_THROW(TiedLinear{encoder}, ArgumentError);
}

TEST(TiedLinear, Description) {
  Linear encoder(256, 64);
  TiedLinear layer(encoder);
  EXPECT_EQ(layer.describe(), "TiedLinear(64, 256)");
  EXPECT_EQ(layer.weight(), encoder.weight());
  EXPECT_EQ(layer.parameters(), (std::vector<ParameterPtr>{encoder.weight(), layer.bias()}));
  EXPECT_EQ(message_of<ShapeError>([&] {
              layer.forward(Tensor::zeros({7, 256}));
            }),
            "TiedLinear(64, 256): expected (batch, 64), got (7, 256)");
  EXPECT_TRUE(same_bits(encoder.weight()->value, Linear(256, 64).weight()->value));
}

/// The same network with a weight of its own in each layer.
Sequential untied(const Module& tied) {
  Sequential net{Linear(5, 3), TanH(), Linear(3, 5)};
  const auto from = tied.parameters();  // weight, bias, bias of the decoder
  net.parameters()[0]->value.copy_from(from[0]->value);
  net.parameters()[1]->value.copy_from(from[1]->value);
  net.parameters()[2]->value.copy_from(from[0]->value.transpose());
  net.parameters()[3]->value.copy_from(from[2]->value);
  return net;
}

/// Steps of a tied network, whose gradient is the sum of those of the two weights.
void check_steps(Module& tied) {
  ASSERT_EQ(tied.parameters().size(), 3u);
  Tensor x = wave({4, 5}), delta = wave({4, 5}, 1);
  for (int i = 0; i < 3; ++i) {
    Sequential net = untied(tied);
    EXPECT_TRUE(close(tied.forward(x), net.forward(x)));
    tied.zero_grad();
    tied.backward_update_gradient(x, delta);
    net.backward_update_gradient(x, delta);
    Tensor both = net.parameters()[0]->grad + net.parameters()[2]->grad.transpose();
    EXPECT_TRUE(close(tied.parameters()[0]->grad, both));
    Tensor expected = tied.parameters()[0]->value - Scalar(0.125) * both;
    tied.update_parameters(Scalar(0.125));
    EXPECT_TRUE(close(tied.parameters()[0]->value, expected));
  }
}

TEST(TiedLinear, InOneSequential) {
  Linear encoder(5, 3);
  TiedLinear decoder(encoder);
  Sequential net{std::move(encoder), TanH(), std::move(decoder)};
  check_steps(net);
}

TEST(TiedLinear, InTwoSequentials) {
  Linear encoder(5, 3);
  TiedLinear decoder(encoder);
  AutoEncoder net(Sequential(std::move(encoder), TanH()), Sequential(std::move(decoder)));
  check_steps(net);
}

}  // namespace
}  // namespace nn::test
