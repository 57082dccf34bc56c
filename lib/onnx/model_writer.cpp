#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "onnx/model.hpp"
#include "onnx/protobuf.hpp"

// The numbers of the fields are those of onnx.proto.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

constexpr std::int64_t kIrVersion = 8;  // the first that has opset 17

ProtoWriter written(const TensorProto& tensor) {
  ProtoWriter out;
  for (std::int64_t size : tensor.dims) out.number(1, size);
  out.number(2, tensor.data_type);
  out.bytes(8, tensor.name);
  out.bytes(9, tensor.raw_data);
  return out;
}

ProtoWriter written(const Attribute& attribute) {
  ProtoWriter out;
  out.bytes(1, attribute.name);
  if (attribute.type == Attribute::kFloat) out.real(2, attribute.f);
  if (attribute.type == Attribute::kInt) out.number(3, attribute.i);
  if (attribute.type == Attribute::kString) out.bytes(4, attribute.s);
  for (std::int64_t value : attribute.ints) out.number(8, value);
  out.number(20, attribute.type);
  return out;
}

ProtoWriter written(const Node& node) {
  ProtoWriter out;
  for (const std::string& input : node.inputs) out.bytes(1, input);
  for (const std::string& output : node.outputs) out.bytes(2, output);
  out.bytes(3, node.name);
  out.bytes(4, node.op_type);
  for (const Attribute& attribute : node.attributes) out.message(5, written(attribute));
  return out;
}

ProtoWriter written(const ValueInfo& value) {
  ProtoWriter shape, tensor, type, out;
  for (std::int64_t size : value.dims) {
    ProtoWriter dim;
    if (size < 0) dim.bytes(2, "N");
    if (size >= 0) dim.number(1, size);
    shape.message(1, dim);
  }
  tensor.number(1, value.elem_type);
  tensor.message(2, shape);
  type.message(1, tensor);
  out.bytes(1, value.name);
  out.message(2, type);
  return out;
}

template <class Number>
std::string bytes_of(const Number* values, std::size_t count) {
  return std::string(reinterpret_cast<const char*>(values), count * sizeof(Number));
}

float to_float(double value, const std::string& name) {
  const auto rounded = static_cast<float>(value);
  if (rounded - rounded != 0 && value - value == 0)  // infinite, but value is not
    throw ArgumentError("write_onnx: " + name + ": " + to_text(value) +
                        " is too large for a float");
  return rounded;
}

}  // namespace

TensorProto TensorProto::of(const std::string& name, const Tensor& values) {
  const Tensor all = values.contiguous();
  std::vector<float> floats;
  floats.reserve(static_cast<std::size_t>(all.numel()));
  for (Index i = 0; i < all.numel(); ++i)
    floats.push_back(to_float(static_cast<double>(all.data()[i]), name));
  TensorProto result;
  result.name = name;
  result.dims.assign(all.shape().begin(), all.shape().end());
  result.data_type = kFloat;
  result.raw_data = bytes_of(floats.data(), floats.size());
  return result;
}

TensorProto TensorProto::of(const std::string& name, const Ints& values) {
  return of(name, values, {std::ssize(values)});
}

TensorProto TensorProto::of(const std::string& name, const Ints& values, const Ints& dims) {
  TensorProto result;
  result.name = name;
  result.dims = dims;
  result.data_type = kInt64;
  result.raw_data = bytes_of(values.data(), values.size());
  return result;
}

TensorProto TensorProto::scalar(const std::string& name, double value) {
  return of(name, Tensor::full({}, static_cast<Scalar>(value)));
}

std::string serialize(const Model& model) {
  ProtoWriter graph, opset, out;
  for (const Node& node : model.nodes) graph.message(1, written(node));
  graph.bytes(2, model.producer);
  for (const TensorProto& tensor : model.initializers) graph.message(5, written(tensor));
  for (const ValueInfo& input : model.inputs) graph.message(11, written(input));
  for (const ValueInfo& output : model.outputs) graph.message(12, written(output));
  opset.bytes(1, "");
  opset.number(2, model.opset);
  out.number(1, kIrVersion);
  out.bytes(2, model.producer);
  out.message(7, graph);
  out.message(8, opset);
  return out.written();
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
