#pragma once

#include <string>
#include <vector>

#include "nn/onnx/onnx.hpp"
#include "onnx/model.hpp"

/// ONNX files made by hand, node by node.
namespace nn::test {

namespace graph = detail::onnx;

/// A model from "x" to "z".
struct Graph {
  Graph(const graph::Ints& input, std::int64_t opset) {
    model.opset = opset;
    model.inputs = {{"x", graph::TensorProto::kFloat, input, true}};
    model.outputs = {{"z", graph::TensorProto::kFloat, {}, true}};
  }

  Graph& node(const std::string& op, const std::vector<std::string>& inputs,
              const std::vector<std::string>& outputs,
              const std::vector<graph::Attribute>& attributes = {}) {
    graph::Node made;
    made.op_type = op;
    made.name = "a " + op;
    made.inputs = inputs;
    made.outputs = outputs;
    made.attributes = attributes;
    model.nodes.push_back(made);
    return *this;
  }
  Graph& weight(const std::string& name, const Tensor& values) {
    model.initializers.push_back(graph::TensorProto::of(name, values));
    return *this;
  }
  Graph& sizes(const std::string& name, const graph::Ints& values) {
    model.initializers.push_back(graph::TensorProto::of(name, values));
    return *this;
  }
  Sequential read() const { return parse_onnx(graph::serialize(model), "memory"); }

  graph::Model model;
};

}  // namespace nn::test
