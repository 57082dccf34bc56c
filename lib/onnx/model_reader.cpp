#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "onnx/model.hpp"
#include "onnx/protobuf.hpp"

// The numbers of the fields are those of onnx.proto.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

/// A repeated number: one of them, or all of them without keys.
void append(Ints& to, const ProtoField& field) {
  if (field.type == 0) return to.push_back(field.as_number());
  ProtoReader packed(field.as_bytes());
  while (!packed.is_at_end()) to.push_back(static_cast<std::int64_t>(packed.varint()));
}

void append(std::vector<float>& to, const ProtoField& field) {
  if (field.type == 5) return to.push_back(field.as_real());
  ProtoReader packed(field.as_bytes());
  while (!packed.is_at_end())
    to.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(packed.fixed(4))));
}

void append(std::vector<double>& to, const ProtoField& field) {
  if (field.type == 1) return to.push_back(std::bit_cast<double>(field.varint));
  ProtoReader packed(field.as_bytes());
  while (!packed.is_at_end()) to.push_back(std::bit_cast<double>(packed.fixed(8)));
}

TensorProto read_tensor(std::string_view message) {
  TensorProto tensor;
  for_each_field(message, [&](const ProtoField& field) {
    switch (field.number) {
      case 1:
        return append(tensor.dims, field);
      case 2:
        tensor.data_type = field.as_number();
        break;
      case 4:
        return append(tensor.float_data, field);
      case 5:
      case 7:
        return append(tensor.int_data, field);
      case 8:
        tensor.name = field.as_text();
        break;
      case 9:
        tensor.raw_data = field.as_text();
        break;
      case 10:
        return append(tensor.double_data, field);
      case 14:
        tensor.is_external = field.as_number() != 0;
        break;
    }
  });
  return tensor;
}

Attribute read_attribute(std::string_view message) {
  Attribute attribute;
  for_each_field(message, [&](const ProtoField& field) {
    switch (field.number) {
      case 1:
        attribute.name = field.as_text();
        break;
      case 2:
        attribute.f = field.as_real();
        break;
      case 3:
        attribute.i = field.as_number();
        break;
      case 4:
        attribute.s = field.as_text();
        break;
      case 5:
        attribute.t = {read_tensor(field.as_bytes())};
        break;
      case 7:
        return append(attribute.floats, field);
      case 8:
        return append(attribute.ints, field);
      case 9:
        attribute.strings.push_back(field.as_text());
        break;
      case 20:
        attribute.type = field.as_number();
        break;
    }
  });
  return attribute;
}

Node read_node(std::string_view message) {
  Node node;
  for_each_field(message, [&](const ProtoField& field) {
    switch (field.number) {
      case 1:
        node.inputs.push_back(field.as_text());
        break;
      case 2:
        node.outputs.push_back(field.as_text());
        break;
      case 3:
        node.name = field.as_text();
        break;
      case 4:
        node.op_type = field.as_text();
        break;
      case 5:
        node.attributes.push_back(read_attribute(field.as_bytes()));
        break;
      case 7:
        node.domain = field.as_text();
        break;
    }
  });
  return node;
}

void read_shape(std::string_view message, ValueInfo& value) {
  value.has_shape = true;
  for_each_field(message, [&](const ProtoField& field) {
    if (field.number != 1) return;
    std::int64_t size = -1;
    for_each_field(field.as_bytes(), [&](const ProtoField& dimension) {
      if (dimension.number == 1) size = dimension.as_number();
    });
    value.dims.push_back(size);
  });
}

ValueInfo read_value(std::string_view message) {
  ValueInfo value;
  for_each_field(message, [&](const ProtoField& field) {
    if (field.number == 1) value.name = field.as_text();
    if (field.number != 2) return;
    for_each_field(field.as_bytes(), [&](const ProtoField& type) {
      if (type.number != 1) return;  // a tensor
      for_each_field(type.as_bytes(), [&](const ProtoField& part) {
        if (part.number == 1) value.elem_type = part.as_number();
        if (part.number == 2) read_shape(part.as_bytes(), value);
      });
    });
  });
  return value;
}

void read_graph(std::string_view message, Model& model) {
  for_each_field(message, [&](const ProtoField& field) {
    switch (field.number) {
      case 1:
        model.nodes.push_back(read_node(field.as_bytes()));
        break;
      case 5:
        model.initializers.push_back(read_tensor(field.as_bytes()));
        break;
      case 11:
        model.inputs.push_back(read_value(field.as_bytes()));
        break;
      case 12:
        model.outputs.push_back(read_value(field.as_bytes()));
        break;
      case 15:
        throw DataError("sparse initializers are not read");
    }
  });
}

/// The version of ONNX's own operators.
void read_opset(std::string_view message, Model& model) {
  std::string domain;
  std::int64_t version = 0;
  for_each_field(message, [&](const ProtoField& field) {
    if (field.number == 1) domain = field.as_text();
    if (field.number == 2) version = field.as_number();
  });
  if (domain.empty() || domain == "ai.onnx") model.opset = version;
}

/// The numbers that raw_data holds.
template <class Stored, class Number>
std::vector<Number> from_bytes(const std::string& raw) {
  std::vector<Number> numbers(raw.size() / sizeof(Stored));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, raw.data() + i * sizeof stored, sizeof stored);
    numbers[i] = static_cast<Number>(stored);
  }
  return numbers;
}

[[noreturn]] void fail(const TensorProto& tensor, const std::string& what) {
  throw DataError("tensor " + in_quotes(tensor.name) + ": " + what);
}

template <class Stored, class Number>
std::vector<Number> numbers_of(const TensorProto& tensor, const std::vector<Number>& typed) {
  if (tensor.is_external) fail(tensor, "its numbers are in another file");
  if (tensor.raw_data.size() % sizeof(Stored) != 0) fail(tensor, "a part of a number");
  std::vector<Number> numbers =
      tensor.raw_data.empty() ? typed : from_bytes<Stored, Number>(tensor.raw_data);
  std::int64_t count = 1;
  for (std::int64_t size : tensor.dims)
    if (size < 0 || __builtin_mul_overflow(count, size, &count)) fail(tensor, "sizes");
  if (count != static_cast<std::int64_t>(numbers.size()))
    fail(tensor,
         std::to_string(numbers.size()) + " numbers, but its shape has " + std::to_string(count));
  return numbers;
}

}  // namespace

Tensor TensorProto::floats() const {
  if (!is_floats()) fail(*this, "type " + std::to_string(data_type) + ", expected float");
  const std::vector<double> values =
      data_type == kFloat
          ? numbers_of<float>(*this, std::vector<double>(float_data.begin(), float_data.end()))
          : numbers_of<double>(*this, double_data);
  const std::vector<Index> sizes(dims.begin(), dims.end());
  Tensor result(shape_from_file("tensor " + in_quotes(name), std::span<const Index>(sizes)));
  for (Index i = 0; i < result.numel(); ++i)
    result.data()[i] = static_cast<Scalar>(values[static_cast<std::size_t>(i)]);
  return result;
}

Ints TensorProto::ints() const {
  if (data_type == kInt64) return numbers_of<std::int64_t>(*this, int_data);
  if (data_type == kInt32) return numbers_of<std::int32_t>(*this, int_data);
  fail(*this, "type " + std::to_string(data_type) + ", expected int64");
}

Model parse(std::string_view bytes) {
  Model model;
  bool has_graph = false;
  for_each_field(bytes, [&](const ProtoField& field) {
    if (field.number == 8) read_opset(field.as_bytes(), model);
    if (field.number != 7) return;
    read_graph(field.as_bytes(), model);
    has_graph = true;
  });
  if (!has_graph) throw DataError("no ONNX model: it has no graph");
  if (model.opset < 1) throw DataError("no version of ONNX's operators");
  return model;
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
