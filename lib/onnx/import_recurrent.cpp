#include <algorithm>

#include "nn/core/error.hpp"
#include "nn/modules/gru.hpp"
#include "nn/modules/lstm.hpp"
#include "nn/modules/rnn.hpp"
#include "onnx/gates.hpp"
#include "onnx/importer.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

std::unique_ptr<Recurrent> make(const std::string& kind, Index in, Index hidden, bool sequence) {
  if (kind == "LSTM") return std::make_unique<LSTM>(in, hidden, sequence);
  if (kind == "GRU") return std::make_unique<GRU>(in, hidden, sequence);
  return std::make_unique<RNN>(in, hidden, sequence);
}

/// Fails for what this library's layers do not do.
void check_usual(const Op& op) {
  const std::string& kind = op.node().op_type;
  auto only = [&](bool holds, const char* what) {
    if (!holds) op.fail(what);
  };
  only(op.text("direction", "forward") == "forward", "a direction that is not forward");
  only(!op.has("clip") && op.number("input_forget", 0) == 0, "clip, or input_forget");
  only(op.number("layout", 0) == 0, "layout 1");
  only(kind != "GRU" || op.number("linear_before_reset", 0) == 1,
       "linear_before_reset = 0: this library's GRU applies the reset gate behind the product");
  only(!op.has_input(4), "lengths of sequences");
  for (std::size_t i : {5u, 6u}) {
    const TensorProto* state = op.has_input(i) ? op.graph().constant(op.input(i)) : nullptr;
    if (op.has_input(i)) only(state && is_zero(*state), "a first state that is not constant zeros");
  }
  only(!op.has_input(7), "peepholes");
  const std::vector<std::string> usual =
      kind == "LSTM" ? std::vector<std::string>{"Sigmoid", "Tanh", "Tanh"}
                     : (kind == "GRU" ? std::vector<std::string>{"Sigmoid", "Tanh"}
                                      : std::vector<std::string>{"Tanh"});
  const Attribute* activations = op.find("activations");
  only(!activations || activations->strings == usual, "other activations");
}

/// The layer with the weights of the node: W (1, gates hidden, in), R (1, gates hidden, hidden),
/// B (1, 2 gates hidden).
std::unique_ptr<Recurrent> layer_of(const Op& op, bool sequence) {
  const std::string& kind = op.node().op_type;
  const Tensor w = op.constant(1), r = op.constant(2);
  const std::vector<Index> order = gate_order(kind), back = inverse(order);
  const auto gates = static_cast<Index>(order.size());
  if (w.rank() != 3 || r.rank() != 3) op.fail("weights of other ranks");
  const Index in = w.size(2), hidden = r.size(2), width = gates * hidden;
  if (w.shape() != Shape{1, width, in} || r.shape() != Shape{1, width, hidden})
    op.fail("weights of shapes " + w.shape().to_string() + " and " + r.shape().to_string());
  auto layer = make(kind, in, hidden, sequence);
  layer->weight_ih()->value.copy_from(reordered_gates(w.select(0, 0), back).transpose());
  layer->weight_hh()->value.copy_from(reordered_gates(r.select(0, 0), back).transpose());
  Tensor biases = op.has_input(3) ? op.constant(3) : Tensor::zeros({1, 2 * width});
  if (biases.shape() != Shape{1, 2 * width})
    op.fail("biases of shape " + biases.shape().to_string());
  biases = biases.select(0, 0);
  layer->bias_ih()->value.copy_from(reordered_gates(biases.slice(0, 0, width), back));
  layer->bias_hh()->value.copy_from(reordered_gates(biases.slice(0, width, 2 * width), back));
  return layer;
}

void define_output(const Op& op, const std::string& output, bool sequence, Place place) {
  Step step;
  step.node = &op.node();
  step.inputs = {op.input(0)};
  step.modules.push_back(layer_of(op, sequence));
  step.place = std::move(place);
  step.place.shape = step.modules[0]->output_shape(step.place.shape);
  op.graph().define(output, std::move(step));
}

}  // namespace

bool is_zero(const TensorProto& tensor) {
  const Tensor values = tensor.floats();
  return std::all_of(values.data(), values.data() + values.numel(),
                     [](Scalar value) { return value == 0; });
}

/// Output 0 has all states, (time, 1, batch, hidden), output 1 the last one, (1, batch, hidden).
void import_recurrent(const Op& op) {
  check_usual(op);
  Place place = op.place();
  if (place.layout != Layout::time_first) op.fail("its input does not have the time first");
  const std::vector<std::string>& outputs = op.node().outputs;
  place.directions = 1;
  if (!outputs[0].empty()) define_output(op, outputs[0], true, place);
  if (outputs.size() < 2 || outputs[1].empty()) return;
  place.directions = 0;
  place.layout = Layout::last;
  place.assumes_sizes = false;
  define_output(op, outputs[1], false, place);
}

void define_last_state(const Op& op, const Step& states, int directions) {
  Place place = op.graph().find(states.inputs[0])->place;
  place.layout = Layout::last;
  place.assumes_sizes = false;
  place.directions = directions;
  const auto& layer = dynamic_cast<const Recurrent&>(*states.modules[0]);
  auto last = make(layer.kind(), layer.in(), layer.hidden(), false);
  for (std::size_t i = 0; i < last->parameters().size(); ++i)
    last->parameters()[i]->value.copy_from(layer.parameters()[i]->value);
  Step step;
  step.node = &op.node();
  step.inputs = states.inputs;
  step.place = place;
  step.place.shape = last->output_shape(place.shape);
  step.modules.push_back(std::move(last));
  op.graph().define(op.node().outputs[0], std::move(step));
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
