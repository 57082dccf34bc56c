#include <string_view>

#include "onnx/exporter.hpp"
#include "onnx/layout.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

float option(const Layer& layer, std::string_view name) {
  return static_cast<float>(layer.options.get<double>(name));
}

}  // namespace

/// Those that are one node, element by element.
Value export_activation(Exporter& graph, const Layer& layer, const Value& x) {
  const std::string kind = layer.module.kind();
  if (kind == "ELU")
    return with(x, graph.node("Elu", {x.name}, {{"alpha", option(layer, "alpha")}}), x.shape);
  if (kind == "LeakyReLU")
    return with(x, graph.node("LeakyRelu", {x.name}, {{"alpha", option(layer, "slope")}}), x.shape);
  const char* op = kind == "ReLU" ? "Relu" : kind == "TanH" ? "Tanh" : "Sigmoid";
  return with(x, graph.node(op, {x.name}), x.shape);
}

Value export_silu(Exporter& graph, const Layer&, const Value& x) {
  return with(x, graph.node("Mul", {x.name, graph.node("Sigmoid", {x.name})}), x.shape);
}

/// x (1 + erf(x / sqrt 2)) / 2, or x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
Value export_gelu(Exporter& graph, const Layer& layer, const Value& x) {
  std::string phi;
  if (layer.options.get<bool>("tanh")) {
    const std::string square = graph.node("Mul", {x.name, x.name});
    const std::string cube = graph.node("Mul", {square, x.name});
    const std::string scaled = graph.node("Mul", {cube, graph.scalar(0.044715)});
    const std::string sum = graph.node("Add", {x.name, scaled});
    const double root = 0.79788456080286535588;  // of 2 / pi
    phi = graph.node("Tanh", {graph.node("Mul", {sum, graph.scalar(root)})});
  } else {
    const double root = 1.41421356237309504880;  // of 2
    phi = graph.node("Erf", {graph.node("Div", {x.name, graph.scalar(root)})});
  }
  const std::string sum = graph.node("Add", {phi, graph.scalar(1)});
  const std::string product = graph.node("Mul", {x.name, sum});
  return with(x, graph.node("Mul", {product, graph.scalar(0.5)}), x.shape);
}

/// ln(1 + e^(beta x)) / beta. ONNX's is x where that is exact; another threshold is said.
Value export_softplus(Exporter& graph, const Layer& layer, const Value& x) {
  const double beta = layer.options.get<double>("beta", 1);
  const double threshold = layer.options.get<double>("threshold", 20);
  std::string scaled = x.name, z;
  if (beta != 1) scaled = graph.node("Mul", {x.name, graph.scalar(beta)});
  z = graph.node("Softplus", {scaled});
  if (beta != 1) z = graph.node("Div", {z, graph.scalar(beta)});
  if (threshold != 20) {
    const std::string above = graph.node("Greater", {scaled, graph.scalar(threshold)});
    z = graph.node("Where", {above, x.name, z});
  }
  return with(x, z, x.shape);
}

/// Several slopes are one for each channel, and stand where the channels do.
Value export_prelu(Exporter& graph, const Layer& layer, const Value& given) {
  const ParameterPtr slope = layer.find("weight");
  const bool one = slope->value.numel() == 1;
  const Value x = one || given.order.empty() ? given : graph.last(given);
  Shape shape = slope->value.shape();
  if (!one && x.layout == Layout::channels_first)
    while (shape.rank() < x.shape.rank() - 1) shape = shape.inserted(shape.rank(), 1);
  const std::string a = graph.parameter(
      slope, shape.to_string(), [&](const Tensor& values) { return values.reshape(shape); });
  return with(x, graph.node("PRelu", {x.name, a}), x.shape);
}

/// Over the channels.
Value export_softmax(Exporter& graph, const Layer& layer, const Value& x) {
  const std::string op = layer.module.kind();
  const std::int64_t axis = x.layout == Layout::channels_first ? 1 : -1;
  return with(x, graph.node(op, {x.name}, {{"axis", axis}}), x.shape);
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
