#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/core/scalar.hpp"
#include "nn/core/tensor.hpp"

/// What an ONNX file holds, as far as this library uses it: the messages of onnx.proto by the same
/// names. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

using Ints = std::vector<std::int64_t>;

/// TensorProto: numbers of one type, row-major.
struct TensorProto {
  enum DataType { kFloat = 1, kInt32 = 6, kInt64 = 7, kDouble = 11 };

  std::string name;
  Ints dims;
  std::int64_t data_type = 0;
  std::string raw_data;  // their bytes; or else one of these has them
  std::vector<float> float_data;
  std::vector<double> double_data;
  Ints int_data;  // int32_data and int64_data
  bool is_external = false;

  static TensorProto of(const std::string& name, const Tensor& values);
  static TensorProto of(const std::string& name, const Ints& values);
  static TensorProto of(const std::string& name, const Ints& values, const Ints& dims);
  static TensorProto scalar(const std::string& name, double value);

  /// The numbers. DataError if they are not what dims and data_type say; for floats() unless they
  /// are float or double, for ints() unless they are int32 or int64.
  Tensor floats() const;
  Ints ints() const;
  bool is_floats() const { return data_type == kFloat || data_type == kDouble; }
};

/// AttributeProto: a number, a text, a tensor, or a list of numbers.
struct Attribute {
  enum Type {
    kFloat = 1,
    kInt = 2,
    kString = 3,
    kTensor = 4,
    kFloats = 6,
    kInts = 7,
    kStrings = 8
  };

  Attribute() = default;
  Attribute(std::string name_, float value) : name(std::move(name_)), type(kFloat), f(value) {}
  Attribute(std::string name_, std::int64_t value) : name(std::move(name_)), type(kInt), i(value) {}
  Attribute(std::string name_, std::string value)
      : name(std::move(name_)), type(kString), s(std::move(value)) {}
  Attribute(std::string name_, Ints value)
      : name(std::move(name_)), type(kInts), ints(std::move(value)) {}

  std::string name;
  std::int64_t type = 0;
  float f = 0;
  std::int64_t i = 0;
  std::string s;
  std::vector<TensorProto> t;  // at most one
  std::vector<float> floats;
  Ints ints;
  std::vector<std::string> strings;
};

/// NodeProto: outputs = op_type(inputs). An input that is left out has an empty name.
struct Node {
  std::string op_type, name, domain;
  std::vector<std::string> inputs, outputs;
  std::vector<Attribute> attributes;
};

/// ValueInfoProto of a tensor. Sizes that are a name ("N") or unknown are -1.
struct ValueInfo {
  std::string name;
  std::int64_t elem_type = 0;
  Ints dims;
  bool has_shape = false;
};

struct Model {
  std::string producer;
  std::int64_t opset = 0;
  std::vector<Node> nodes;
  std::vector<TensorProto> initializers;
  std::vector<ValueInfo> inputs, outputs;
};

/// The bytes of a file. A size of -1 is called "N".
std::string serialize(const Model& model);
/// DataError if the bytes are not a model.
Model parse(std::string_view bytes);

}}}}  // namespace nn::NN_PRECISION::detail::onnx
