#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "nn/core/rng.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/kinds.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/parse_network.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/sample.hpp"

/// The modules that the property tests go through.
namespace nn::test {

struct ModuleCase {
  std::string name;
  std::function<std::unique_ptr<Module>()> make;
  Shape example;  // the shape of one example
  bool takes_indices = false;

  /// Inputs that look drawn.
  Tensor input(Index batch, double phase = 0) const {
    const Tensor x = wave(example.inserted(0, batch), phase);
    return takes_indices ? map(x, [](Scalar v) { return std::floor(2 * v + 2); }) : x;
  }
};

/// A test of one of them, its parameters drawn.
class ModuleTest : public ::testing::TestWithParam<ModuleCase> {
 protected:
  void SetUp() override {
    module = GetParam().make();
    Rng rng(3);
    initialize(*module, rng, Init::uniform(-0.5, 0.5));
  }
  Tensor input(Index batch, double phase = 0) const { return GetParam().input(batch, phase); }

  std::unique_ptr<Module> module;
};

inline void PrintTo(const ModuleCase& tested, std::ostream* out) { *out << tested.name; }

/// A name, what parse_network() makes of a text, and the shape of an example.
struct NetworkText {
  std::string name, text;
  Shape example;
};

/// The network of that text; a single layer as it is, not in a Sequential.
inline std::unique_ptr<Module> parsed(const std::string& text, const Shape& example) {
  Sequential net = parse_network(text, example);
  if (net.size() == 1) return net[0].clone();
  return std::make_unique<Sequential>(std::move(net));
}

inline std::vector<ModuleCase> cases_of(const std::vector<NetworkText>& texts) {
  std::vector<ModuleCase> cases;
  for (const auto& [name, text, example] : texts)
    cases.push_back({name, [text = text, example = example] { return parsed(text, example); },
                     example, text.starts_with("Embedding")});
  return cases;
}

/// Layers whose options matter to what they compute, as they describe themselves.
inline std::vector<NetworkText> layer_texts() {
  return {
      {"LinearNoBias", "Linear(4, 3, bias=false)", {4}},
      {"LinearOne", "Linear(1, 1)", {1}},
      {"LinearWide", "Linear(19, 33)", {19}},
      {"TanHCube", "TanH", {2, 3}},
      {"SoftmaxCube", "Softmax", {2, 4}},
      {"LogSoftmaxCube", "LogSoftmax", {2, 4}},
      {"LeakyReLUBelowZero", "LeakyReLU(-2)", {2, 3}},
      {"ELUCube", "ELU(0.5)", {2, 3}},
      {"GELUTanh", "GELU(tanh=true)", {2, 3}},
      {"SoftplusThreshold", "Softplus(beta=2, threshold=0.5)", {2, 3}},
      {"PReLUOne", "PReLU", {2, 3}},
      {"DropoutNone", "Dropout(p=0)", {5}},
      {"DropoutAll", "Dropout(p=1)", {5}},
      {"BatchNormPlain", "BatchNorm(3, affine=false)", {4, 3}},
      {"BatchNormWide", "BatchNorm(35)", {3, 2, 35}},
      {"LayerNormPlain", "LayerNorm(9, affine=false)", {9}},
      {"LayerNormOne", "LayerNorm(1)", {3, 1}},
      {"Conv1DOne", "Conv1D(3, 1, 5)", {9, 1}},
      {"Conv1DStride", "Conv1D(3, 2, 3, stride=2)", {8, 2}},
      {"Conv1DGaps", "Conv1D(2, 3, 2, stride=4, bias=false)", {13, 3}},
      {"Conv1DPoint", "Conv1D(1, 3, 2)", {4, 3}},
      {"Conv1DPadding", "Conv1D(3, 2, 3, stride=2, padding=2)", {6, 2}},
      {"Conv1DDilation", "Conv1D(3, 2, 3, padding=1, dilation=2)", {7, 2}},
      {"Conv1DGroups", "Conv1D(3, 4, 6, stride=2, padding=1, groups=2)", {7, 4}},
      {"Conv1DDepthwise", "Conv1D(3, 5, 5, padding=2, dilation=2, groups=5)", {7, 5}},
      {"Conv2DPadding", "Conv2D(3, 1, 3, padding=1)", {4, 5, 1}},
      {"Conv2DRectangle", "Conv2D([3, 2], 2, 3, stride=[2, 1], padding=[1, 0])", {6, 4, 2}},
      {"Conv2DWidePadding", "Conv2D([1, 2], 2, 2, stride=2, padding=[1, 3])", {3, 2, 2}},
      {"Conv2DNoBias", "Conv2D(2, 3, 2, bias=false)", {3, 3, 3}},
      {"Conv2DDilation",
       "Conv2D([3, 2], 2, 3, stride=[1, 2], padding=1, dilation=[2, 3])",
       {5, 6, 2}},
      {"Conv2DDilationOne", "Conv2D(3, 1, 2, dilation=[1, 2])", {4, 6, 1}},
      {"Conv2DGroups", "Conv2D(3, 4, 6, stride=[1, 2], padding=1, groups=2)", {4, 5, 4}},
      {"Conv2DGroupsDilation", "Conv2D(2, 6, 3, padding=1, dilation=2, groups=3)", {4, 5, 6}},
      {"Conv2DManyChannels", "Conv2D([3, 2], 9, 4, padding=1, dilation=[1, 2])", {4, 5, 9}},
      {"Conv2DManyChannelsOneOut",
       "Conv2D([2, 5], 8, 1, padding=[0, 3], dilation=[1, 2])",
       {9, 18, 8}},
      {"Conv2DManyChannelsInGroups", "Conv2D([5, 1], 16, 2, padding=[2, 0], groups=2)", {3, 4, 16}},
      {"Conv2DManyChannelsSteps",
       "Conv2D([2, 3], 16, 3, stride=[2, 1], padding=[1, 0])",
       {4, 5, 16}},
      {"Conv2DDepthwise", "Conv2D(3, 5, 5, padding=1, groups=5)", {4, 5, 5}},
      {"Conv2DDepthwiseSteps",
       "Conv2D([2, 3], 9, 9, stride=[2, 1], padding=[1, 2], dilation=[1, 2], groups=9)",
       {4, 5, 9}},
      {"Conv2DDepthwiseMultiplied", "Conv2D(3, 2, 6, stride=2, padding=1, groups=2)", {5, 4, 2}},
      {"ConvTranspose2DUp", "ConvTranspose2D(2, 3, 2, stride=2)", {3, 2, 3}},
      {"ConvTranspose2DManyChannels", "ConvTranspose2D([2, 3], 4, 9, padding=[0, 1])", {8, 3, 4}},
      {"ConvTranspose2DAll",
       "ConvTranspose2D([3, 2], 4, 6, stride=[2, 3], padding=1, output_padding=[1, 2], "
       "dilation=[2, 1], groups=2, bias=false)",
       {3, 3, 4}},
      {"ConvTranspose2DDepthwise",
       "ConvTranspose2D(3, 5, 5, stride=2, padding=1, output_padding=1, groups=5)",
       {3, 2, 5}},
      {"MaxPool1DOverlap", "MaxPool1D(3, stride=2)", {8, 2}},
      {"MaxPool1DCeil", "MaxPool1D(2, ceil_mode=true)", {7, 2}},
      {"MaxPool1DGaps", "MaxPool1D(2, stride=3)", {9, 2}},
      {"MaxPool2DCeil", "MaxPool2D([3, 2], stride=2, padding=1, ceil_mode=true)", {6, 4, 2}},
      {"MaxPool2DSquare", "MaxPool2D(2)", {5, 4, 3}},
      {"MaxPool2DOverlap", "MaxPool2D(3, stride=2, padding=1)", {6, 5, 2}},
      {"MaxPool2DRectangle", "MaxPool2D([3, 2], stride=[1, 3], padding=[1, 0])", {4, 8, 2}},
      {"AvgPool1DCeil", "AvgPool1D(3, stride=2, ceil_mode=true)", {8, 2}},
      {"AvgPool1DGaps", "AvgPool1D(2, stride=3)", {9, 2}},
      {"AvgPool1DOverlap", "AvgPool1D(3, stride=1)", {6, 2}},
      {"AvgPool2DCeil", "AvgPool2D(3, stride=2, padding=1, ceil_mode=true)", {6, 5, 2}},
      {"AvgPool2DSquare", "AvgPool2D(2)", {5, 4, 3}},
      {"AvgPool2DOverlap", "AvgPool2D(3, stride=2, padding=1)", {6, 5, 2}},
      {"GlobalAvgPoolSignal", "GlobalAvgPool", {5, 3}},
      {"UpsampleSignal", "Upsample(3)", {4, 2}},
      {"UpsampleLinear", "Upsample(2, linear=true)", {4, 2}},
      {"UpsampleBilinear", "Upsample(3, linear=true)", {3, 2, 2}},
      {"LSTMLast", "LSTM(3, 17, sequence=false)", {5, 3}},
      {"LSTMOneStep", "LSTM(2, 4)", {1, 2}},
      {"LSTMOne", "LSTM(1, 1, sequence=false)", {4, 1}},
      {"GRULast", "GRU(3, 17, sequence=false)", {5, 3}},
      {"GRUOneStep", "GRU(2, 4)", {1, 2}},
      {"RNNLast", "RNN(3, 17, sequence=false)", {5, 3}},
  };
}

inline std::vector<NetworkText> network_texts() {
  const std::string branches = "Conv2D(1, 2, 3), TanH Conv2D(1, 2, 3), Conv2D(3, 2, 3, padding=1)";
  const std::string two_directions =
      "TwoDirections(Conv1D(3, 1, 2) MaxPool1D(2), Conv1D(2, 1, 3, stride=2) TanH)";
  return {
      {"ResidualMlp", "Residual(Linear(6) TanH Linear(4)) Linear(2)", {4}},
      {"ParallelConcatenated", "Parallel(" + branches + ")", {5, 3, 2}},
      {"ParallelAdded", "Parallel(add=true, " + branches + ")", {5, 3, 2}},
      {"TwoDirectionsImage", two_directions, {4, 3}},
      {"TwoDirectionsSignal", two_directions, {9, 1}},
      {"ConvNet", "Conv2D(3, 4, padding=1) LeakyReLU MaxPool2D(2) Flatten Linear(3)", {4, 4, 1}},
      {"ConvNormNet",
       "Conv2D(3, 4, padding=1) BatchNorm ReLU MaxPool2D(2) Dropout(0.3) Flatten Linear(5) "
       "LayerNorm Dropout",
       {6, 6, 1}},
      {"SequentialMlp", "Linear(7) TanH Linear(6) Sigmoid Linear(3)", {5}},
      {"SequentialNested",
       "Sequential(Linear(6) TanH) Sequential(Sequential(Linear(5) ReLU) Sigmoid) "
       "Linear(2, bias=false) LogSoftmax",
       {4}},
      {"SequentialFlat", "TanH Flatten Linear(4) Softmax", {3, 2}},
      {"SequentialOfParts",
       "Linear(6) AutoEncoder(Linear(3) TanH, Linear(12) ELU) Reshape([4, 3]) " + two_directions +
           " Linear(2)",
       {4}},
  };
}

// Networks with tied weights, which no text tells of.

inline std::unique_ptr<Module> make_tied_pair() {
  Linear encoder(5, 3);
  TiedLinear decoder(encoder);
  return std::make_unique<Sequential>(std::move(encoder), TanH(), std::move(decoder));
}
inline std::unique_ptr<Module> make_tied_auto_encoder() {
  Linear encoder(5, 3);
  TiedLinear decoder(encoder);
  return std::make_unique<AutoEncoder>(Sequential(std::move(encoder), TanH()),
                                       Sequential(std::move(decoder), Sigmoid()));
}
/// A layer in one network, its transposed in another one, both inside a third.
inline std::unique_ptr<Module> make_tied_nested() {
  Linear encoder(5, 3);
  TiedLinear decoder(encoder);
  return std::make_unique<Sequential>(Sequential(std::move(encoder), TanH()), Linear(3, 3),
                                      Sequential(Sequential(std::move(decoder)), Sigmoid()));
}

/// All of these, and one of each row in the table of kinds.
inline std::vector<ModuleCase> module_cases() {
  std::vector<ModuleCase> cases = cases_of(layer_texts());
  for (const ModuleCase& network : cases_of(network_texts())) cases.push_back(network);
  cases.push_back({"TiedPair", make_tied_pair, {5}});
  cases.push_back({"AutoEncoderTied", make_tied_auto_encoder, {5}});
  cases.push_back({"SequentialTied", make_tied_nested, {5}});
  for (const ModuleKind& kind : module_kinds())
    cases.push_back({kind.name, [kind] { return build_module(kind.name, kind.options); },
                     kind.input.without(0), kind.name == "Embedding"});
  return cases;
}

}  // namespace nn::test
