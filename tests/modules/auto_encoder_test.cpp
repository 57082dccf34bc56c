#include "nn/modules/auto_encoder.hpp"

#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

AutoEncoder small() {
  return AutoEncoder(Sequential(Linear(6, 4), TanH(), Linear(4, 2)),
                     Sequential(Linear(2, 6), Sigmoid()));
}

TEST(AutoEncoder, IsItsTwoPartsInSeries) {
  AutoEncoder net = small();
  Sequential whole{Sequential(Linear(6, 4), TanH(), Linear(4, 2)),
                   Sequential(Linear(2, 6), Sigmoid())};
  Tensor x = wave({5, 6}), z = net.forward(x), delta = wave({5, 6}, 1);
  EXPECT_TRUE(same_bits(z, whole.forward(x)));
  Tensor code = net.encode(x);
  EXPECT_EQ(code.shape(), (Shape{5, 2}));
  EXPECT_TRUE(same_bits(net.decode(code), z));
  EXPECT_TRUE(same_bits(net.backward(x, delta), whole.backward(x, delta)));
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_TRUE(same_bits(net.parameters()[i]->grad, whole.parameters()[i]->grad));
}

TEST(AutoEncoder, EncodeLeavesTheLastForwardAlone) {
  AutoEncoder net = small();
  Tensor x = wave({5, 6}), delta = wave({5, 6}, 1);
  net.forward(x);
  Tensor dx = net.backward_delta(x, delta);
  net.decode(net.encode(wave({3, 6}, 2)));
  EXPECT_TRUE(same_bits(net.backward_delta(x, delta), dx));
}

TEST(AutoEncoder, NamesAndSharedParameters) {
  Linear first(6, 3);
  TiedLinear last(first);
  AutoEncoder net(Sequential(std::move(first)), Sequential(Sigmoid(), std::move(last)));
  std::vector<std::string> names;
  for (auto& [name, parameter] : net.named_parameters()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"encoder.0.weight", "encoder.0.bias",
                                             "decoder.1.weight", "decoder.1.bias"}));
  EXPECT_EQ(net.parameters().size(), 3u);
  EXPECT_EQ(net.parameter_count(), 18 + 3 + 6);
}

TEST(AutoEncoder, ErrorsNameThePart) {
  AutoEncoder net = small();
  const char* expected =
      "AutoEncoder, encoder: layer 0, Linear(6, 4): expected (batch, 6), got (5, 7)";
  EXPECT_EQ(message_of<ShapeError>([&] { net.forward(wave({5, 7})); }), expected);
  EXPECT_EQ(message_of<ShapeError>([&] { net.encode(wave({5, 7})); }), expected);
  EXPECT_EQ(message_of<ShapeError>([&] {
              net.decode(wave({5, 3}));
            }),
            "AutoEncoder, decoder: layer 0, Linear(2, 6): expected (batch, 2), got (5, 3)");
  net.forward(wave({5, 6}));
  EXPECT_THROW(net.backward(wave({4, 6}), wave({4, 6})), ShapeError);
}

TEST(AutoEncoder, TrainReachesBothParts) {
  AutoEncoder net{Sequential(TanH()), Sequential(TanH())};
  net.train(false);
  EXPECT_FALSE(net.encoder()[0].is_training());
  EXPECT_FALSE(net.decoder()[0].is_training());
}

}  // namespace
}  // namespace nn::test
