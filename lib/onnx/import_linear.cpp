#include "nn/core/error.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/layer_norm.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/elementwise.hpp"
#include "onnx/importer.hpp"

// Layers over features.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

/// A bias of so many numbers, which may be one for all of them.
Tensor bias_of(const Op& op, const Tensor& c, Index out) {
  if (c.numel() != 1 && (c.numel() != out || c.size(c.rank() - 1) != out))
    op.fail("a bias of shape " + c.shape().to_string() + " for " + std::to_string(out) +
            " features");
  return (c.numel() == 1 ? c.reshape({1}).broadcast_to(Shape{out}) : c.reshape({out})).clone();
}

/// Weights that came in the graph's order of features, in the network's.
Tensor in_network_order(const Tensor& w, int dim, const Place& place) {
  return place.order ? select_in_order(w, dim, inverse(*place.order)) : w;
}

/// x W + bias, or without a bias. If the outputs become images, they are in the order of those.
void define_linear(const Op& op, const Place& x, const Tensor& weight, const Tensor* bias) {
  const Index in = weight.size(0), out = weight.size(1);
  if (x.shape.rank() != 2 || x.shape[1] != in)
    op.fail("a weight for " + std::to_string(in) + " features, and an input of shape " +
            shape_in_graph(x).to_string());
  Place z{x.shape};
  const auto images = op.graph().images_behind(op.node().outputs[0]);
  if (images && images->numel() == out) z.order = op.graph().make_flattened_order(*images);
  auto layer = std::make_unique<Linear>(in, out, bias != nullptr);
  layer->weight()->value.copy_from(in_network_order(in_network_order(weight, 0, x), 1, z));
  if (bias) layer->bias()->value.copy_from(in_network_order(*bias, 0, z));
  op.define(std::move(layer), z);
}

/// x W for each step of a sequence (batch, time, in).
void define_linear_in_time(const Op& op, const Place& x, const Tensor& weight) {
  auto layer = std::make_unique<Conv1D>(Conv1DOptions{
      .k_size = 1, .chan_in = weight.size(0), .chan_out = weight.size(1), .bias = false});
  layer->weight()->value.copy_from(weight.reshape({1, weight.size(0), weight.size(1)}));
  op.define(std::move(layer), x);
}

}  // namespace

/// alpha x W + beta bias
void import_gemm(const Op& op) {
  const Place& x = op.place();
  Tensor weight = op.constant(1);
  if (op.number("transA", 0) != 0) op.fail("transA");
  if (weight.rank() != 2) op.fail("a weight of shape " + weight.shape().to_string());
  if (op.number("transB", 0) != 0) weight = weight.transpose().clone();
  const double alpha = op.real("alpha", 1), beta = op.real("beta", 1);
  if (alpha != 1) weight = weight * static_cast<Scalar>(alpha);
  if (!op.has_input(2) || beta == 0) return define_linear(op, x, weight, nullptr);
  Tensor bias = bias_of(op, op.constant(2), weight.size(1));
  if (beta != 1) bias = bias * static_cast<Scalar>(beta);
  define_linear(op, x, weight, &bias);
}

void import_mat_mul(const Op& op) {
  const Place& x = op.place();
  const Tensor weight = op.constant(1);
  if (weight.rank() != 2) op.fail("a weight of shape " + weight.shape().to_string());
  const bool has_time = x.shape.rank() == 3 && x.layout != Layout::channels_first;
  if (has_time) return define_linear_in_time(op, x, weight);
  define_linear(op, x, weight, nullptr);
}

namespace {

/// The same Linear with that bias.
std::unique_ptr<Module> with_bias(const Linear& layer, const Tensor& bias) {
  auto result = std::make_unique<Linear>(layer.in(), layer.out());
  result->weight()->value.copy_from(layer.weight()->value);
  result->bias()->value.copy_from(bias);
  return result;
}

template <class Conv, class ConvOptions>
std::unique_ptr<Module> with_bias(const Conv& layer, ConvOptions options, const Tensor& bias) {
  options.bias = true;
  auto result = std::make_unique<Conv>(options);
  result->weight()->value.copy_from(layer.weight()->value);
  result->bias()->value.copy_from(bias);
  return result;
}

/// The same LayerNorm with another weight, or another bias.
std::unique_ptr<Module> with(const LayerNorm& layer, const Tensor& value, bool is_bias) {
  const Options o = layer.options();
  auto result = std::make_unique<LayerNorm>(o.get<Index>("features"),
                                            LayerNormOptions{.epsilon = o.get<double>("epsilon")});
  result->weight()->value.copy_from(is_bias ? layer.weight()->value : value);
  result->bias()->value.copy_from(is_bias ? value : layer.bias()->value);
  return result;
}

bool is_all(const Tensor& values, Scalar value) {
  for (Index i = 0; i < values.numel(); ++i)
    if (values.data()[i] != value) return false;
  return true;
}

/// The layer with a constant as its bias, or as its weight; null if it does not take one.
std::unique_ptr<Module> taking(const Module& layer, const Tensor& value, bool is_sum) {
  if (const auto* norm = dynamic_cast<const LayerNorm*>(&layer)) {
    const bool is_free =
        is_all(is_sum ? norm->bias()->value : norm->weight()->value, is_sum ? 0 : 1);
    return is_free ? with(*norm, value, is_sum) : nullptr;
  }
  if (const auto* linear = dynamic_cast<const Linear*>(&layer); linear && is_sum && !linear->bias())
    return with_bias(*linear, value);
  const auto* conv = dynamic_cast<const Conv1D*>(&layer);
  const bool is_pointwise = conv && is_sum && !conv->bias() && conv->weight()->value.size(0) == 1;
  if (!is_pointwise) return nullptr;
  const Shape w = conv->weight()->value.shape();
  return with_bias(*conv, Conv1DOptions{.k_size = 1, .chan_in = w[1], .chan_out = w[2]}, value);
}

}  // namespace

bool fold_into_layer_before(const Op& op, std::size_t dynamic, std::size_t constant) {
  const bool is_sum = op.node().op_type == "Add";
  const TensorProto& numbers = op.tensor(constant);
  const Step& before = op.step(dynamic);
  if ((!is_sum && op.node().op_type != "Mul") || !numbers.is_floats()) return false;
  if (before.modules.size() != 1 || before.inputs.size() != 1) return false;
  const Place& place = before.place;
  const Index features = place.shape[place.shape.rank() - 1];
  const Tensor values = numbers.floats();
  const bool is_vector = values.rank() >= 1 && values.numel() == features &&
                         values.size(values.rank() - 1) == features &&
                         place.layout != Layout::channels_first;
  if (!is_vector) return false;
  auto layer =
      taking(*before.modules[0], in_network_order(values.reshape({features}), 0, place), is_sum);
  if (!layer) return false;
  Step step;
  step.node = &op.node();
  step.inputs = before.inputs;
  step.place = place;
  step.modules.push_back(std::move(layer));
  op.graph().define(op.node().outputs[0], std::move(step));
  return true;
}

void import_batch_norm(const Op& op) {
  const Place& x = op.channels_first();
  if (op.number("training_mode", 0) != 0 || op.number("spatial", 1) != 1)
    op.fail("the statistics of the batch, or of each place");
  const Tensor weight = op.constant(1);
  auto layer = std::make_unique<BatchNorm>(weight.numel(),
                                           BatchNormOptions{.epsilon = op.real("epsilon", 1e-5)});
  auto take = [&](Tensor to, std::size_t i) {
    const Tensor values = op.constant(i);
    if (values.numel() != weight.numel()) op.fail("weights of different sizes");
    to.copy_from(in_network_order(values.reshape({values.numel()}), 0, x));
  };
  if (x.shape.rank() < 2 || x.shape[x.shape.rank() - 1] != weight.numel())
    op.fail(std::to_string(weight.numel()) + " weights, and an input of shape " +
            shape_in_graph(x).to_string());
  take(layer->weight()->value, 1);
  take(layer->bias()->value, 2);
  take(layer->running_mean(), 3);
  take(layer->running_var(), 4);
  op.define(std::move(layer), x);
}

void import_layer_norm(const Op& op) {
  const Place& x = op.place();
  const int axis = checked_axis(op, op.number("axis", -1), x.shape.rank());
  if (axis != x.shape.rank() - 1 || axis != feature_axis(x))
    op.fail("expected the axis of the features");
  const Tensor weight = op.constant(1);
  if (weight.shape() != Shape{x.shape[axis]})
    op.fail("a weight of shape " + weight.shape().to_string());
  auto layer = std::make_unique<LayerNorm>(weight.numel(),
                                           LayerNormOptions{.epsilon = op.real("epsilon", 1e-5)});
  layer->weight()->value.copy_from(in_network_order(weight, 0, x));
  if (op.has_input(2))
    layer->bias()->value.copy_from(
        in_network_order(bias_of(op, op.constant(2), weight.numel()), 0, x));
  op.define(std::move(layer), x);
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
