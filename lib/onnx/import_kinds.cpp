#include <string_view>
#include <utility>

#include "onnx/importer.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

Import find_import(const std::string& op_type) {
  static constexpr std::pair<std::string_view, Import> operators[] = {
      {"Add", import_add},
      {"AveragePool", import_pool},
      {"BatchNormalization", import_batch_norm},
      {"Cast", import_cast},
      {"Concat", import_concat},
      {"Conv", import_conv},
      {"ConvTranspose", import_conv_transpose},
      {"Div", import_formula},
      {"Dropout", import_identity},
      {"Elu", import_activation},
      {"Erf", import_formula},
      {"Flatten", import_flatten},
      {"GRU", import_recurrent},
      {"Gather", import_gather},
      {"Gemm", import_gemm},
      {"GlobalAveragePool", import_global_average_pool},
      {"Greater", import_formula},
      {"Identity", import_identity},
      {"LSTM", import_recurrent},
      {"LayerNormalization", import_layer_norm},
      {"LeakyRelu", import_activation},
      {"LogSoftmax", import_softmax},
      {"MatMul", import_mat_mul},
      {"MaxPool", import_pool},
      {"Mul", import_formula},
      {"PRelu", import_prelu},
      {"Pad", import_pad},
      {"Pow", import_formula},
      {"RNN", import_recurrent},
      {"ReduceMean", import_reduce_mean},
      {"Relu", import_activation},
      {"Reshape", import_reshape},
      {"Resize", import_resize},
      {"Sigmoid", import_activation},
      {"Slice", import_slice},
      {"Softmax", import_softmax},
      {"Softplus", import_activation},
      {"Sqrt", import_formula},
      {"Squeeze", import_squeeze},
      {"Sub", import_formula},
      {"Sum", import_add},
      {"Tanh", import_activation},
      {"Transpose", import_transpose},
      {"Unsqueeze", import_squeeze},
      {"Upsample", import_resize},
      {"Where", import_formula}};
  for (const auto& [name, function] : operators)
    if (name == op_type) return function;
  return nullptr;
}

bool is_elementwise(const std::string& op_type) {
  const Import function = find_import(op_type);
  return function == import_activation || function == import_add || function == import_formula ||
         function == import_identity;
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
