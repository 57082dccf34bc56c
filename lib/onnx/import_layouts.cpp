#include <algorithm>
#include <set>

#include "onnx/importer.hpp"

// What the nodes behind a value want.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

constexpr std::size_t kFarthest = 500;  // nodes that are looked at

bool is_one_of(const std::string& op, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&](const char* name) { return op == name; });
}

/// An axis of so many, counted from 0; -1 for none.
std::int64_t axis_of(const Op& op, std::int64_t usual, int rank) {
  const std::int64_t axis = op.number("axis", usual);
  return axis < 0 ? axis + rank : axis;
}

/// Whether a PRelu's slopes are of dimension 1.
bool has_slopes_of_channels(const Op& op) {
  if (!op.is_constant(1)) return false;
  const Ints& dims = op.graph().constant(op.input(1))->dims;
  if (op.graph().opset() < 7 && dims.size() == 1) return dims[0] > 1;
  return dims.size() > 1 && dims.back() == 1;
}

/// The layout that this node's input must have; nothing if any will do.
std::optional<Layout> wants(const Op& op, int rank) {
  const std::string& name = op.node().op_type;
  if (is_one_of(name, {"LSTM", "GRU", "RNN"})) return Layout::time_first;
  if (is_one_of(name, {"Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool",
                       "BatchNormalization", "Resize", "Upsample"}))
    return Layout::channels_first;
  if (name == "PRelu" && has_slopes_of_channels(op)) return Layout::channels_first;
  if (name == "Transpose" && op.numbers("perm") == Ints{0, 3, 2, 1}) return Layout::channels_first;
  const bool joins = name == "Concat";
  if ((joins || is_one_of(name, {"Softmax", "LogSoftmax"})) && rank > 2) {
    const bool is_new = joins || op.graph().opset() >= 13;
    if (is_new && axis_of(op, joins ? 1 : -1, rank) == 1) return Layout::channels_first;
    if (is_new) return Layout::last;
  }
  if (name == "ReduceMean") {
    const Attribute* axes = op.find("axes");
    const bool to_end = axes && std::any_of(axes->ints.begin(), axes->ints.end(), [&](auto axis) {
                          return axis == -1 || axis == rank - 1;
                        });
    const bool is_norm = rank == 3 && op.number("keepdims", 1) != 0;  // a part of a LayerNorm
    if (to_end && !is_norm && axes->ints.size() + 2 == static_cast<std::size_t>(rank))
      return Layout::channels_first;
  }
  const bool passes =
      is_elementwise(name) || joins ||
      is_one_of(name, {"PRelu", "Softmax", "LogSoftmax", "Pad", "Squeeze", "Unsqueeze", "Cast"});
  return passes ? std::nullopt : std::optional(Layout::last);
}

}  // namespace

Layout Importer::wanted_layout(const std::string& value, int rank) const {
  if (rank < 3) return Layout::last;
  std::vector<std::string> values{value};
  std::set<std::string> seen{value};
  for (std::size_t i = 0; i < values.size() && i < kFarthest; ++i) {
    const auto users = users_.find(values[i]);
    if (users == users_.end()) continue;
    for (const Node* node : users->second) {
      if (node->op_type == "Shape") continue;
      const auto layout = wants(Op(const_cast<Importer&>(*this), *node), rank);
      if (layout == Layout::time_first && rank != 3) return Layout::last;
      if (layout) return *layout;
      for (const std::string& output : node->outputs)
        if (seen.insert(output).second) values.push_back(output);
    }
  }
  return Layout::last;
}

/// The numbers for a Reshape, whose first one, the batch, may be computed; empty if others are.
Ints Importer::known_sizes(const std::string& value) const {
  if (const TensorProto* numbers = constant(value)) return numbers->ints();
  const auto makes = [&](const Node& n) { return !n.outputs.empty() && n.outputs[0] == value; };
  const auto node = std::find_if(model_.nodes.begin(), model_.nodes.end(), makes);
  if (node == model_.nodes.end() || node->op_type != "Concat") return {};
  Ints sizes{kBatchSize};
  for (std::size_t i = 1; i < node->inputs.size(); ++i) {
    const TensorProto* numbers = constant(node->inputs[i]);
    const Ints more = numbers ? numbers->ints() : Ints();
    if (more.empty()) return {};
    sizes.insert(sizes.end(), more.begin(), more.end());
  }
  return sizes;
}

std::optional<Shape> Importer::images_behind(const std::string& value) const {
  std::string at = value;
  for (std::size_t steps = 0; steps < kFarthest; ++steps) {
    const auto users = users_.find(at);
    if (users == users_.end() || users->second.size() != 1) return {};
    const Node& node = *users->second[0];
    const Op op(const_cast<Importer&>(*this), node);
    if (node.outputs.empty()) return {};
    const bool passes =
        is_one_of(node.op_type, {"BatchNormalization", "PRelu"}) || is_elementwise(node.op_type);
    if (!passes && node.op_type != "Reshape") return {};
    at = node.outputs[0];
    if (passes) continue;
    const Ints sizes = node.inputs.size() > 1 ? known_sizes(node.inputs[1]) : op.numbers("shape");
    const auto rank = static_cast<int>(sizes.size());
    if (rank < 3 || rank > Shape::max_rank) return {};
    if (wanted_layout(at, rank) != Layout::channels_first) return {};
    std::vector<Index> example(sizes.begin() + 2, sizes.end());
    example.push_back(sizes[1]);
    for (Index size : example)
      if (size < 1) return {};
    return Shape(std::span<const Index>(example));
  }
  return {};
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
