#include "onnx/importer.hpp"

#include <algorithm>

#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/io/file.hpp"
#include "nn/onnx/onnx.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace detail { namespace onnx {
namespace {

constexpr Index kLargest = INT32_MAX;       // size of a dimension
constexpr Index kAssumed = Index{1} << 14;  // for a size that the graph leaves open

}  // namespace

const std::vector<Index>& Place::places() const {
  static const std::vector<Index> none;
  return order ? *order : none;
}

Importer::Importer(Model model, std::size_t file_size)
    : model_(std::move(model)), budget_(16 * static_cast<Index>(file_size)) {
  for (const TensorProto& tensor : model_.initializers) constants_[tensor.name] = &tensor;
  for (const Node& node : model_.nodes)
    for (const std::string& input : node.inputs) users_[input].push_back(&node);
}

const TensorProto* Importer::constant(const std::string& name) const {
  const auto found = constants_.find(name);
  return found == constants_.end() ? nullptr : found->second;
}

const Step* Importer::find(const std::string& name) const {
  const auto found = steps_.find(name);
  return found == steps_.end() ? nullptr : &found->second;
}

void Importer::define_constant(const std::string& output, TensorProto value) {
  folded_.push_back(std::move(value));
  constants_[output] = &folded_.back();
}

void Importer::define(const std::string& output, Step step) {
  const Step* before = find(output);
  if (output == input_ || constant(output) || (before && before->node != step.node))
    throw DataError("the value " + in_quotes(output) + " is made twice");
  for (Index size : step.place.shape)
    if (size > kLargest) throw DataError("the value " + in_quotes(output) + " is too large");
  step.dominator = common_dominator(step.inputs);
  step.depth = steps_.at(step.dominator).depth + 1;
  steps_[output] = std::move(step);
}

/// The last value that all ways to these lead through.
std::string Importer::common_dominator(const std::vector<std::string>& values) const {
  std::string common = values.at(0);
  for (std::string other : values) {
    while (common != other) {
      const Step &a = steps_.at(common), &b = steps_.at(other);
      if (a.depth >= b.depth) common = a.dominator;
      if (b.depth >= a.depth) other = b.dominator;
    }
  }
  return common;
}

void Importer::check_order(Index features) {
  if (features < 0 || features > budget_)
    throw DataError("more features in order than there are weights");
  budget_ -= features;
}

Order Importer::make_order(std::vector<Index> places) {
  if (places.empty()) return nullptr;
  return std::make_shared<const std::vector<Index>>(std::move(places));
}

Order Importer::make_flattened_order(const Shape& example) {
  const Index channels = example.rank() > 1 ? example[example.rank() - 1] : 1;
  if (channels > 1 && channels < example.numel()) check_order(example.numel());
  return make_order(flattened_order(example));
}

void Importer::read_input() {
  const auto found = std::find_if(
      model_.inputs.begin(), model_.inputs.end(),
      [&](const ValueInfo& v) { return !constant(v.name); });  // old files list initializers too
  if (found == model_.inputs.end()) throw DataError("no input");
  const ValueInfo& value = *found;
  if (!value.has_shape || value.dims.empty())
    throw DataError("input " + in_quotes(value.name) + ": expected a shape with a batch");
  const int rank = static_cast<int>(value.dims.size());
  Step step;
  Place& place = step.place;
  place.layout = wanted_layout(value.name, rank);
  place.are_rows_of_table =
      value.elem_type == TensorProto::kInt64 || value.elem_type == TensorProto::kInt32;
  const std::vector<std::int64_t> order = place.layout == Layout::last ? Ints{}
                                          : place.layout == Layout::time_first
                                              ? Ints{1, 0, 2}
                                              : to_channels_last(rank);
  std::vector<Index> sizes;
  for (int dim = 0; dim < rank; ++dim)
    sizes.push_back(value.dims[static_cast<std::size_t>(
        order.empty() ? dim : order[static_cast<std::size_t>(dim)])]);
  batch_ = sizes[0];
  sizes[0] = kAnyBatch;
  for (Index& size : sizes) {
    if (size > kLargest) throw DataError("input " + in_quotes(value.name) + " is too large");
    if (size < 0) place.assumes_sizes = true;
    if (size < 0) size = kAssumed;
  }
  place.shape = Shape(std::span<const Index>(sizes));
  input_ = value.name;
  steps_[input_] = std::move(step);
}

void Importer::read_node(const Node& node) {
  const Op op(*this, node);
  if (!node.domain.empty() && node.domain != "ai.onnx") op.fail("an operator of another domain");
  if (node.outputs.empty()) op.fail("no output");
  bool depends_on_input = false;
  for (const std::string& name : node.inputs) {
    if (name.empty()) continue;
    if (!constant(name) && !find(name))
      op.fail(in_quotes(name) + " is no value of a node before it; a network has one input");
    depends_on_input = depends_on_input || find(name);
  }
  if (fold(op)) return;
  const Import function = find_import(node.op_type);
  if (!function) op.fail("this library has no layer for it");
  if (!depends_on_input) op.fail("constants of this operator are not computed");
  function(op);
}

Sequential Importer::read() {
  read_constants();
  read_input();
  for (const Node& node : model_.nodes) {
    try {
      read_node(node);
    } catch (const ArgumentError& error) {  // of a layer that is built
      Op(*this, node).fail(error.what());
    }
  }
  if (model_.outputs.size() != 1)
    throw DataError(std::to_string(model_.outputs.size()) + " outputs; a network has one");
  const std::string& output = model_.outputs[0].name;
  const Step* step = find(output);
  if (!step) throw DataError("nothing computes the output " + in_quotes(output));
  if (step->place.order)
    throw DataError("the output " + in_quotes(output) +
                    " has flattened channels, which are in another order here");
  if (!step->place.padding.empty() || step->place.directions >= 0 ||
      step->place.layout == Layout::exchanged)
    Op(*this, *step->node).fail("this library has no layer for it alone");
  return network(path(input_, output), 0);
}

}}  // namespace detail::onnx

Sequential parse_onnx(std::string_view bytes, const std::string& name) {
  using namespace detail::onnx;
  return detail::read_within_memory(name, [&] {
    try {
      return Importer(parse(bytes), bytes.size()).read();
    } catch (const DataError& error) {
      throw DataError(name + ": " + error.what());
    } catch (const ShapeError& error) {
      throw DataError(name + ": " + error.what());
    }
  });
}

Sequential read_onnx(const std::string& path) { return parse_onnx(read_file(path), path); }

}}  // namespace nn::NN_PRECISION
