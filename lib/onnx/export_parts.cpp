#include <algorithm>

#include "onnx/exporter.hpp"
#include "onnx/layout.hpp"

// Modules of several parts.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

/// Brings the values to one layout: channels first if one of them has it, else the network's.
/// Returns it.
Layout unify(Exporter& graph, std::vector<Value>& values) {
  auto is_alike = [&](const Value& value) {
    return value.layout == values[0].layout && value.order == values[0].order;
  };
  auto has_channels_first = [](const Value& v) { return v.layout == Layout::channels_first; };
  if (!std::all_of(values.begin(), values.end(), is_alike)) {
    const bool first = std::any_of(values.begin(), values.end(), has_channels_first);
    for (Value& value : values) value = first ? graph.channels_first(value) : graph.last(value);
  }
  return values[0].layout;
}

Value add(Exporter& graph, std::vector<Value> values) {
  unify(graph, values);
  std::vector<std::string> names;
  for (const Value& value : values) names.push_back(value.name);
  return with(values[0], graph.node(names.size() == 2 ? "Add" : "Sum", names), values[0].shape);
}

/// Features in an order of their own stay so, side by side.
Value concatenate(Exporter& graph, std::vector<Value> values, const Shape& shape) {
  std::vector<Index> order;
  const bool have_orders = std::any_of(values.begin(), values.end(),
                                       [](const Value& value) { return !value.order.empty(); });
  if (have_orders) {
    for (const Value& value : values) {
      const auto before = static_cast<Index>(order.size());
      for (Index j = 0; j < value.shape[1]; ++j)
        order.push_back(before +
                        (value.order.empty() ? j : value.order[static_cast<std::size_t>(j)]));
    }
  }
  const Layout layout = have_orders ? Layout::last : unify(graph, values);
  std::vector<std::string> names;
  for (const Value& value : values) names.push_back(value.name);
  const std::int64_t axis = layout == Layout::channels_first ? 1 : -1;
  return {graph.node("Concat", names, {{"axis", axis}}), shape, layout, order};
}

}  // namespace

Value export_residual(Exporter& graph, const Layer& layer, const Value& x) {
  return add(graph, {x, graph.run_part(layer.parts[0], x)});
}

Value export_parallel(Exporter& graph, const Layer& layer, const Value& x) {
  std::vector<Value> values;
  for (const auto& part : layer.parts) values.push_back(graph.run_part(part, x));
  if (layer.options.get<bool>("add")) return add(graph, std::move(values));
  return concatenate(graph, std::move(values), layer.module.output_shape(x.shape));
}

/// The image row after row, and turned over, column after column, as signals of one channel.
Value export_two_directions(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = graph.last(given);
  const bool is_signal = x.shape[2] == 1;  // of the pixels of a square
  Index side = 1;
  while (is_signal && side * side < x.shape[1]) ++side;
  const Index height = is_signal ? side : x.shape[1], width = is_signal ? side : x.shape[2];
  auto reshaped = [&](const std::string& name, const Shape& shape) {
    return Value{graph.node("Reshape", {name, graph.constant(reshape_sizes(shape))}), shape};
  };
  const Shape image{x.shape[0], height, width}, signal{x.shape[0], height * width, 1};
  const Value rows = x.shape == signal ? x : reshaped(x.name, signal);
  const Value square = x.shape == image ? x : reshaped(x.name, image);
  const std::string turned = graph.node("Transpose", {square.name}, {{"perm", Ints{0, 2, 1}}});
  std::vector<Value> values{graph.run_part(layer.parts[0], rows),
                            graph.run_part(layer.parts[1], reshaped(turned, signal))};
  for (Value& value : values) value = flattened(graph, value);
  return concatenate(graph, std::move(values), layer.module.output_shape(x.shape));
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
