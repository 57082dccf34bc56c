#include <string_view>
#include <utility>

#include "onnx/exporter.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

Value leave_out(Exporter&, const Layer&, const Value& x) { return x; }

Value export_in_series(Exporter& graph, const Layer& layer, const Value& x) {
  Value z = x;
  for (const auto& part : layer.parts) z = graph.run_part(part, z);
  return z;
}

}  // namespace

Export find_export(const std::string& kind) {
  static constexpr std::pair<std::string_view, Export> kinds[] = {
      {"AutoEncoder", export_in_series},
      {"AvgPool1D", export_pool},
      {"AvgPool2D", export_pool},
      {"BatchNorm", export_batch_norm},
      {"Conv1D", export_conv},
      {"Conv2D", export_conv},
      {"ConvTranspose2D", export_conv},
      {"Dropout", leave_out},
      {"ELU", export_activation},
      {"Embedding", export_embedding},
      {"Flatten", export_flatten},
      {"GELU", export_gelu},
      {"GRU", export_recurrent},
      {"GlobalAvgPool", export_global_pool},
      {"LSTM", export_recurrent},
      {"LayerNorm", export_layer_norm},
      {"LeakyReLU", export_activation},
      {"Linear", export_linear},
      {"LogSoftmax", export_softmax},
      {"MaxPool1D", export_pool},
      {"MaxPool2D", export_pool},
      {"PReLU", export_prelu},
      {"Parallel", export_parallel},
      {"RNN", export_recurrent},
      {"ReLU", export_activation},
      {"Reshape", export_reshape},
      {"Residual", export_residual},
      {"Sequential", export_in_series},
      {"SiLU", export_silu},
      {"Sigmoid", export_activation},
      {"Softmax", export_softmax},
      {"Softplus", export_softplus},
      {"TanH", export_activation},
      {"TiedLinear", export_linear},
      {"TwoDirections", export_two_directions},
      {"Upsample", export_upsample}};
  for (const auto& [name, function] : kinds)
    if (name == kind) return function;
  return nullptr;
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
