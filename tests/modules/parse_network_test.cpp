#include "nn/modules/parse_network.hpp"

#include <gtest/gtest.h>

#include <string>

#include "nn/core/error.hpp"
#include "nn/modules/dropout.hpp"
#include "nn/modules/elu.hpp"
#include "nn/modules/kinds.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/residual.hpp"
#include "nn/modules/tanh.hpp"
#include "support/compare.hpp"
#include "support/module_cases.hpp"

namespace nn::test { namespace {

std::string layers(const std::string& text, const Shape& example) {
  const Sequential net = parse_network(text, example);
  std::string all;
  for (Index i = 0; i < net.size(); ++i) all += (i > 0 ? " " : "") + net[i].describe();
  return all;
}

TEST(ParseNetwork, SizesFollowFromTheInput) {
  EXPECT_EQ(layers("Linear(64) ReLU Linear(3)", {4}), "Linear(4, 64) ReLU Linear(64, 3)");
  EXPECT_EQ(layers("Linear(4, 64) BatchNorm LayerNorm", {4}),
            "Linear(4, 64) BatchNorm(64) LayerNorm(64)");
  EXPECT_EQ(layers("Conv2D(3, 16, padding=1) MaxPool2D(2) Flatten Linear(10)", {28, 28, 1}),
            "Conv2D(3, 1, 16, padding=1) MaxPool2D(2) Flatten Linear(3136, 10)");
  EXPECT_EQ(layers("LSTM(8, sequence=false) Linear(1)", {5, 2}),
            "LSTM(2, 8, sequence=false) Linear(8, 1)");
  EXPECT_EQ(layers("Embedding(7, 3) GRU(5)", {6}), "Embedding(7, 3) GRU(3, 5)");
  EXPECT_EQ(layers("", {4}), "");
}

TEST(ParseNetwork, OptionsMayBeNamedOrNot) {
  EXPECT_EQ(layers("Linear(out=3, bias=false)", {4}), "Linear(4, 3, bias=false)");
  EXPECT_EQ(layers(" Linear ( 3 )\n\tDropout(0.2)  ", {4}), "Linear(4, 3) Dropout(p=0.2)");
  EXPECT_EQ(layers("Conv2D([3, 2], 4)", {5, 5, 1}), "Conv2D([3, 2], 1, 4)");
  EXPECT_EQ(layers("Reshape([2, 2])", {4}), "Reshape([2, 2])");
}

TEST(ParseNetwork, PartsAreNetworks) {
  const Sequential net = parse_network(
      "Residual(Linear(4) TanH) Parallel(add=true, Linear(2), Linear(5) Linear(2))", {4});
  EXPECT_EQ(net.output_shape({1, 4}), (Shape{1, 2}));
  EXPECT_EQ(net.parameter_count(), 4 * 4 + 4 + 4 * 2 + 2 + 4 * 5 + 5 + 5 * 2 + 2);
  EXPECT_EQ(parse_network("Sequential(Linear(3) TanH)", {4}).parameter_count(), 15);
  EXPECT_EQ(parse_network("TwoDirections(Conv1D(3, 2), Conv1D(3, 2))", {5, 5}).parameter_count(),
            16);
  const Sequential code = parse_network("AutoEncoder(Linear(2), Linear(4))", {4});
  EXPECT_EQ(code.output_shape({1, 4}), (Shape{1, 4}));
}

TEST(ParseNetwork, ReadsWhatEachKindDescribes) {
  for (const ModuleKind& kind : module_kinds()) {
    const auto module = build_module(kind.name, kind.options);
    EXPECT_EQ(layers(module->describe(), kind.input.without(0)), module->describe());
  }
  for (const NetworkText& layer : layer_texts())
    EXPECT_EQ(layers(layer.text, layer.example), layer.text);
}

TEST(ParseNetwork, DefaultsNeedNotBeGiven) {
  EXPECT_EQ(layers("Dropout ELU LeakyReLU PReLU Softplus GELU", {4}),
            "Dropout ELU(1) LeakyReLU(0.01) PReLU Softplus GELU");
  EXPECT_EQ(Dropout().describe(), layers("Dropout", {4}));
  EXPECT_EQ(ELU().describe(), layers("ELU", {4}));
  EXPECT_EQ(LeakyReLU().describe(), layers("LeakyReLU", {4}));
}

TEST(ParseNetwork, SaysWhatWasMeant) {
  auto error = [](const std::string& text) {
    return message_of<ArgumentError>([&] { parse_network(text, {4}); });
  };
  auto expect_in = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), text.npos) << text;
  };
  expect_in(error("Linaer(3)"), "Linear");
  expect_in(error("Linear(3) relu"), "ReLU");
  expect_in(error("Linear(3, biass=false)"), "biass");
  expect_in(error("Conv2D(3, 16)"), "Conv2D");
  expect_in(error("Residual(Linear(3))"), "Residual");
  expect_in(error("Residual(Linear(4) tanhh)"), "TanH");
}

TEST(ParseNetwork, RefusesWhatIsNoNetwork) {
  for (const char* text : {"(",
                           ")",
                           "Linear(",
                           "Linear(3))",
                           "Linear",
                           "Linear()",
                           "Linear(3,)",
                           "Parallel(TanH,)",
                           "Parallel(,)",
                           "Linear(a)",
                           "3",
                           "Linear(1, 2, true, 4)",
                           "Linear(4, 4, in=4)",
                           "ReLU(TanH)",
                           "Residual(TanH, TanH)",
                           "Linear(-1)",
                           "Linear(0)",
                           "Linear(1e30)",
                           "Linear(3) -> ReLU",
                           "Softmax(0.5)",
                           "Linear(2.5)"})
    EXPECT_THROW(parse_network(text, {4}), ArgumentError) << text;
  std::string nested;
  for (int i = 0; i < 10000; ++i) nested += "Residual(";
  EXPECT_THROW(parse_network(nested, {4}), ArgumentError);
  EXPECT_THROW(parse_network(nested + std::string(10000, ')'), {4}), ArgumentError);
}

}  // namespace
}  // namespace nn::test
