#include "nn/ops/windows.hpp"
#include "onnx/exporter.hpp"
#include "onnx/layout.hpp"

// Layers over the places of signals and images.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

/// An option of a layer on signals, a number, or on images, two.
Ints sizes(const Layer& layer, const char* name, Index usual, bool are_images) {
  if (!are_images) return {layer.options.get(name, usual)};
  const Size2 size = layer.options.get(name, Size2(usual));
  return {size.height, size.width};
}

/// {begin, begin, end, end}
Ints on_both_sides(const Ints& padding) {
  Ints pads = padding;
  pads.insert(pads.end(), padding.begin(), padding.end());
  return pads;
}

}  // namespace

Value export_conv(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = graph.channels_first(given);
  const bool are_images = x.shape.rank() == 4, larger = layer.module.kind() == "ConvTranspose2D";
  const Ints padding = sizes(layer, "padding", 0, are_images);
  std::vector<Attribute> attributes{
      {"kernel_shape", are_images ? sizes(layer, "kernel", 1, true) : sizes(layer, "k_size", 1, false)},
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

/// The padding of an average counts as zeros, but what ceil_mode adds does not. Runtimes disagree
/// about both at once, so that the padding is then a node of its own.
Value export_pool(Exporter& graph, const Layer& layer, const Value& given) {
  const Value x = graph.channels_first(given);
  const bool are_images = x.shape.rank() == 4;
  const bool average = layer.module.kind().starts_with("Avg");
  const bool ceil_mode = layer.options.get("ceil_mode", false);
  const Ints window = sizes(layer, "k_size", 1, are_images);
  const Size2 padding = layer.options.get("padding", Size2(0));
  const Ints pads = are_images ? Ints{padding.height, padding.width, padding.height, padding.width}
                               : Ints{0, 0};
  std::vector<Attribute> attributes{
      {"kernel_shape", window}, {"ceil_mode", std::int64_t{ceil_mode}}};
  if (are_images) {
    const Size2 stride = layer.options.get("stride", Size2(window[0], window[1]));
    attributes.emplace_back("strides", Ints{stride.height, stride.width});
  } else {
    attributes.emplace_back("strides", Ints{layer.options.get("stride", Index{window[0]})});
  }
  std::string padded = x.name;
  if (average && !(padding == Size2(0))) {
    padded = graph.node("Pad", {x.name, graph.constant(Ints{0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]})});
  } else {
    attributes.emplace_back("pads", pads);
  }
  return with(x, graph.node(average ? "AveragePool" : "MaxPool", {padded}, attributes),
              layer.module.output_shape(x.shape));
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
  return with(x, graph.node("Resize", {x.name, "", graph.constant(scales)}, linear ? between : nearest),
              layer.module.output_shape(x.shape));
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
