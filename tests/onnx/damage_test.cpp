#include <gtest/gtest.h>

#include <iterator>
#include <sstream>

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/onnx/onnx.hpp"
#include "onnx/cases.hpp"
#include "onnx/model.hpp"

// Damaged files are a network or a DataError, never anything else.
namespace nn::test { namespace {

void expect_read_or_refused(const std::string& bytes) {
  try {
    parse_onnx(bytes, "memory");
  } catch (const DataError& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("memory: ")) << error.what();
  }
}

TEST(DamagedOnnx, EveryPrefixIsRefusedOrRead) {
  const std::string bytes = format_onnx(
      *parsed("Conv2D(3, 4, padding=1) BatchNorm ReLU MaxPool2D(2) Flatten Linear(5)", {6, 6, 1}),
      {6, 6, 1});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    expect_read_or_refused(bytes.substr(0, size));
  EXPECT_THROW(parse_onnx("", "memory"), DataError);
  EXPECT_THROW(parse_onnx("a text, and no model", "memory"), DataError);
}

TEST(DamagedOnnx, ChangedBytesAreRefusedOrRead) {
  Rng rng(5);
  for (const ModuleCase& tested : onnx_cases()) {
    const std::string bytes = format_onnx(*tested.make(), tested.example);
    for (int round = 0; round < 20; ++round) {
      std::string changed = bytes;
      for (Index i = 0; i <= rng.below(3); ++i)
        changed[static_cast<std::size_t>(rng.below(std::ssize(changed)))] =
            static_cast<char>(rng.below(256));
      expect_read_or_refused(changed);
    }
  }
}

/// A graph that is whole, but whose nodes get what their operators do not take.
TEST(DamagedOnnx, NodesOfOtherOperatorsAndInputsAreRefusedOrRead) {
  std::istringstream names(
      "Add BatchNormalization Cast Concat Conv ConstantOfShape Dropout Expand Flatten Gather Gemm "
      "Identity LSTM MatMul MaxPool Mul Pad PRelu Relu Reshape Resize Shape Slice Softmax Squeeze "
      "Sub Transpose Unsqueeze");
  const std::vector<std::string> operators(std::istream_iterator<std::string>(names), {});
  Rng rng(6);
  auto one_of = [&](const auto& list) -> const auto& {
    return list[static_cast<std::size_t>(rng.below(std::ssize(list)))];
  };
  for (const ModuleCase& tested : onnx_cases()) {
    const detail::onnx::Model whole =
        detail::onnx::parse(format_onnx(*tested.make(), tested.example));
    std::vector<std::string> values{"", whole.inputs.at(0).name};
    for (const auto& tensor : whole.initializers) values.push_back(tensor.name);
    for (const auto& node : whole.nodes) values.push_back(node.outputs.at(0));
    for (int round = 0; round < 100 && !whole.nodes.empty(); ++round) {
      detail::onnx::Model model = whole;
      auto& node = model.nodes[static_cast<std::size_t>(rng.below(std::ssize(model.nodes)))];
      if (rng.below(2) == 0) node.op_type = one_of(operators);
      while (rng.below(2) == 0) node.inputs.push_back(one_of(values));
      for (std::string& input : node.inputs)
        if (rng.below(3) == 0) input = one_of(values);
      expect_read_or_refused(detail::onnx::serialize(model));
    }
  }
}

}}  // namespace nn::test
