#include "onnx/exporter.hpp"

#include "nn/core/error.hpp"
#include "nn/io/file.hpp"
#include "nn/onnx/onnx.hpp"
#include "onnx/layout.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace detail { namespace onnx {
namespace {

constexpr std::int64_t kOpset = 17;  // has LayerNormalization
constexpr Index kBatch = 2;          // any: shapes are followed with it, and the file has "N"

}  // namespace

Layer::Layer(const Module& module_) : module(module_), options(module_.options()) {
  const_cast<Module&>(module_).visit(*this);  // which changes nothing
}

void Layer::parameter(ParameterPtr& parameter) {
  if (parameter) parameters.emplace(parameter->name, parameter);
}

void Layer::buffer(std::string_view name, Tensor& buffer) { buffers.emplace(name, buffer); }

void Layer::part(std::string_view name, Module& part) { parts.emplace_back(name, &part); }

ParameterPtr Layer::find(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? nullptr : found->second;
}

Ints reshape_sizes(const Shape& shape) {
  Ints sizes(shape.begin(), shape.end());
  sizes[0] = 0;  // as it is
  return sizes;
}

Value Exporter::run(const Module& module, const Value& x) {
  const Export layer = find_export(module.kind());
  if (!layer)
    throw ArgumentError("write_onnx: " + path_ + " " + module.describe() +
                        ": ONNX has nothing for this class");
  return layer(*this, Layer(module), x);
}

Value Exporter::run_part(const std::pair<std::string, const Module*>& part, const Value& x) {
  const std::size_t length = path_.size();
  path_ += part.first + '.';
  Value z = run(*part.second, x);
  path_.resize(length);
  return z;
}

std::string Exporter::unused(const std::string& name) {
  const int count = names_[name]++;
  return count == 0 ? name : unused(name + '_' + std::to_string(count));
}

std::string Exporter::node(const std::string& op, const std::vector<std::string>& inputs,
                           std::vector<Attribute> attributes, std::size_t output) {
  Node node;
  node.op_type = op;
  node.name = unused(path_ + op);
  node.inputs = inputs;
  node.outputs.resize(output + 1);
  node.outputs[output] = node.name;
  node.attributes = std::move(attributes);
  model_.nodes.push_back(std::move(node));
  return model_.nodes.back().name;
}

std::string Exporter::constant(const std::string& name, const Tensor& values) {
  std::string own = unused(path_ + (name.empty() ? "constant" : name));
  model_.initializers.push_back(TensorProto::of(own, values));
  return own;
}

std::string Exporter::constant(const Ints& values) {
  std::string own = unused(path_ + "constant");
  model_.initializers.push_back(TensorProto::of(own, values));
  return own;
}

std::string Exporter::scalar(double value) {
  std::string own = unused(path_ + "constant");
  model_.initializers.push_back(TensorProto::scalar(own, value));
  return own;
}

std::string Exporter::parameter(const ParameterPtr& parameter, const std::string& form,
                                const std::function<Tensor(const Tensor&)>& turn) {
  std::string& name = parameters_[{parameter.get(), form}];
  if (name.empty()) name = constant(parameter->name, turn(parameter->value));
  return name;
}

Value Exporter::in_layout(const Value& x, Layout layout) {
  const int rank = x.shape.rank();
  if (rank < 3) layout = Layout::last;
  if (x.layout == layout && x.order.empty()) return x;
  if (const auto found = turned_.find({x.name, layout}); found != turned_.end())
    return found->second;
  Value z = x;
  z.layout = layout;
  if (!x.order.empty()) {
    const std::vector<Index> places = inverse(x.order);
    z.order.clear();
    z.name = node("Gather", {x.name, constant(Ints(places.begin(), places.end()))},
                  {{"axis", std::int64_t{1}}});
  } else if (x.layout == Layout::last || layout == Layout::last) {
    const Ints order = x.layout == Layout::time_first || layout == Layout::time_first
                           ? Ints{1, 0, 2}
                           : (layout == Layout::last ? to_channels_last : to_channels_first)(rank);
    z.name = node("Transpose", {x.name}, {{"perm", order}});
  } else {
    z = in_layout(last(x), layout);
  }
  turned_[{x.name, layout}] = z;
  return z;
}

}}  // namespace detail::onnx

std::string format_onnx(const Module& net, const Shape& example, const OnnxOptions& options) {
  using namespace detail::onnx;
  const Shape input = with_batch(example, kBatch), output = net.output_shape(input);
  Exporter graph({options.input, options.output});
  const Value z = graph.last(graph.run(net, Value{options.input, input}));
  Model& model = graph.model();
  model.producer = "libnn";
  model.opset = kOpset;
  auto info = [](const std::string& name, const Shape& shape) {
    ValueInfo value{name, TensorProto::kFloat, Ints(shape.begin(), shape.end()), true};
    value.dims[0] = -1;
    return value;
  };
  graph.node("Identity", {z.name});
  model.nodes.back().outputs = {options.output};
  model.inputs = {info(options.input, input)};
  model.outputs = {info(options.output, output)};
  return serialize(model);
}

void write_onnx(const std::string& path, const Module& net, const Shape& example,
                const OnnxOptions& options) {
  write_file(path, format_onnx(net, example, options));
}

}}  // namespace nn::NN_PRECISION
