#include <algorithm>

#include "nn/core/error.hpp"
#include "nn/ops/windows.hpp"
#include "onnx/exporter.hpp"
#include "onnx/layout.hpp"

// Layers over the features of rows.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

/// Linear and TiedLinear, which has the encoder's weight (out, in). The weight's inputs stand in
/// the order of x.
Value export_linear(Exporter& graph, const Layer& layer, const Value& given) {
  const bool tied = layer.module.kind() == "TiedLinear";
  const Value x = tied ? graph.last(given) : given;
  const ParameterPtr weight = layer.find("weight"), bias = layer.find("bias");
  std::string form;
  if (!x.order.empty()) form = "in the order of " + x.name;
  std::vector<std::string> inputs{x.name, graph.parameter(weight, form, [&](const Tensor& values) {
                                    return select_in_order(values, 0, x.order);
                                  })};
  if (bias) inputs.push_back(graph.parameter(bias));
  std::vector<Attribute> attributes;
  if (tied) attributes.emplace_back("transB", std::int64_t{1});
  return {graph.node("Gemm", inputs, attributes), layer.module.output_shape(x.shape)};
}

Value export_flatten(Exporter& graph, const Layer&, const Value& x) { return flattened(graph, x); }

Value flattened(Exporter& graph, const Value& given) {
  Value x = given.layout == Layout::time_first ? graph.last(given) : given;
  const Shape shape{x.shape[0], x.shape.example_numel()};
  if (shape == x.shape) return x;
  Value z{graph.node("Flatten", {x.name}), shape};
  if (x.layout == Layout::channels_first) z.order = flattened_order(example_of(x.shape));
  return z;
}

Value export_reshape(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = graph.last(given);
  const Shape shape = layer.module.output_shape(x.shape);
  return {graph.node("Reshape", {x.name, graph.constant(reshape_sizes(shape))}), shape};
}

/// ONNX's Gather takes whole numbers.
Value export_embedding(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = graph.last(given);
  const std::string rows =
      graph.node("Cast", {x.name}, {{"to", std::int64_t{TensorProto::kInt64}}});
  const std::string table = graph.parameter(layer.find("weight"));
  return {graph.node("Gather", {table, rows}), layer.module.output_shape(x.shape)};
}

namespace {

/// The parameter, or if there is none (affine = false) so many of that value.
std::string parameter_or(Exporter& graph, const Layer& layer, const std::string& name,
                         Scalar value) {
  if (const ParameterPtr p = layer.find(name)) return graph.parameter(p);
  return graph.constant(name, Tensor::full({layer.options.get<Index>("features")}, value));
}

float epsilon(const Layer& layer) {
  return static_cast<float>(layer.options.get<double>("epsilon"));
}

}  // namespace

Value export_batch_norm(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = graph.channels_first(given);
  const std::vector<std::string> inputs{
      x.name, parameter_or(graph, layer, "weight", 1), parameter_or(graph, layer, "bias", 0),
      graph.constant("running_mean", layer.buffers.at("running_mean")),
      graph.constant("running_var", layer.buffers.at("running_var"))};
  return with(x, graph.node("BatchNormalization", inputs, {{"epsilon", epsilon(layer)}}), x.shape);
}

namespace {

/// weight (x - m) / sqrt(v + epsilon) + bias in parts: runtimes do not take one feature for
/// LayerNormalization.
Value layer_norm_in_parts(Exporter& graph, const Layer& layer, const Value& x) {
  const std::vector<Attribute> over_features{{"axes", Ints{-1}}};
  auto mean = [&](const std::string& of) { return graph.node("ReduceMean", {of}, over_features); };
  const std::string centred = graph.node("Sub", {x.name, mean(x.name)});
  const std::string v = mean(graph.node("Mul", {centred, centred}));
  const std::string deviation = graph.node(
      "Sqrt", {graph.node("Add", {v, graph.scalar(layer.options.get<double>("epsilon", 1e-5))})});
  const std::string normal = graph.node("Div", {centred, deviation});
  const std::string scaled = graph.node("Mul", {normal, parameter_or(graph, layer, "weight", 1)});
  return with(x, graph.node("Add", {scaled, parameter_or(graph, layer, "bias", 0)}), x.shape);
}

}  // namespace

Value export_layer_norm(Exporter& graph, const Layer& layer, const Value& given) {
  const bool turn = given.layout == Layout::channels_first || !given.order.empty();
  const Value x = turn ? graph.last(given) : given;
  if (layer.options.get<Index>("features") == 1) return layer_norm_in_parts(graph, layer, x);
  const std::vector<std::string> inputs{x.name, parameter_or(graph, layer, "weight", 1),
                                        parameter_or(graph, layer, "bias", 0)};
  return with(x,
              graph.node("LayerNormalization", inputs,
                         {{"axis", std::int64_t{-1}}, {"epsilon", epsilon(layer)}}),
              x.shape);
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
