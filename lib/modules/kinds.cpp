#include "nn/modules/kinds.hpp"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <typeinfo>

#include "modules/contents.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/dropout.hpp"
#include "nn/modules/elu.hpp"
#include "nn/modules/embedding.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/gelu.hpp"
#include "nn/modules/global_avg_pool.hpp"
#include "nn/modules/gru.hpp"
#include "nn/modules/layer_norm.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/log_softmax.hpp"
#include "nn/modules/lstm.hpp"
#include "nn/modules/parallel.hpp"
#include "nn/modules/pooling.hpp"
#include "nn/modules/prelu.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/reshape.hpp"
#include "nn/modules/residual.hpp"
#include "nn/modules/rnn.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/silu.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/softplus.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/modules/two_directions.hpp"
#include "nn/modules/upsample.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using Made = std::unique_ptr<Module>;

template <class M>
Made make(const Options&, Parts&) {
  return std::make_unique<M>();
}

/// From one option: LeakyReLU's slope.
template <class M, class T, const char* name>
Made make_with(const Options& o, Parts&) {
  return std::make_unique<M>(o.get<T>(name));
}

template <class M>
Made make_pool1d(const Options& o, Parts&) {
  const Index k_size = o.get<Index>("k_size");
  return std::make_unique<M>(k_size, o.get<Index>("stride", k_size));
}

template <class M>
Made make_pool2d(const Options& o, Parts&) {
  const Size2 k_size = o.get<Size2>("k_size");
  return std::make_unique<M>(k_size, o.get<Size2>("stride", k_size),
                             o.get<Size2>("padding", Size2(0)));
}

Made make_linear(const Options& o, Parts&) {
  return std::make_unique<Linear>(o.get<Index>("in"), o.get<Index>("out"), o.get("bias", true));
}

/// Tied to a weight of its own at first.
Made make_tied_linear(const Options& o, Parts&) {
  return std::make_unique<TiedLinear>(Linear(o.get<Index>("out"), o.get<Index>("in"), false));
}

Made make_conv1d(const Options& o, Parts&) {
  return std::make_unique<Conv1D>(o.get<Index>("k_size"), o.get<Index>("chan_in"),
                                  o.get<Index>("chan_out"), o.get("stride", Index{1}),
                                  o.get("bias", true));
}

Made make_conv2d(const Options& o, Parts&) {
  return std::make_unique<Conv2D>(Conv2DOptions{.kernel = o.get<Size2>("kernel"),
                                                .chan_in = o.get<Index>("chan_in"),
                                                .chan_out = o.get<Index>("chan_out"),
                                                .stride = o.get("stride", Size2(1)),
                                                .padding = o.get("padding", Size2(0)),
                                                .bias = o.get("bias", true)});
}

Made make_batch_norm(const Options& o, Parts&) {
  const BatchNormOptions usual;
  return std::make_unique<BatchNorm>(
      o.get<Index>("features"),
      BatchNormOptions{o.get("epsilon", usual.epsilon), o.get("momentum", usual.momentum),
                       o.get("affine", usual.affine)});
}

Made make_layer_norm(const Options& o, Parts&) {
  const LayerNormOptions usual;
  return std::make_unique<LayerNorm>(
      o.get<Index>("features"),
      LayerNormOptions{o.get("epsilon", usual.epsilon), o.get("affine", usual.affine)});
}

/// LSTM, GRU, RNN.
template <class M>
Made make_recurrent(const Options& o, Parts&) {
  return std::make_unique<M>(o.get<Index>("in"), o.get<Index>("hidden"), o.get("sequence", true));
}

Made make_sequential(const Options&, Parts& parts) {
  auto net = std::make_unique<Sequential>();
  for (auto& [name, part] : parts) net->append(std::move(part));
  return net;
}

/// Part i, moved out.
Sequential network(Parts& parts, std::size_t i) {
  auto* net = i < parts.size() ? dynamic_cast<Sequential*>(parts[i].second.get()) : nullptr;
  if (!net) throw ArgumentError("expected part " + std::to_string(i) + " to be a Sequential");
  return std::move(*net);
}

/// A module of two networks, which are empty if there are no parts: AutoEncoder, TwoDirections.
template <class M>
Made make_pair_of(const Options&, Parts& parts) {
  if (parts.empty()) return std::make_unique<M>(Sequential(), Sequential());
  Sequential first = network(parts, 0);
  return std::make_unique<M>(std::move(first), network(parts, 1));
}

Made make_residual(const Options&, Parts& parts) {
  if (parts.empty()) return std::make_unique<Residual>(Sequential());
  return std::make_unique<Residual>(network(parts, 0));
}

/// Of two networks, which are empty, if there are no parts.
Made make_parallel(const Options& o, Parts& parts) {
  auto made = std::make_unique<Parallel>(o.get("add", false) ? Join::add : Join::concatenate);
  for (std::size_t i = 0; i < parts.size(); ++i) made->append(network(parts, i));
  if (parts.empty()) made->append(Sequential()).append(Sequential());
  return made;
}

Made make_embedding(const Options& o, Parts&) {
  return std::make_unique<Embedding>(o.get<Index>("count"), o.get<Index>("features"));
}

Made make_upsample(const Options& o, Parts&) {
  return std::make_unique<Upsample>(o.get<Index>("factor"), o.get("linear", false)
                                                                ? Interpolation::linear
                                                                : Interpolation::nearest);
}

Made make_gelu(const Options& o, Parts&) {
  return std::make_unique<GELU>(o.get("tanh", false) ? Approximate::tanh : Approximate::none);
}

Made make_prelu(const Options& o, Parts&) {
  return std::make_unique<PReLU>(o.get("parameters", Index{1}));
}

Made make_softplus(const Options& o, Parts&) {
  return std::make_unique<Softplus>(o.get("beta", 1.0), o.get("threshold", 20.0));
}

constexpr char kAlpha[] = "alpha", kP[] = "p", kSlope[] = "slope", kShape[] = "shape";

std::vector<ModuleKind> library_kinds() {
  const Option in("in", Index{4}), out("out", Index{3});
  const Options conv{{"k_size", Index{3}}, {"chan_in", Index{2}}, {"chan_out", Index{3}}};
  const Options conv2d{{"kernel", Size2(3, 2)}, {"chan_in", Index{2}}, {"chan_out", Index{3}}};
  const Options recurrent{in, {"hidden", Index{3}}};
  const Options window1d{{"k_size", Index{2}}}, window2d{{"k_size", Size2(2, 3)}};
  return {
      {"AutoEncoder", {}, {2, 4}, make_pair_of<AutoEncoder>},
      {"AvgPool1D", window1d, {2, 7, 3}, make_pool1d<AvgPool1D>},
      {"AvgPool2D", window2d, {2, 5, 6, 3}, make_pool2d<AvgPool2D>},
      {"BatchNorm", {{"features", Index{3}}}, {2, 4, 3}, make_batch_norm},
      {"Conv1D", conv, {2, 7, 2}, make_conv1d},
      {"Conv2D", conv2d, {2, 5, 4, 2}, make_conv2d},
      {"Dropout", {{"p", 0.4}}, {2, 3}, make_with<Dropout, double, kP>},
      {"ELU", {{"alpha", 0.5}}, {2, 3}, make_with<ELU, double, kAlpha>},
      {"Embedding", {{"count", Index{5}}, {"features", Index{3}}}, {2, 4}, make_embedding},
      {"Flatten", {}, {2, 3, 2}, make<Flatten>},
      {"GELU", {}, {2, 3}, make_gelu},
      {"GRU", recurrent, {2, 3, 4}, make_recurrent<GRU>},
      {"GlobalAvgPool", {}, {2, 3, 4, 2}, make<GlobalAvgPool>},
      {"LayerNorm", {{"features", Index{4}}}, {2, 3, 4}, make_layer_norm},
      {"LeakyReLU", {{"slope", 0.1}}, {2, 3}, make_with<LeakyReLU, double, kSlope>},
      {"Linear", {in, out}, {2, 4}, make_linear},
      {"LogSoftmax", {}, {2, 4}, make<LogSoftmax>},
      {"LSTM", recurrent, {2, 3, 4}, make_recurrent<LSTM>},
      {"MaxPool1D", window1d, {2, 7, 3}, make_pool1d<MaxPool1D>},
      {"MaxPool2D", window2d, {2, 5, 6, 3}, make_pool2d<MaxPool2D>},
      {"PReLU", {{"parameters", Index{3}}}, {2, 4, 3}, make_prelu},
      {"Parallel", {{"add", true}}, {2, 4}, make_parallel},
      {"RNN", recurrent, {2, 3, 4}, make_recurrent<RNN>},
      {"ReLU", {}, {2, 3}, make<ReLU>},
      {"Reshape", {{"shape", Shape{3, 2}}}, {2, 2, 3}, make_with<Reshape, Shape, kShape>},
      {"Residual", {}, {2, 4}, make_residual},
      {"Sequential", {}, {2, 4}, make_sequential},
      {"Sigmoid", {}, {2, 3}, make<Sigmoid>},
      {"SiLU", {}, {2, 3}, make<SiLU>},
      {"Softmax", {}, {2, 4}, make<Softmax>},
      {"Softplus", {{"beta", 0.5}}, {2, 3}, make_softplus},
      {"TanH", {}, {2, 3}, make<TanH>},
      {"TiedLinear", {in, out}, {2, 4}, make_tied_linear},
      {"TwoDirections", {}, {2, 4, 3}, make_pair_of<TwoDirections>},
      {"Upsample", {{"factor", Index{2}}}, {2, 3, 2, 2}, make_upsample},
  };
}

/// Held during fork(), so that the child finds it free.
std::mutex& mutex() {
  static std::mutex mutex;
  static const int registered =
      pthread_atfork([] { mutex.lock(); }, [] { mutex.unlock(); }, [] { mutex.unlock(); });
  (void)registered;
  return mutex;
}

/// Never destroyed: static objects may clone networks when they are.
std::vector<ModuleKind>& table() {
  static auto& kinds = *new std::vector<ModuleKind>(library_kinds());
  return kinds;
}

/// Collects a module's parts, each built anew.
struct PartsAnew final : Visitor {
  Parts parts;
  void parameter(ParameterPtr&) override {}
  void buffer(std::string_view, Tensor&) override {}
  void part(std::string_view name, Module& part) override;
};

Made build_like(Module& module) {
  PartsAnew anew;
  module.visit(anew);
  Made made = build_module(module.kind(), module.options(), std::move(anew.parts));
  const Module& copy = *made;
  if (typeid(copy) != typeid(module))
    throw ArgumentError(module.kind() + ": a class of its own needs a kind and a row of its own");
  return made;
}

/// Throws if there were options or parts that the module does not have.
void check_taken(Module& module, const Options& options, std::size_t parts) {
  const Options own = module.options();
  for (const Option& option : options) {
    auto named = [&](const Option& other) { return other.name == option.name; };
    if (std::none_of(own.begin(), own.end(), named))
      throw ArgumentError("there is no option " + option.name);
    if (std::count_if(options.begin(), options.end(), named) > 1)
      throw ArgumentError("option " + option.name + " is given twice");
  }
  struct Count final : Visitor {
    std::size_t parts = 0;
    void parameter(ParameterPtr&) override {}
    void buffer(std::string_view, Tensor&) override {}
    void part(std::string_view, Module&) override { ++parts; }
  } count;
  module.visit(count);
  if (parts > count.parts)
    throw ArgumentError(std::to_string(parts) + " parts for " + std::to_string(count.parts));
}

void PartsAnew::part(std::string_view name, Module& part) {
  parts.emplace_back(name, build_like(part));
}

}  // namespace

std::vector<ModuleKind> module_kinds() {
  const std::lock_guard lock(mutex());
  return table();
}

void register_module(const ModuleKind& kind) {
  if (!kind.build) throw ArgumentError("register_module: no build function for " + kind.name);
  const std::lock_guard lock(mutex());
  for (const ModuleKind& other : table())
    if (other.name == kind.name)
      throw ArgumentError("register_module: there is a row for " + kind.name + " already");
  table().push_back(kind);
}

Made build_module(const std::string& kind, const Options& options, Parts parts) {
  const std::vector<ModuleKind> kinds = module_kinds();
  const auto row = std::find_if(kinds.begin(), kinds.end(),
                                [&](const ModuleKind& other) { return other.name == kind; });
  if (row == kinds.end())
    throw ArgumentError(kind + ": no such kind of module; nn::register_module() adds one");
  try {
    const std::size_t count = parts.size();
    Made module = row->build(options, parts);
    if (!module) throw ArgumentError("its row in the table of kinds builds nothing");
    check_taken(*module, options, count);
    return module;
  } catch (const ArgumentError& error) {
    throw ArgumentError(kind + ": " + error.what());
  }
}

Made Module::clone() const {
  check_usable();
  const detail::Contents ours(*this);
  Made copy = build_like(const_cast<Module&>(*this));
  const detail::Contents theirs(*copy);
  if (theirs.slots().size() != ours.slots().size() ||
      theirs.buffers().size() != ours.buffers().size() ||
      theirs.modules().size() != ours.modules().size())
    throw ArgumentError(describe() + ": its row in the table of kinds builds another module");
  std::map<ParameterPtr, ParameterPtr> copies;  // shared there if shared here
  for (std::size_t i = 0; i < ours.slots().size(); ++i) {
    const ParameterPtr& from = *ours.slots()[i].parameter;
    ParameterPtr& to = copies[from];
    if (!to) {
      to = std::make_shared<Parameter>(*from);
      to->value = from->value.clone();
      to->grad = from->grad.clone();
    }
    *theirs.slots()[i].parameter = to;
  }
  for (std::size_t i = 0; i < ours.buffers().size(); ++i)
    *theirs.buffers()[i] = ours.buffers()[i]->clone();
  for (std::size_t i = 0; i < ours.modules().size(); ++i)
    theirs.modules()[i]->is_training_ = ours.modules()[i]->is_training();
  return copy;
}

}}  // namespace nn::NN_PRECISION
