#include <gtest/gtest.h>

#include "nn/core/error.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/parallel.hpp"
#include "nn/modules/residual.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"
#include "nn/ops/softmax.hpp"
#include "onnx/graphs.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

// Graphs that other programs may write.
namespace nn::test { namespace {

using graph::Ints;

/// The message of the DataError.
std::string refusal(const Graph& graph) {
  try {
    graph.read();
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

void expect_refused(const Graph& graph, const std::string& op) {
  const std::string message = refusal(graph);
  EXPECT_TRUE(message.starts_with("memory: ")) << message;
  EXPECT_NE(message.find("'a " + op + "'"), message.npos) << op << ": " << message;
}

TEST(ReadOnnx, GemmScalesAndTransposes) {
  const Tensor w = wave({3, 4}), b = wave({3}, 1), x = wave({2, 4}, 2);
  Graph graph({-1, 4}, 11);
  graph.weight("w", w).weight("b", b).node(
      "Gemm", {"x", "w", "b"}, {"z"},
      {{"alpha", 0.5f}, {"beta", 2.f}, {"transB", std::int64_t{1}}});
  EXPECT_TRUE(
      close(graph.read().predict(x), matmul(x, w.transpose()) * Scalar{0.5} + b * Scalar{2}, 1e-5));
}

TEST(ReadOnnx, MatMulAndAddAreALinear) {
  const Tensor w = wave({4, 3}), b = wave({3}, 1), x = wave({2, 4}, 2);
  Graph graph({-1, 4}, 11);
  graph.weight("w", w)
      .weight("b", b)
      .node("MatMul", {"x", "w"}, {"y"})
      .node("Add", {"b", "y"}, {"z"});
  const Sequential net = graph.read();
  EXPECT_TRUE(close(net.predict(x), matmul(x, w) + b, 1e-5));
  EXPECT_EQ(net.size(), 1);
}

TEST(ReadOnnx, InitializersMayBeListedAsInputs) {
  Graph graph({2, 4}, 6);
  graph.weight("w", wave({4, 3})).node("MatMul", {"x", "w"}, {"z"});
  graph.model.inputs.insert(graph.model.inputs.begin(),
                            {"w", graph::TensorProto::kFloat, {4, 3}, true});
  EXPECT_EQ(graph.read().size(), 1);
}

TEST(ReadOnnx, NumbersMayBeAListOfFloats) {
  Graph graph({-1, 2}, 13);
  graph::TensorProto w;
  w.name = "w";
  w.dims = {2, 1};
  w.data_type = graph::TensorProto::kFloat;
  const float values[] = {3, 5};
  w.raw_data = std::string(reinterpret_cast<const char*>(values), sizeof values);
  graph.model.initializers = {w};
  graph.node("MatMul", {"x", "w"}, {"z"});
  EXPECT_EQ(graph.read().predict(tensor({{1, 1}})).item(), 8);
}

TEST(ReadOnnx, SoftmaxBeforeOpset13IsOverAllThatFollowsItsAxis) {
  const Tensor x = wave({2, 3, 4});
  Graph graph({-1, 3, 4}, 11);
  graph.node("Softmax", {"x"}, {"z"});
  EXPECT_TRUE(close(graph.read().predict(x), softmax(x.reshape({2, 12})).reshape({2, 3, 4})));
  graph.model.opset = 13;
  EXPECT_TRUE(close(graph.read().predict(x), softmax(x)));
}

TEST(ReadOnnx, SumsBecomeResidualOrParallel) {
  const Tensor x = wave({2, 3});
  Graph residual({-1, 3}, 13), parallel({-1, 3}, 13);
  residual.node("Tanh", {"x"}, {"y"}).node("Add", {"y", "x"}, {"z"});
  parallel.node("Tanh", {"x"}, {"y"})
      .node("Relu", {"x"}, {"w"})
      .node("Sum", {"y", "w", "x"}, {"z"});
  EXPECT_EQ(residual.read()[0].kind(), "Residual");
  EXPECT_EQ(parallel.read()[0].kind(), "Parallel");
  EXPECT_TRUE(same_bits(residual.read().predict(x), x + tanh(x)));
  EXPECT_TRUE(close(parallel.read().predict(x), x + tanh(x) + relu(x)));
}

TEST(ReadOnnx, OtherGraphsThanInSeriesAndInParallelAreRefused) {
  Graph graph({-1, 3}, 13);  // b goes to both sums
  graph.node("Tanh", {"x"}, {"a"}).node("Sigmoid", {"x"}, {"b"}).node("Relu", {"x"}, {"c"});
  graph.node("Add", {"a", "b"}, {"d"})
      .node("Add", {"b", "c"}, {"e"})
      .node("Add", {"d", "e"}, {"z"});
  expect_refused(graph, "Sigmoid");
}

/// Two neighbours' sum: x = (1, 2, 4) with a zero before or behind it.
TEST(ReadOnnx, PaddingMayDifferAtTheEnds) {
  const Tensor x = tensor({{{1}, {2}, {4}}});
  for (const auto& [rule, expected] : {std::pair{"SAME_UPPER", tensor({{{3}, {6}, {4}}})},
                                       std::pair{"SAME_LOWER", tensor({{{1}, {3}, {6}}})},
                                       std::pair{"VALID", tensor({{{3}, {6}}})}}) {
    Graph graph({-1, 1, 3}, 11);
    graph.weight("w", Tensor::ones({1, 1, 2}))
        .node("Conv", {"x", "w"}, {"z"}, {{"auto_pad", rule}});
    EXPECT_TRUE(same_bits(graph.read().predict(x), expected)) << rule;
  }
}

TEST(ReadOnnx, PoolsOfCeilModeAndOfPaddedSignals) {
  const Tensor x = tensor({{{1}, {2}, {4}, {8}, {16}}});
  Graph ceil({-1, 1, 5}, 11), padded({-1, 1, 5}, 11), end({-1, 1, 5}, 11);
  const graph::Attribute two{"kernel_shape", Ints{2}}, by_two{"strides", Ints{2}};
  ceil.node("AveragePool", {"x"}, {"z"}, {two, by_two, {"ceil_mode", std::int64_t{1}}});
  padded.node("MaxPool", {"x"}, {"z"}, {two, by_two, {"pads", Ints{1, 1}}});
  end.node("AveragePool", {"x"}, {"z"}, {two, by_two, {"pads", Ints{0, 1}}});
  EXPECT_TRUE(close(ceil.read().predict(x), tensor({{{1.5}, {6}, {16}}})));
  EXPECT_TRUE(close(padded.read().predict(x), tensor({{{1}, {4}, {16}}})));
  EXPECT_TRUE(close(end.read().predict(x), tensor({{{1.5}, {6}, {16}}})));
}

/// As old exporters write AvgPool1d; no weight says how large the signal may be.
TEST(ReadOnnx, SignalsMayBecomeImagesAndSignalsAgain) {
  const Tensor x = wave({1, 4000, 2});
  Graph graph({1, 2, 4000}, 6);
  graph.node("Unsqueeze", {"x"}, {"y"}, {{"axes", Ints{3}}})
      .node("AveragePool", {"y"}, {"w"}, {{"kernel_shape", Ints{2, 1}}, {"strides", Ints{2, 1}}})
      .node("Squeeze", {"w"}, {"z"}, {{"axes", Ints{3}}});
  const Tensor pairs = x.reshape({1, 2000, 2, 2});
  const Tensor expected = (pairs.select(2, 0) + pairs.select(2, 1)) / 2;
  EXPECT_TRUE(close(graph.read().predict(x), expected, 1e-6));
}

TEST(ReadOnnx, WhatNoLayerComputesIsRefusedByNodeAndOperator) {
  const Ints image{-1, 2, 6, 6};
  const Tensor kernel = wave({2, 2, 3, 3});
  for (const char* op : {"Sin", "Split", "Neg", "Mul"}) {
    expect_refused(Graph({-1, 4}, 13).node(op, {"x", "x"}, {"z"}), op);
  }
  expect_refused(Graph(image, 13).node("Transpose", {"x"}, {"z"}, {{"perm", Ints{0, 2, 1, 3}}}),
                 "Transpose");
  expect_refused(Graph(image, 13).node("Pad", {"x"}, {"z"}, {{"pads", Ints(8, 1)}}), "Pad");
  expect_refused(Graph(image, 13).node("MaxPool", {"x"}, {"z"},
                                       {{"kernel_shape", Ints{2, 2}}, {"dilations", Ints{2, 2}}}),
                 "MaxPool");
  expect_refused(Graph(image, 13).node("AveragePool", {"x"}, {"z"},
                                       {{"kernel_shape", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}}),
                 "AveragePool");
  expect_refused(
      Graph(image, 13).weight("w", kernel).node("Conv", {"x", "w"}, {"z"}, {{"auto_pad", "SOME"}}),
      "Conv");
  expect_refused(Graph(image, 13)
                     .weight("w", kernel)
                     .node("Conv", {"x", "w"}, {"z"}, {{"group", std::int64_t{3}}}),
                 "Conv");
  expect_refused(Graph({-1, 4}, 13)
                     .weight("w", wave({4, 3}))
                     .node("Gemm", {"x", "w"}, {"z"}, {{"transA", std::int64_t{1}}}),
                 "Gemm");
  expect_refused(Graph({-1, 5}, 13).weight("w", wave({4, 3})).node("Gemm", {"x", "w"}, {"z"}),
                 "Gemm");
  expect_refused(Graph({-1, 4}, 13).node("Relu", {"y"}, {"z"}), "Relu");
  expect_refused(Graph({-1, 6}, 13).sizes("s", {3, -1}).node("Reshape", {"x", "s"}, {"z"}),
                 "Reshape");
}

TEST(ReadOnnx, RecurrentLayersThatDifferAreRefused) {
  auto gru = [](std::vector<graph::Attribute> attributes) {
    Graph graph({5, -1, 3}, 14);
    graph.weight("w", wave({1, 6, 3})).weight("r", wave({1, 6, 2}));
    return graph.node("GRU", {"x", "w", "r"}, {"", "y"}, attributes)
        .node("Squeeze", {"y"}, {"z"}, {{"axes", Ints{0}}});
  };
  const graph::Attribute behind{"linear_before_reset", std::int64_t{1}};
  EXPECT_EQ(gru({behind}).read()[0].kind(), "GRU");
  expect_refused(gru({}), "GRU");
  expect_refused(gru({behind, {"direction", "reverse"}}), "GRU");
  expect_refused(gru({behind, {"clip", 1.f}}), "GRU");
}

TEST(ReadOnnx, ModelsThatAreNoNetworkAreRefused) {
  Graph graph({-1, 4}, 13);
  graph.node("Relu", {"x"}, {"y"});
  EXPECT_NE(refusal(graph).find("'z'"), std::string::npos);  // nothing computes it
  graph.node("Tanh", {"y"}, {"z"});
  EXPECT_EQ(graph.read().size(), 2);
  graph.model.outputs.push_back(graph.model.outputs[0]);
  EXPECT_NE(refusal(graph), "");
  graph.model.outputs.pop_back();
  graph.model.opset = 0;
  EXPECT_NE(refusal(graph), "");
  graph.model.opset = 13;
  graph.node("Relu", {"z"}, {"y"});  // a value that is made twice
  EXPECT_NE(refusal(graph), "");
}

/// An input of 2^60 numbers takes no memory.
TEST(ReadOnnx, HostileSizesAreRefused) {
  const std::int64_t huge = std::int64_t{1} << 30;
  Graph flat({-1, 3, huge, 1}, 13);
  flat.node("MaxPool", {"x"}, {"y"}, {{"kernel_shape", Ints{1, 1}}}).node("Flatten", {"y"}, {"z"});
  EXPECT_NE(refusal(flat), "");
  EXPECT_NE(refusal(Graph({-1, huge, huge, huge, huge}, 13).node("Relu", {"x"}, {"z"})), "");
  EXPECT_NE(refusal(Graph({-1, huge << 4}, 13).node("Relu", {"x"}, {"z"})), "");
  Graph weights({-1, 4}, 13);
  weights.weight("w", wave({4, 3})).node("Gemm", {"x", "w"}, {"z"});
  weights.model.initializers[0].dims = {huge, huge};
  EXPECT_NE(refusal(weights), "");
}

}}  // namespace nn::test
