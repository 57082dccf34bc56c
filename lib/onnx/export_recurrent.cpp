#include "onnx/exporter.hpp"
#include "onnx/gates.hpp"
#include "onnx/layout.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

/// ONNX's layers read (time, batch, in) and have a dimension for directions, of which there is one:
/// all states are (time, 1, batch, hidden), the last one is (1, batch, hidden).
Value export_recurrent(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = graph.in_layout(given, Layout::time_first);
  const std::string kind = layer.module.kind();
  const std::vector<Index> order = gate_order(kind);
  auto matrix = [&](const std::string& name) {
    return graph.parameter(layer.find(name), "gates first", [&](const Tensor& w) {
      const Tensor gates = reordered_gates(w.transpose(), order);
      return gates.reshape(gates.shape().inserted(0, 1));
    });
  };
  const Tensor b_ih = reordered_gates(layer.find("bias_ih_l0")->value, order);
  const Tensor b_hh = reordered_gates(layer.find("bias_hh_l0")->value, order);
  Tensor biases({1, b_ih.size(0) + b_hh.size(0)});
  biases.select(0, 0).slice(0, 0, b_ih.size(0)).copy_from(b_ih);
  biases.select(0, 0).slice(0, b_ih.size(0), biases.size(1)).copy_from(b_hh);
  const std::vector<std::string> inputs{x.name, matrix("weight_ih_l0"), matrix("weight_hh_l0"),
                                        graph.constant("biases", biases)};
  std::vector<Attribute> attributes{{"hidden_size", layer.options.get<Index>("hidden")}};
  // The reset gate multiplies u_n, behind the product by W_hh.
  if (kind == "GRU") attributes.emplace_back("linear_before_reset", std::int64_t{1});
  const bool sequence = layer.options.get("sequence", true);
  const std::string states = graph.node(kind, inputs, attributes, sequence ? 0 : 1);
  const std::string axis = graph.constant(Ints{sequence ? 1 : 0});
  return {graph.node("Squeeze", {states, axis}), layer.module.output_shape(x.shape),
          sequence ? Layout::time_first : Layout::last};
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
