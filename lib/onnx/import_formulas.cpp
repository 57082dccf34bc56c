#include <algorithm>

#include "nn/core/number.hpp"
#include "nn/modules/gelu.hpp"
#include "nn/modules/layer_norm.hpp"
#include "nn/modules/silu.hpp"
#include "nn/modules/softplus.hpp"
#include "onnx/formula.hpp"
#include "onnx/importer.hpp"

// Layers that ONNX has no operator for are written as formulas of several nodes.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

using Numbers = std::vector<double>;
using Made = std::unique_ptr<Module>;

/// Of beta and its inverse.
Made make_softplus(double beta, double inverse, double threshold) {
  const double one = beta * inverse;
  return one > 0.9999 && one < 1.0001 ? std::make_unique<Softplus>(beta, threshold) : nullptr;
}

struct Row {
  std::string_view pattern;
  Made (*make)(const Numbers& n, Index features);
};

/// "/a" is a division by a, and means are over the features.
constexpr Row kFormulas[] = {
    {"sigmoid(x)*x", [](const Numbers&, Index) -> Made { return std::make_unique<SiLU>(); }},
    {"0.5*(1+erf(0.7071068*x))*x",
     [](const Numbers&, Index) -> Made { return std::make_unique<GELU>(); }},
    {"0.5*(1+tanh(0.7978846*(0.044715*x*x*x+x)))*x",
     [](const Numbers&, Index) -> Made { return std::make_unique<GELU>(Approximate::tanh); }},
    {"0.5*(1+tanh(0.7978846*(1+0.044715*x*x)*x))*x",
     [](const Numbers&, Index) -> Made { return std::make_unique<GELU>(Approximate::tanh); }},
    {"#*softplus(#*x)", [](const Numbers& n, Index) { return make_softplus(n[1], n[0], 20); }},
    {"where(greater(#*x,#),x,#*softplus(#*x))",
     [](const Numbers& n, Index) { return make_softplus(n[3], n[2], n[1]); }},
    {"where(greater(x,#),x,softplus(x))",
     [](const Numbers& n, Index) { return make_softplus(1, 1, n[0]); }},
    {"(-1*mean(x)+x)*/sqrt(#+mean((-1*mean(x)+x)*(-1*mean(x)+x)))",
     [](const Numbers& n, Index features) -> Made {
       return std::make_unique<LayerNorm>(features, LayerNormOptions{.epsilon = n[0]});
     }},
};

constexpr int kMostNodes = 40;  // of a formula
constexpr int kMostBases = 16;  // values that may be its x

/// How a value is made of another one, x.
class FormulaReader {
 public:
  FormulaReader(const Importer& graph, const std::string& x) : graph_(graph), x_(x) {}

  /// Nothing if it takes other operators, other values or too many nodes.
  std::optional<Formula> read(const std::string& value);

 private:
  std::optional<Formula> constant(const TensorProto& tensor);
  std::optional<Formula> of_node(const std::string& op, const std::vector<Formula>& a);

  const Importer& graph_;
  const std::string& x_;
  int nodes_ = 0;
};

/// A single float, as the shortest decimal number that is one.
std::optional<Formula> FormulaReader::constant(const TensorProto& tensor) {
  const bool is_one =
      std::all_of(tensor.dims.begin(), tensor.dims.end(), [](auto n) { return n == 1; });
  if (!is_one || !tensor.is_floats()) return {};
  const auto value = static_cast<float>(tensor.floats().data()[0]);
  return Formula::number(parse_number<double>(to_text(value)).value_or(0));
}

std::optional<Formula> FormulaReader::of_node(const std::string& op,
                                              const std::vector<Formula>& a) {
  static constexpr std::pair<std::string_view, const char*> functions[] = {
      {"Erf", "erf"},   {"Tanh", "tanh"},       {"Sigmoid", "sigmoid"}, {"Softplus", "softplus"},
      {"Sqrt", "sqrt"}, {"ReduceMean", "mean"}, {"Greater", "greater"}, {"Where", "where"}};
  if (a.size() == 2) {
    if (op == "Add") return a[0] + a[1];
    if (op == "Sub") return a[0] + Formula::number(-1) * a[1];
    if (op == "Mul") return a[0] * a[1];
    if (op == "Div") return a[0] * a[1].inverse();
    if (op == "Pow" && a[1].is_number() && a[1].number() == 2) return a[0] * a[0];
    if (op == "Pow" && a[1].is_number() && a[1].number() == 3) return a[0] * a[0] * a[0];
  }
  for (const auto& [name, function] : functions)
    if (name == op) return Formula::call(function, a);
  return {};
}

std::optional<Formula> FormulaReader::read(const std::string& value) {
  if (value == x_) return Formula::x();
  if (++nodes_ > kMostNodes) return {};
  if (const TensorProto* tensor = graph_.constant(value)) return constant(*tensor);
  const Step* step = graph_.find(value);
  if (!step || !step->node || step->node->outputs[0] != value) return {};
  const std::string& op = step->node->op_type;
  if (op == "ReduceMean" && step->problem.empty()) return {};  // not over the features
  std::vector<Formula> arguments;
  for (const std::string& input : step->node->inputs) {
    if (op == "ReduceMean" && !arguments.empty()) break;  // its axes
    auto argument = input.empty() ? std::nullopt : read(input);
    if (!argument) return {};
    arguments.push_back(std::move(*argument));
  }
  return of_node(op, arguments);
}

}  // namespace

void recognise_formula(const Op& op) {
  Importer& graph = op.graph();
  const std::string& value = op.node().outputs[0];
  std::string x = graph.find(value)->dominator;
  for (int i = 0; i < kMostBases && !x.empty(); ++i) {
    const Step& base = *graph.find(x);
    const Place& place = base.place;
    const auto formula = FormulaReader(graph, x).read(value);
    const std::string text = formula ? formula->text() : "";
    for (const Row& row : kFormulas) {
      const auto numbers = match(text, row.pattern);
      auto layer = numbers ? row.make(*numbers, place.shape[place.shape.rank() - 1]) : nullptr;
      if (!layer) continue;
      Step step;
      step.node = &op.node();
      step.inputs = {x};
      step.place = place;
      step.modules.push_back(std::move(layer));
      return graph.define(value, std::move(step));
    }
    x = base.dominator;
  }
}

/// A part of a formula, or a bias or weight of the layer before.
void import_formula(const Op& op) {
  const std::vector<std::string>& inputs = op.node().inputs;
  if (op.graph().opset() < 7 && op.has("axis")) op.fail("axis");  // of the broadcast
  if (inputs.size() == 2 && op.is_constant(0) != op.is_constant(1)) {
    const std::size_t constant = op.is_constant(0) ? 0 : 1;
    if (fold_into_layer_before(op, 1 - constant, constant)) return;
  }
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (!op.is_constant(i)) op.place(i);
  op.define_problem("this library has no layer for it, alone or in its formula");
  recognise_formula(op);
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
