#include <algorithm>

#include "nn/core/error.hpp"
#include "nn/modules/embedding.hpp"
#include "nn/modules/recurrent.hpp"
#include "onnx/importer.hpp"

// Parts of tensors.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

void import_table(const Op& op) {
  const Step& step = op.step(1);
  if (op.number("axis", 0) != 0 || !step.place.are_rows_of_table) op.fail("rows of a table alone");
  const Tensor table = op.constant(0);
  if (table.rank() != 2) op.fail("a table of shape " + table.shape().to_string());
  auto layer = std::make_unique<Embedding>(table.size(0), table.size(1));
  layer->weight()->value.copy_from(table);
  Step z;
  z.node = &op.node();
  z.inputs = {op.input(1)};
  z.place = step.place;
  z.place.are_rows_of_table = false;
  z.place.shape = layer->output_shape(step.place.shape);
  z.modules.push_back(std::move(layer));
  op.graph().define(op.node().outputs[0], std::move(z));
}

/// The last step of all states of a recurrent layer: the layer without its sequence.
void import_last_state(const Op& op, const Step& states, int directions) {
  const Step* step = &states;
  while (step->modules.empty() && step->problem.empty() && step->inputs.size() == 1 &&
         !op.graph().find(step->inputs[0])->inputs.empty())
    step = op.graph().find(step->inputs[0]);
  const auto* layer =
      step->modules.size() == 1 ? dynamic_cast<const Recurrent*>(step->modules[0].get()) : nullptr;
  if (!layer || !layer->sequence()) op.fail("it takes a part of what is no recurrent layer's");
  define_last_state(op, *step, directions);
}

int time_axis(const Place& place) { return place.layout == Layout::time_first ? 0 : 1; }

}  // namespace

/// Of everything, which exporters write for x[:, ...], or of the last of all states, x[:, -1:].
void import_slice(const Op& op) {
  const Place& x = op.place();
  const Ints begin = op.numbers_or_input("starts", 1), end = op.numbers_or_input("ends", 2),
             axes = op.numbers_or_input("axes", 3);
  const bool to_end = std::all_of(end.begin(), end.end(), [](auto i) { return i >= INT32_MAX; });
  if (!to_end || (op.has_input(4) && op.constant_ints(4) != Ints{1}))
    op.fail("a part of what is computed");
  if (std::count(begin.begin(), begin.end(), 0) == std::ssize(begin)) return op.pass(x);
  if (x.shape.rank() != 3 || begin != Ints{-1} || axes != Ints{time_axis(x)})
    op.fail("a part of what is computed");
  import_last_state(op, op.step(), time_axis(x));
}

/// Rows of a table, the last of all states, or features in another order.
void import_gather(const Op& op) {
  if (op.is_constant(0)) return import_table(op);
  const Step& step = op.step();
  const TensorProto& indices = op.tensor(1);
  const Ints places = indices.ints();
  const bool is_one = indices.dims.empty() && places.size() == 1;
  const int rank = step.place.shape.rank() + (step.place.directions >= 0);
  const int axis = checked_axis(op, op.number("axis", 0), rank);
  if (is_one && axis == step.place.directions && (places[0] == 0 || places[0] == -1)) {
    Place z = step.place;
    z.directions = -1;
    return op.pass(z);
  }
  Place z = op.place();
  const bool is_last =
      places.size() == 1 && (places[0] == -1 || (places[0] == z.shape[1] - 1 && !z.assumes_sizes));
  if (is_one && is_last && rank == 3 && axis == time_axis(z))
    return import_last_state(op, step, -1);
  if (!is_permutation(places) || rank != 2 || axis != 1 || std::ssize(places) != z.shape[1])
    op.fail("some of the features");
  op.graph().check_order(z.shape[1]);
  std::vector<Index> order;
  for (std::int64_t place : places)
    order.push_back(z.order ? (*z.order)[static_cast<std::size_t>(place)] : place);
  const bool is_plain = std::is_sorted(order.begin(), order.end());
  z.order = is_plain ? nullptr : op.graph().make_order(std::move(order));
  op.pass(z);
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
