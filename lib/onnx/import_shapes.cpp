#include <algorithm>

#include "nn/core/error.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/reshape.hpp"
#include "onnx/importer.hpp"

// What moves numbers.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

/// Which dimension of the network's shape the graph has where.
Ints dimensions(const Place& place) {
  const int rank = place.shape.rank();
  if (place.layout == Layout::channels_first && rank > 2) return to_channels_first(rank);
  if (place.layout == Layout::time_first) return {1, 0, 2};
  if (place.layout == Layout::exchanged) return {0, 2, 1, 3};
  Ints same;
  for (int dim = 0; dim < rank; ++dim) same.push_back(dim);
  return same;
}

/// The sizes behind the batch of what a Reshape gives; fails if it touches the batch.
std::vector<Index> example_sizes(const Op& op, const Ints& sizes, const Shape& from) {
  auto fails = [&]() { op.fail("a shape that does not keep the batch, or does not fit"); };
  if (sizes.empty() || sizes.size() > Shape::max_rank) fails();
  Index rest = from.example_numel(), open = -1;
  std::vector<Index> result;
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    Index size = sizes[i];
    if (size == 0 && static_cast<int>(i) < from.rank()) size = from[static_cast<int>(i)];
    if (size == -1 && open < 0) {
      open = static_cast<Index>(i) - 1;
    } else {
      if (size < 1 || rest % size != 0) fails();
      rest /= size;
    }
    result.push_back(size);
  }
  const bool is_batch =
      sizes[0] == kBatchSize || sizes[0] == 0 || (sizes[0] > 0 && sizes[0] == op.graph().batch());
  if (!is_batch && !(sizes[0] == -1 && open < 0)) fails();
  if (open >= 0) result[static_cast<std::size_t>(open)] = rest;
  if (open < 0 && rest != 1) fails();
  return result;
}

/// From {C, ...} to (..., C).
Shape with_channels_last(const std::vector<Index>& sizes) {
  std::vector<Index> turned(sizes.begin() + 1, sizes.end());
  turned.push_back(sizes[0]);
  return Shape(std::span<const Index>(turned));
}

void define_as(const Op& op, const Place& x, const Shape& example, Layout layout, Order order) {
  Place z = x;
  z.layout = layout;
  z.order = std::move(order);
  if (example_of(x.shape) == example) return op.pass(z);
  if (example.rank() == 1) return op.define(std::make_unique<Flatten>(), z);
  op.define(std::make_unique<Reshape>(example), z);
}

/// An image that was turned over, read as a signal.
void define_turned_image(const Op& op, const Place& x, const Shape& example) {
  Step step;
  step.node = &op.node();
  step.inputs = {op.input(0)};
  step.turns_image = true;
  step.place = x;
  step.place.layout = Layout::last;
  step.place.shape = with_batch(example, x.shape[0]);
  op.graph().define(op.node().outputs[0], std::move(step));
}

}  // namespace

int feature_axis(const Place& place) {
  const int rank = place.shape.rank();
  return place.layout == Layout::channels_first && rank > 2 ? 1 : rank - 1;
}

Shape shape_in_graph(const Place& place) {
  std::vector<Index> sizes;
  for (std::int64_t dim : dimensions(place)) sizes.push_back(place.shape[static_cast<int>(dim)]);
  return Shape(std::span<const Index>(sizes));
}

int checked_axis(const Op& op, std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) op.fail("axis " + std::to_string(axis));
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

void define_reshaped(const Op& op, const Ints& sizes) {
  const Place& x = op.place();
  if (x.assumes_sizes) op.fail("the input's sizes are not known");
  if (x.layout == Layout::time_first) op.fail("a shape that does not keep the batch");
  const std::vector<Index> example = example_sizes(op, sizes, shape_in_graph(x));
  const Shape plain{std::span<const Index>(example)};
  const bool is_first = x.layout == Layout::channels_first && x.shape.rank() > 2;
  const bool keeps_channels =
      is_first && example.size() > 1 && example[0] == x.shape[x.shape.rank() - 1];
  if (keeps_channels)
    return define_as(op, x, with_channels_last(example), Layout::channels_first, nullptr);
  const Order order = is_first ? op.graph().make_flattened_order(example_of(x.shape)) : x.order;
  if (example.size() < 2) return define_as(op, x, plain, Layout::last, order);

  // Rows become images: with their channels first, if those behind want them so. Then the rows
  // have that order, or it is no other one.
  const bool wants_first =
      op.graph().wanted_layout(op.node().outputs[0], plain.rank() + 1) == Layout::channels_first;
  if (!order && !wants_first) return define_as(op, x, plain, Layout::last, nullptr);
  const Shape turned = with_channels_last(example);
  const Order needed = wants_first ? op.graph().make_flattened_order(turned) : nullptr;
  const bool is_that = order && needed ? !is_first && *order == *needed : !order && !needed;
  if (wants_first && is_that) return define_as(op, x, turned, Layout::channels_first, nullptr);

  if (is_first && x.shape.rank() == 3 && plain == Shape{x.shape.example_numel(), 1})
    return define_turned_image(op, x, plain);
  op.fail("it puts features into another order, between channels and places");
}

void import_reshape(const Op& op) {
  if (op.number("allowzero", 0) != 0) op.fail("allowzero");
  define_reshaped(op, op.numbers_or_input("shape", 1));
}

void import_flatten(const Op& op) {
  const int rank = op.place().shape.rank();
  const std::int64_t axis = op.number("axis", 1);
  if (axis != 1 && axis != 1 - rank) op.fail("axis " + std::to_string(axis));
  define_reshaped(op, {0, -1});
}

/// Squeeze and Unsqueeze.
void import_squeeze(const Op& op) {
  const Ints axes = op.numbers_or_input("axes", 1);
  const bool inserts = op.node().op_type == "Unsqueeze";
  const Step& before = op.step();
  const int directions = before.place.directions;
  if (directions >= 0 && !inserts && axes == Ints{directions}) {
    Place z = before.place;
    z.directions = -1;
    return op.pass(z);
  }
  const Shape from = shape_in_graph(op.place());
  const int rank = from.rank() + static_cast<int>(inserts ? axes.size() : 0);
  if (axes.empty() || axes.size() > Shape::max_rank || rank > Shape::max_rank) op.fail("axes");
  std::vector<bool> is_listed(static_cast<std::size_t>(rank));
  for (std::int64_t axis : axes)
    is_listed[static_cast<std::size_t>(checked_axis(op, axis, rank))] = true;
  if (is_listed[0]) op.fail("the axis of the batch");
  Ints sizes;
  int at = 0;
  for (int dim = 0; dim < rank; ++dim) {
    const bool listed = is_listed[static_cast<std::size_t>(dim)];
    if (inserts && listed) {
      sizes.push_back(1);
      continue;
    }
    if (listed && from[dim] != 1) op.fail("a size that is not 1");
    if (at >= from.rank()) op.fail("axes");
    if (!listed) sizes.push_back(at == 0 ? 0 : from[at]);
    ++at;
  }
  define_reshaped(op, sizes);
}

/// From one layout to another, which needs no layer.
void import_transpose(const Op& op) {
  Place z = op.place_in_any_layout();
  const int rank = z.shape.rank();
  const Ints before = dimensions(z), perm = op.numbers("perm");
  if (std::ssize(perm) != rank || !is_permutation(perm)) op.fail("perm");
  Ints after;
  for (std::int64_t dim : perm) after.push_back(before[static_cast<std::size_t>(dim)]);
  for (Layout layout :
       {Layout::last, Layout::channels_first, Layout::time_first, Layout::exchanged}) {
    if (layout == Layout::time_first && rank != 3) continue;
    if (layout == Layout::exchanged && rank != 4) continue;
    z.layout = layout;
    if (dimensions(z) == after) return op.pass(z);
  }
  op.fail("an order of dimensions that no layer of this library takes");
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
