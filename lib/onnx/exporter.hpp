#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/modules/module.hpp"
#include "nn/modules/options.hpp"
#include "onnx/layout.hpp"
#include "onnx/model.hpp"

/// From a network to an ONNX graph. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

/// A value of the graph. What it is in the network may have another order, so that numbers are
/// turned around only where someone needs them so.
struct Value {
  std::string name;
  Shape shape;  // in the network, with some batch
  Layout layout = Layout::last;
  /// Of rows (N, F): place j of the graph's value is feature order[j] of the network's. Empty: j.
  std::vector<Index> order = {};
};

/// What a module holds, by name.
struct Layer : Visitor {
  explicit Layer(const Module& module_);
  void parameter(ParameterPtr& parameter) override;
  void buffer(std::string_view name, Tensor& buffer) override;
  void part(std::string_view name, Module& part) override;

  /// Null if the module has none of that name.
  ParameterPtr find(const std::string& name) const;

  const Module& module;
  Options options;
  std::map<std::string, ParameterPtr> parameters;
  std::map<std::string, Tensor> buffers;
  std::vector<std::pair<std::string, const Module*>> parts;
};

class Exporter {
 public:
  /// No node or weight gets one of these names, of the graph's input and output.
  explicit Exporter(const std::vector<std::string>& taken) {
    for (const std::string& name : taken) names_[name] = 1;
  }
  /// The value behind a module that gets x.
  Value run(const Module& module, const Value& x);
  /// The same for a part, whose nodes and weights are called "name.".
  Value run_part(const std::pair<std::string, const Module*>& part, const Value& x);

  /// Adds a node; the name of its first output, or of output i of several.
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   std::vector<Attribute> attributes = {}, std::size_t output = 0);
  /// Adds numbers; their name.
  std::string constant(const Tensor& values) { return constant("", values); }
  std::string constant(const std::string& name, const Tensor& values);
  std::string constant(const Ints& values);
  std::string scalar(double value);
  /// A parameter, turned into another layout, which `form` names. One that is used again in the
  /// same form is the same initializer.
  std::string parameter(const ParameterPtr& parameter, const std::string& form,
                        const std::function<Tensor(const Tensor&)>& turn);
  std::string parameter(const ParameterPtr& p) {
    return parameter(p, "", [](const Tensor& values) { return values; });
  }

  /// The same value in another layout. (N, C) is channels first and last.
  Value in_layout(const Value& x, Layout layout);
  Value last(const Value& x) { return in_layout(x, Layout::last); }
  Value channels_first(const Value& x) { return in_layout(x, Layout::channels_first); }

  Model& model() { return model_; }

 private:
  std::string unused(const std::string& name);

  Model model_;
  std::string path_;  // of the module: "encoder.0."
  std::map<std::string, int> names_;
  std::map<std::pair<const Parameter*, std::string>, std::string> parameters_;
  std::map<std::pair<std::string, Layout>, Value> turned_;
};

/// The value with the network's shape after a layer; the rest as x has it.
inline Value with(const Value& x, const std::string& name, const Shape& shape) {
  Value z = x;
  z.name = name;
  z.shape = shape;
  return z;
}

/// The sizes as the attribute of a Reshape; the batch stays.
Ints reshape_sizes(const Shape& shape);

/// (N, features), in the order that the value has.
Value flattened(Exporter& graph, const Value& x);

// One function a kind of layers; each returns the layer's output.
using Export = Value (*)(Exporter& graph, const Layer& layer, const Value& x);
/// Null for a kind that has none.
Export find_export(const std::string& kind);

Value export_residual(Exporter& graph, const Layer& layer, const Value& x);
Value export_parallel(Exporter& graph, const Layer& layer, const Value& x);
Value export_two_directions(Exporter& graph, const Layer& layer, const Value& x);
Value export_conv(Exporter& graph, const Layer& layer, const Value& x);
Value export_pool(Exporter& graph, const Layer& layer, const Value& x);
Value export_global_pool(Exporter& graph, const Layer& layer, const Value& x);
Value export_upsample(Exporter& graph, const Layer& layer, const Value& x);
Value export_recurrent(Exporter& graph, const Layer& layer, const Value& x);
Value export_linear(Exporter& graph, const Layer& layer, const Value& x);
Value export_flatten(Exporter& graph, const Layer& layer, const Value& x);
Value export_reshape(Exporter& graph, const Layer& layer, const Value& x);
Value export_embedding(Exporter& graph, const Layer& layer, const Value& x);
Value export_batch_norm(Exporter& graph, const Layer& layer, const Value& x);
Value export_layer_norm(Exporter& graph, const Layer& layer, const Value& x);
Value export_activation(Exporter& graph, const Layer& layer, const Value& x);
Value export_gelu(Exporter& graph, const Layer& layer, const Value& x);
Value export_silu(Exporter& graph, const Layer& layer, const Value& x);
Value export_softplus(Exporter& graph, const Layer& layer, const Value& x);
Value export_prelu(Exporter& graph, const Layer& layer, const Value& x);
Value export_softmax(Exporter& graph, const Layer& layer, const Value& x);

}}}}  // namespace nn::NN_PRECISION::detail::onnx
