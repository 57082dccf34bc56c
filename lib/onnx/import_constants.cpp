#include <algorithm>

#include "nn/core/error.hpp"
#include "onnx/importer.hpp"

// Nodes that give numbers which do not depend on the input, such as the sizes of a Reshape.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

TensorProto constant_of(const Op& op) {
  if (const Attribute* a = op.find("value"); a && a->t.size() == 1) return a->t[0];
  if (const Attribute* a = op.find("value_float")) return TensorProto::scalar("", a->f);
  if (const Attribute* a = op.find("value_int")) return TensorProto::of("", Ints{a->i});
  if (const Attribute* a = op.find("value_ints")) return TensorProto::of("", a->ints);
  op.fail("no value that is read");
}

/// Of what is computed: the batch and unknown sizes have numbers of their own.
TensorProto shape_of(const Op& op) {
  const Place& place = op.place();
  const Shape shape = shape_in_graph(place);
  Ints sizes(shape.begin(), shape.end());
  for (std::int64_t& size : sizes)
    if (place.assumes_sizes) size = kUnknownSize;
  const std::size_t batch = place.layout == Layout::time_first ? 1 : 0;
  sizes.at(batch) = kBatchSize;
  return TensorProto::of("", sizes);
}

TensorProto gather(const Op& op) {
  const Ints values = op.constant_ints(0);
  Ints result;
  for (std::int64_t i : op.constant_ints(1)) {
    const int at =
        checked_axis(op, i, static_cast<int>(std::min<std::size_t>(values.size(), 1000)));
    result.push_back(values[static_cast<std::size_t>(at)]);
  }
  return TensorProto::of("", result);
}

constexpr std::size_t kMostSizes = 1000;  // in a list: more than a shape or its padding has

bool is_matrix(const TensorProto& x) { return !x.is_floats() && x.dims.size() == 2; }

TensorProto slice(const Op& op) {
  const TensorProto& x = op.tensor(0);
  if (x.is_floats()) {
    if (!is_zero(x)) op.fail("only zeros are read");
    return x;
  }
  Ints values = x.ints();
  const Ints begin = op.numbers_or_input("starts", 1), end = op.numbers_or_input("ends", 2),
             step = op.has_input(4) ? op.constant_ints(4) : Ints{1};
  const auto count = std::ssize(values);
  if (begin.size() != 1 || end.size() != 1 || step.size() != 1) op.fail("several axes");
  if (is_matrix(x) && count > 0 && step[0] == -1 && begin[0] == -1 &&
      end[0] < -count) {  // its rows, backwards
    const std::int64_t columns = x.dims[1];
    for (std::int64_t at = 0; at + columns <= count; at += columns)
      std::reverse(values.data() + at, values.data() + at + columns);
    std::reverse(values.begin(), values.end());
    return TensorProto::of("", values, x.dims);
  }
  if (is_matrix(x) || step[0] != 1) op.fail("steps");
  auto bounded = [&](std::int64_t i) {
    return std::clamp<std::int64_t>(i < -count ? 0 : (i < 0 ? i + count : i), 0, count);
  };
  const std::int64_t from = bounded(begin[0]), to = std::max(from, bounded(end[0]));
  return TensorProto::of("", Ints(values.data() + from, values.data() + to));
}

TensorProto concat(const Op& op) {
  Ints result;
  for (std::size_t i = 0; i < op.node().inputs.size(); ++i)
    for (std::int64_t value : op.constant_ints(i)) result.push_back(value);
  if (result.size() > kMostSizes) op.fail("more sizes than a shape has");
  return TensorProto::of("", result);
}

/// A list of whole numbers, or zeros, whose shape nobody asks for.
TensorProto filled(const Op& op) {
  const Attribute* attribute = op.find("value");
  const bool expands = op.node().op_type == "Expand",
             has_value = attribute && !attribute->t.empty();
  const TensorProto value = expands     ? op.tensor(0)
                            : has_value ? attribute->t[0]
                                        : TensorProto::scalar("", 0);
  if (value.is_floats()) {
    if (!is_zero(value)) op.fail("only zeros are read");
    return TensorProto::scalar("", 0);
  }
  const Ints sizes = op.constant_ints(expands ? 1 : 0), one = value.ints();
  if (sizes.size() != 1 || sizes[0] < 0 || sizes[0] > static_cast<std::int64_t>(kMostSizes) ||
      one.size() != 1)
    op.fail("whole numbers that are no list");
  return TensorProto::of("", Ints(static_cast<std::size_t>(sizes[0]), one[0]));
}

TensorProto transposed_matrix(const TensorProto& x) {
  const Ints values = x.ints();
  Ints result;
  for (std::int64_t column = 0; column < x.dims[1]; ++column)
    for (std::int64_t row = 0; row < x.dims[0]; ++row)
      result.push_back(values[static_cast<std::size_t>(row * x.dims[1] + column)]);
  return TensorProto::of("", result, {x.dims[1], x.dims[0]});
}

TensorProto transpose(const Op& op) {
  if (const TensorProto& ints = op.tensor(0); is_matrix(ints)) return transposed_matrix(ints);
  const Tensor x = op.constant(0);
  Ints perm = op.numbers("perm");
  for (int dim = x.rank() - 1; perm.size() < static_cast<std::size_t>(x.rank()) && dim >= 0; --dim)
    perm.push_back(dim);
  if (std::ssize(perm) != x.rank() || !is_permutation(perm)) op.fail("perm");
  return TensorProto::of("", permuted(x, perm));
}

TensorProto reshape(const Op& op) {
  const TensorProto& x = op.tensor(0);
  const std::string& name = op.node().op_type;
  if (!x.is_floats()) {  // a list of sizes, which may become a matrix and a list again
    const Ints values = x.ints(), shape = name == "Reshape" ? op.constant_ints(1) : Ints();
    if (shape.size() == 2 && shape[1] > 0 && std::ssize(values) % shape[1] == 0)
      return TensorProto::of("", values, {std::ssize(values) / shape[1], shape[1]});
    return name == "Reshape" ? TensorProto::of("", values) : x;
  }
  const Tensor values = x.floats();
  if (name == "Identity" || name == "Cast") return x;
  if (name == "Reshape") {
    const Ints sizes = op.constant_ints(1);
    return TensorProto::of("", values.reshape(Shape(std::span<const Index>(Ints(sizes)))));
  }
  const Ints axes = op.numbers_or_input("axes", 1);
  Shape shape = values.shape();
  if (axes.size() != 1 || name != "Unsqueeze") op.fail("constants of this kind are not computed");
  shape = shape.inserted(checked_axis(op, axes[0], shape.rank() + 1), 1);
  return TensorProto::of("", values.reshape(shape));
}

using Fold = TensorProto (*)(const Op& op);

Fold find_fold(const std::string& op_type) {
  static constexpr std::pair<std::string_view, Fold> operators[] = {
      {"Cast", reshape},    {"Concat", concat},     {"ConstantOfShape", filled}, {"Expand", filled},
      {"Gather", gather},   {"Identity", reshape},  {"Reshape", reshape},        {"Slice", slice},
      {"Squeeze", reshape}, {"Unsqueeze", reshape}, {"Transpose", transpose}};
  for (const auto& [name, function] : operators)
    if (name == op_type) return function;
  return nullptr;
}

}  // namespace

/// All at once, so that a layer knows the constants of those behind it.
void Importer::read_constants() {
  for (const Node& node : model_.nodes) {
    const Op op(*this, node);
    if (node.op_type != "Constant" || node.outputs.empty()) continue;
    if (constant(node.outputs[0])) op.fail("its output is made twice");
    define_constant(node.outputs[0], constant_of(op));
  }
}

/// Whether the node gave a constant, which is then defined.
bool Importer::fold(const Op& op) {
  const Node& node = op.node();
  TensorProto result;
  if (node.op_type == "Constant") return true;  // was read before
  if (node.op_type == "Shape" && find(op.input(0))) {
    result = shape_of(op);
  } else {
    const bool all = !node.inputs.empty() &&
                     std::all_of(node.inputs.begin(), node.inputs.end(),
                                 [&](const auto& name) { return name.empty() || constant(name); });
    const Fold function = all ? find_fold(node.op_type) : nullptr;
    if (!function) return false;
    result = function(op);
  }
  if (find(node.outputs[0]) || constant(node.outputs[0])) op.fail("its output is made twice");
  define_constant(node.outputs[0], std::move(result));
  return true;
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
