#include <algorithm>

#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/elu.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/log_softmax.hpp"
#include "nn/modules/prelu.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/reshape.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/softplus.hpp"
#include "nn/modules/tanh.hpp"
#include "onnx/importer.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

std::unique_ptr<Module> activation(const Op& op) {
  const std::string& name = op.node().op_type;
  if (name == "Elu") return std::make_unique<ELU>(op.real("alpha", 1));
  if (name == "LeakyRelu") return std::make_unique<LeakyReLU>(op.real("alpha", 0.01));
  if (name == "Relu") return std::make_unique<ReLU>();
  if (name == "Sigmoid") return std::make_unique<Sigmoid>();
  if (name == "Softplus") return std::make_unique<Softplus>();
  return std::make_unique<TanH>();
}

std::unique_ptr<Module> softmax(const Op& op) {
  if (op.node().op_type == "Softmax") return std::make_unique<Softmax>();
  return std::make_unique<LogSoftmax>();
}

}  // namespace

void import_activation(const Op& op) { op.define(activation(op), op.place_in_any_layout()); }

/// Before opset 13, all dimensions from the axis on are one row.
void import_softmax(const Op& op) {
  const Place& x = op.place_in_any_layout();
  const int rank = x.shape.rank();
  const bool is_old = op.graph().opset() < 13;
  const int axis = checked_axis(op, op.number("axis", is_old ? 1 : -1), rank);
  const bool over_rows = is_old && axis == 1 && rank > 2 && axis != rank - 1;
  if (!over_rows) {
    if (axis != feature_axis(x) || (is_old && axis != rank - 1) || rank < 2)
      op.fail("axis " + std::to_string(axis) + ", which is not that of the features");
    return op.define(softmax(op), x);
  }
  if (x.assumes_sizes) op.fail("the input's sizes are not known");
  Modules modules;
  modules.push_back(std::make_unique<Flatten>());
  modules.push_back(softmax(op));
  modules.push_back(std::make_unique<Reshape>(example_of(x.shape)));
  op.define(std::move(modules), x);
}

/// Slopes of shape (C, 1, 1); before opset 7, of (C).
void import_prelu(const Op& op) {
  const Place& x = op.place();
  const Tensor slope = op.constant(1);
  const int rank = x.shape.rank(), axis = feature_axis(x);
  const Index channels = x.shape[rank - 1];
  const bool is_old = op.graph().opset() < 7 && slope.rank() == 1;
  if (slope.numel() != 1 && !is_old) {
    const int dim = axis - rank + slope.rank();  // of the slopes, aligned at their last dimension
    if (dim < 0 || slope.size(dim) != slope.numel()) op.fail("slopes that are not of channels");
  }
  if (slope.numel() != 1 && (slope.numel() != channels || (is_old && axis != 1)))
    op.fail("slopes of shape " + slope.shape().to_string());
  auto layer = std::make_unique<PReLU>(slope.numel());
  Tensor value = layer->weight()->value;
  const bool turn = slope.numel() != 1 && x.order;
  value.copy_from(turn ? select_in_order(slope.reshape({channels}), 0, inverse(*x.order))
                       : slope.reshape({slope.numel()}));
  op.define(std::move(layer), x);
}

void import_identity(const Op& op) {
  if (op.has_input(2) && op.node().op_type == "Dropout") {
    const TensorProto* training = op.graph().constant(op.input(2));
    auto is_zero = [](auto value) { return value == 0; };
    if (!training || !std::all_of(training->raw_data.begin(), training->raw_data.end(), is_zero) ||
        !std::all_of(training->int_data.begin(), training->int_data.end(), is_zero))
      op.fail("training_mode");
  }
  op.pass(op.step().place);
}

/// Numbers of every type are floats here, but for those that name the rows of a table.
void import_cast(const Op& op) {
  const std::int64_t to = op.number("to", 0);
  Place z = op.step().place;
  const bool to_int = to == TensorProto::kInt32 || to == TensorProto::kInt64;
  if (z.are_rows_of_table && !to_int) op.fail("whole numbers, which become floats");
  if (!to_int && to != TensorProto::kFloat && to != TensorProto::kDouble && to != 10)
    op.fail("to type " + std::to_string(to));
  z.are_rows_of_table = to_int;
  op.pass(z);
}

namespace {

void define_join(const Op& op, Join join, const Place& place) {
  Step step;
  step.node = &op.node();
  step.inputs = op.node().inputs;
  step.join = join;
  step.place = place;
  op.graph().define(op.node().outputs[0], std::move(step));
}

bool is_same_order(const Place& a, const Place& b) {
  return a.places() == b.places() && a.layout == b.layout;
}

}  // namespace

/// The sum of several values, or of one and a bias; or a part of a formula.
void import_add(const Op& op) {
  const std::size_t count = op.node().inputs.size();
  for (std::size_t i = 0; i < count; ++i)
    if (op.is_constant(i)) return import_formula(op);
  const Place& x = op.place(0);
  if (count == 1) return op.pass(x);
  bool are_alike = true;
  for (std::size_t i = 1; i < count; ++i) {
    const Place& other = op.place(i);
    are_alike = are_alike && is_same_order(other, x) && other.shape == x.shape;
  }
  if (are_alike)
    define_join(op, Join::add, x);
  else
    op.define_problem("it adds values of different shapes or orders");
  recognise_formula(op);
}

/// Features of several values side by side.
void import_concat(const Op& op) {
  Place z = op.place(0);
  const int rank = z.shape.rank(), last = rank - 1;
  if (checked_axis(op, op.number("axis", 1), rank) != feature_axis(z) || rank < 2)
    op.fail("axis " + std::to_string(op.number("axis", 1)) + ", which is not that of the features");
  std::vector<Index> places;
  Index features = 0;
  bool have_order = false;
  for (std::size_t i = 0; i < op.node().inputs.size(); ++i) {
    const Place& x = op.place(i);
    if (x.layout != z.layout || x.shape.rank() != rank ||
        x.shape.with(last, 1) != z.shape.with(last, 1))
      op.fail("values of different shapes or orders");
    have_order = have_order || x.order;
    features += x.shape[last];
    z.assumes_sizes = z.assumes_sizes || x.assumes_sizes;
  }
  if (have_order) op.graph().check_order(features);
  for (std::size_t i = 0; have_order && i < op.node().inputs.size(); ++i) {
    const Place& x = op.place(i);
    const auto before = static_cast<Index>(places.size());
    for (Index j = 0; j < x.shape[last]; ++j)
      places.push_back(before + (x.order ? x.places()[static_cast<std::size_t>(j)] : j));
  }
  z.shape = z.shape.with(last, features);
  z.order = op.graph().make_order(std::move(places));
  define_join(op, Join::concatenate, z);
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
