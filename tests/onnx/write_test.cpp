#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/pooling.hpp"
#include "nn/modules/relu.hpp"
#include "nn/onnx/onnx.hpp"
#include "onnx/cases.hpp"
#include "onnx/model.hpp"
#include "support/compare.hpp"

namespace nn::test { namespace {

using detail::onnx::Model;

Model written(const Module& net, const Shape& example, const OnnxOptions& options = {}) {
  return detail::onnx::parse(format_onnx(net, example, options));
}

Index count(const Model& model, const std::string& op) {
  return std::count_if(model.nodes.begin(), model.nodes.end(),
                       [&](const auto& node) { return node.op_type == op; });
}

class Twice : public Module {
 public:
  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override { return x + x; }
  Tensor backward_delta(const Tensor&, const Tensor& delta) override { return delta + delta; }
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "Twice"; }
};

TEST(WriteOnnx, SaysInputOutputAndOpset) {
  const Model model = written(Linear(4, 3), {4}, {.input = "measured", .output = "score"});
  EXPECT_EQ(model.opset, 17);
  EXPECT_EQ(model.inputs.at(0).name, "measured");
  EXPECT_EQ(model.inputs.at(0).dims, (detail::onnx::Ints{-1, 4}));
  EXPECT_EQ(model.outputs.at(0).name, "score");
  EXPECT_EQ(model.outputs.at(0).dims, (detail::onnx::Ints{-1, 3}));
}

/// One turn into channels first, and none behind: the Linear has its weight in that order.
TEST(WriteOnnx, TurnsImagesOnce) {
  const Sequential net{Conv2D(3, 2, 4), ReLU(),    MaxPool2D(2),
                       Conv2D(1, 4, 3), Flatten(), Linear(12, 2)};
  const Model model = written(net, {6, 6, 2});
  EXPECT_EQ(count(model, "Transpose"), 1);
  EXPECT_EQ(count(model, "Gather"), 0);
  EXPECT_EQ(count(written(*parsed(kResNet.text, kResNet.example), kResNet.example), "Transpose"),
            1);
  EXPECT_EQ(count(written(*parsed(kTextNet.text, kTextNet.example), kTextNet.example), "Transpose"),
            1);
}

TEST(WriteOnnx, WritesAFileOrLeavesTheOldOne) {
  const TemporaryFolder folder;
  const std::string path = folder.path("net.onnx");
  const Sequential net{Linear(5, 7), TanH(), Linear(7, 3)};
  write_onnx(path, net, {5});
  EXPECT_THROW(write_onnx(path, Twice(), {5}), ArgumentError);
  EXPECT_TRUE(same_bits(read_onnx(path).predict(wave({2, 5})), net.predict(wave({2, 5}))) ||
              is_double);
  EXPECT_THROW(write_onnx(folder.path("none/net.onnx"), net, {5}), DataError);
  EXPECT_THROW(read_onnx(folder.path("none.onnx")), DataError);
}

TEST(WriteOnnx, TiedWeightsAreWrittenOnce) {
  EXPECT_EQ(written(*make_tied_pair(), {5}).initializers.size(), 3u);  // a weight, two biases
}

TEST(WriteOnnx, EqualNetworksGiveEqualBytes) {
  auto written_anew = [] {
    return format_onnx(*parsed(kResNet.text, kResNet.example), kResNet.example);
  };
  EXPECT_EQ(written_anew(), written_anew());
}

TEST(WriteOnnx, AClassOfOnesOwnIsNamed) {
  try {
    format_onnx(Sequential{Linear(4, 3), Sequential{Twice(), ReLU()}}, {4});
    FAIL() << "no error";
  } catch (const ArgumentError& error) {
    EXPECT_NE(std::string(error.what()).find("1.0"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("Twice"), std::string::npos) << error.what();
  }
}

TEST(WriteOnnx, AnExampleThatDoesNotFitIsAShapeError) {
  EXPECT_THROW(format_onnx(Linear(4, 3), {5}), ShapeError);
}

TEST(WriteOnnx, NumbersBeyondFloatAreRefused) {
  if (!is_double) GTEST_SKIP() << "needs double";
  Linear layer(1, 1);
  layer.weight()->value.fill(static_cast<Scalar>(std::numeric_limits<double>::max()));
  EXPECT_THROW(format_onnx(layer, {1}), ArgumentError);
  layer.weight()->value.fill(std::numeric_limits<Scalar>::infinity());
  EXPECT_NO_THROW(format_onnx(layer, {1}));
}

}}  // namespace nn::test
