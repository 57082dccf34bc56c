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

TensorProto slice(const Op& op) {
  const Ints values = op.constant_ints(0), begin = op.numbers_or_input("starts", 1),
             end = op.numbers_or_input("ends", 2);
  const auto count = std::ssize(values);
  if (begin.size() != 1 || end.size() != 1 || (op.has_input(4) && op.constant_ints(4) != Ints{1}))
    op.fail("steps, or several axes");
  auto bounded = [&](std::int64_t i) {
    return std::clamp<std::int64_t>(i < -count ? 0 : (i < 0 ? i + count : i), 0, count);
  };
  const std::int64_t from = bounded(begin[0]), to = std::max(from, bounded(end[0]));
  return TensorProto::of("", Ints(values.begin() + from, values.begin() + to));
}

TensorProto concat(const Op& op) {
  Ints result;
  for (std::size_t i = 0; i < op.node().inputs.size(); ++i)
    for (std::int64_t value : op.constant_ints(i)) result.push_back(value);
  if (result.size() > 1000) op.fail("more sizes than a shape has");
  return TensorProto::of("", result);
}

/// Zeros of any shape are only asked whether they are.
TensorProto zeros(const Op& op) {
  const Attribute* value = op.find("value");
  const bool expands = op.node().op_type == "Expand";
  const bool are_zero = expands ? is_zero(*op.graph().constant(op.input(0)))
                                : !value || (value->t.size() == 1 && is_zero(value->t[0]));
  if (!are_zero) op.fail("only zeros are read");
  return TensorProto::scalar("", 0);
}

TensorProto transpose(const Op& op) {
  const Tensor x = op.constant(0);
  Ints perm = op.numbers("perm");
  for (int dim = x.rank() - 1; perm.size() < static_cast<std::size_t>(x.rank()) && dim >= 0; --dim)
    perm.push_back(dim);
  Ints sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != static_cast<std::int64_t>(i) || std::ssize(sorted) != x.rank())
      op.fail("perm");
  return TensorProto::of("", permuted(x, perm));
}

TensorProto reshape(const Op& op) {
  const TensorProto& x = *op.graph().constant(op.input(0));
  if (!x.is_floats()) return x;  // a list of sizes, with or without dimensions
  const Tensor values = x.floats();
  const std::string& name = op.node().op_type;
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
      {"Cast", reshape},    {"Concat", concat},     {"ConstantOfShape", zeros}, {"Expand", zeros},
      {"Gather", gather},   {"Identity", reshape},  {"Reshape", reshape},       {"Slice", slice},
      {"Squeeze", reshape}, {"Unsqueeze", reshape}, {"Transpose", transpose}};
  for (const auto& [name, function] : operators)
    if (name == op_type) return function;
  return nullptr;
}

}  // namespace

/// Whether the node gave a constant, which is then defined.
bool Importer::fold(const Op& op) {
  const Node& node = op.node();
  TensorProto result;
  if (node.op_type == "Constant") {
    result = constant_of(op);
  } else if (node.op_type == "Shape" && find(op.input(0))) {
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
