#include <algorithm>

#include "nn/ops/windows.hpp"
#include "onnx/exporter.hpp"
#include "onnx/layout.hpp"

// Layers over the places of signals and images.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

/// An option of a layer on signals, a number, or on images, two.
Ints sizes(const Layer& layer, const char* name, const Size2& usual) {
  const Size2 size = layer.options.get(name, usual);
  return {size.height, size.width};
}
Ints sizes(const Layer& layer, const char* name, Index usual, bool are_images) {
  if (are_images) return sizes(layer, name, Size2(usual));
  return {layer.options.get(name, usual)};
}

/// {begin, begin, end, end}
Ints on_both_sides(const Ints& padding) {
  Ints pads = padding;
  pads.insert(pads.end(), padding.begin(), padding.end());
  return pads;
}

/// How far the windows reach beyond the padded signal or image: what ceil_mode adds.
Ints beyond(const Shape& x, const Shape& z, const Ints& window, const Ints& stride,
            const Ints& padding) {
  Ints result;
  for (std::size_t i = 0; i < window.size(); ++i) {
    const int dim = static_cast<int>(i) + 1;
    const Index reach = (z[dim] - 1) * stride[i] + window[i];
    result.push_back(std::max<Index>(0, reach - x[dim] - 2 * padding[i]));
  }
  return result;
}

}  // namespace

Value export_conv(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = graph.channels_first(given);
  const bool are_images = x.shape.rank() == 4, larger = layer.module.kind() == "ConvTranspose2D";
  const Ints padding = sizes(layer, "padding", 0, are_images);
  std::vector<Attribute> attributes{
      {"kernel_shape", sizes(layer, are_images ? "kernel" : "k_size", 1, are_images)},
      {"strides", sizes(layer, "stride", 1, are_images)},
      {"pads", on_both_sides(padding)},
      {"dilations", sizes(layer, "dilation", 1, are_images)},
      {"group", std::int64_t{layer.options.get("groups", Index{1})}}};
  if (larger) attributes.emplace_back("output_padding", sizes(layer, "output_padding", 0, true));
  std::vector<std::string> inputs{
      x.name, graph.parameter(layer.find("weight"), "channels first", kernel_first)};
  if (const ParameterPtr bias = layer.find("bias")) inputs.push_back(graph.parameter(bias));
  return with(x, graph.node(larger ? "ConvTranspose" : "Conv", inputs, attributes),
              layer.module.output_shape(x.shape));
}

/// ceil_mode becomes padding after the end, since runtimes disagree about it. The padding of an
/// average counts as zeros, so that it is a node of its own; what ceil_mode adds does not count.
Value export_pool(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = graph.channels_first(given);
  const Shape shape = layer.module.output_shape(x.shape);
  const bool are_images = x.shape.rank() == 4;
  const bool average = layer.module.kind().starts_with("Avg");
  const Ints window = sizes(layer, "k_size", 1, are_images);
  const Ints stride = are_images ? sizes(layer, "stride", Size2(window[0], window[1]))
                                 : Ints{layer.options.get("stride", Index{window[0]})};
  Ints padding = are_images ? sizes(layer, "padding", Size2(0)) : Ints{0};
  const Ints more = beyond(x.shape, shape, window, stride, padding);
  std::string padded = x.name;
  if (average && padding != Ints(window.size())) {
    Ints pads(2 * window.size() + 4);
    std::copy(padding.begin(), padding.end(), pads.begin() + 2);
    std::copy(padding.begin(), padding.end(), pads.end() - std::ssize(padding));
    padded = graph.node("Pad", {x.name, graph.constant(pads)});
    padding.assign(window.size(), 0);
  }
  Ints pads = on_both_sides(padding);
  for (std::size_t i = 0; i < more.size(); ++i) pads[window.size() + i] += more[i];
  return with(x,
              graph.node(average ? "AveragePool" : "MaxPool", {padded},
                         {{"kernel_shape", window}, {"strides", stride}, {"pads", pads}}),
              shape);
}

/// In either layout, without turning anything around.
Value export_global_pool(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = given.layout == Layout::time_first ? graph.last(given) : given;
  const std::int64_t first = x.layout == Layout::channels_first ? 2 : 1;
  Ints axes;
  for (int i = 0; i < x.shape.rank() - 2; ++i) axes.push_back(first + i);
  return {graph.node("ReduceMean", {x.name}, {{"axes", axes}, {"keepdims", std::int64_t{0}}}),
          layer.module.output_shape(x.shape)};
}

Value export_upsample(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = graph.channels_first(given);
  const auto factor = static_cast<Scalar>(layer.options.get<Index>("factor"));
  Tensor scales = Tensor::full({x.shape.rank()}, factor);
  scales.slice(0, 0, 2).fill(1);
  const bool linear = layer.options.get("linear", false);
  const std::vector<Attribute> nearest{{"mode", "nearest"},
                                       {"coordinate_transformation_mode", "asymmetric"},
                                       {"nearest_mode", "floor"}};
  const std::vector<Attribute> between{{"mode", "linear"},
                                       {"coordinate_transformation_mode", "half_pixel"}};
  return with(
      x, graph.node("Resize", {x.name, "", graph.constant(scales)}, linear ? between : nearest),
      layer.module.output_shape(x.shape));
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
