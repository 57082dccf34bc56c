#include "modules/library_kinds.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/conv_transpose2d.hpp"
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

Made make_reshape(const Options& o, Parts&) {
  return std::make_unique<Reshape>(o.get<Shape>("shape"));
}

Made make_dropout(const Options& o, Parts&) { return std::make_unique<Dropout>(o.get("p", 0.5)); }

Made make_elu(const Options& o, Parts&) { return std::make_unique<ELU>(o.get("alpha", 1.0)); }

Made make_leaky_relu(const Options& o, Parts&) {
  return std::make_unique<LeakyReLU>(o.get("slope", 0.01));
}

template <class M>
Made make_pool1d(const Options& o, Parts&) {
  const Index k_size = o.get<Index>("k_size");
  return std::make_unique<M>(k_size, o.get<Index>("stride", k_size), o.get("ceil_mode", false));
}

template <class M>
Made make_pool2d(const Options& o, Parts&) {
  const Size2 k_size = o.get<Size2>("k_size");
  return std::make_unique<M>(k_size, o.get<Size2>("stride", k_size), o.get("padding", Size2(0)),
                             o.get("ceil_mode", false));
}

Made make_linear(const Options& o, Parts&) {
  return std::make_unique<Linear>(o.get<Index>("in"), o.get<Index>("out"), o.get("bias", true));
}

/// Tied to a weight of its own at first.
Made make_tied_linear(const Options& o, Parts&) {
  return std::make_unique<TiedLinear>(Linear(o.get<Index>("out"), o.get<Index>("in"), false));
}

Made make_conv1d(const Options& o, Parts&) {
  return std::make_unique<Conv1D>(Conv1DOptions{.k_size = o.get<Index>("k_size"),
                                                .chan_in = o.get<Index>("chan_in"),
                                                .chan_out = o.get<Index>("chan_out"),
                                                .stride = o.get("stride", Index{1}),
                                                .padding = o.get("padding", Index{0}),
                                                .dilation = o.get("dilation", Index{1}),
                                                .groups = o.get("groups", Index{1}),
                                                .bias = o.get("bias", true)});
}

Made make_conv2d(const Options& o, Parts&) {
  return std::make_unique<Conv2D>(Conv2DOptions{.kernel = o.get<Size2>("kernel"),
                                                .chan_in = o.get<Index>("chan_in"),
                                                .chan_out = o.get<Index>("chan_out"),
                                                .stride = o.get("stride", Size2(1)),
                                                .padding = o.get("padding", Size2(0)),
                                                .dilation = o.get("dilation", Size2(1)),
                                                .groups = o.get("groups", Index{1}),
                                                .bias = o.get("bias", true)});
}

Made make_conv_transpose2d(const Options& o, Parts&) {
  return std::make_unique<ConvTranspose2D>(
      ConvTranspose2DOptions{.kernel = o.get<Size2>("kernel"),
                             .chan_in = o.get<Index>("chan_in"),
                             .chan_out = o.get<Index>("chan_out"),
                             .stride = o.get("stride", Size2(1)),
                             .padding = o.get("padding", Size2(0)),
                             .output_padding = o.get("output_padding", Size2(0)),
                             .dilation = o.get("dilation", Size2(1)),
                             .groups = o.get("groups", Index{1}),
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

}  // namespace

std::vector<ModuleKind> detail::library_kinds() {
  const Option in("in", Index{4}), out("out", Index{3});
  const Options conv{{"k_size", Index{3}}, {"chan_in", Index{2}}, {"chan_out", Index{3}}};
  const Options conv2d{{"kernel", Size2(3, 2)}, {"chan_in", Index{2}}, {"chan_out", Index{3}}};
  const Options recurrent{in, {"hidden", Index{3}}};
  const Options window1d{{"k_size", Index{2}}}, window2d{{"k_size", Size2(2, 3)}};
  return {
      {"AutoEncoder", {}, {2, 4}, make_pair_of<AutoEncoder>},
      {"AvgPool1D", window1d, {2, 7, 3}, make_pool1d<AvgPool1D>},
      {"AvgPool2D", window2d, {2, 5, 6, 3}, make_pool2d<AvgPool2D>},
      {"BatchNorm", {{"features", Index{3}}}, {2, 4, 3}, make_batch_norm, "features"},
      {"Conv1D", conv, {2, 7, 2}, make_conv1d, "chan_in"},
      {"Conv2D", conv2d, {2, 5, 4, 2}, make_conv2d, "chan_in"},
      {"ConvTranspose2D", conv2d, {2, 3, 4, 2}, make_conv_transpose2d, "chan_in"},
      {"Dropout", {{"p", 0.4}}, {2, 3}, make_dropout},
      {"ELU", {{"alpha", 0.5}}, {2, 3}, make_elu},
      {"Embedding", {{"count", Index{5}}, {"features", Index{3}}}, {2, 4}, make_embedding},
      {"Flatten", {}, {2, 3, 2}, make<Flatten>},
      {"GELU", {}, {2, 3}, make_gelu},
      {"GRU", recurrent, {2, 3, 4}, make_recurrent<GRU>, "in"},
      {"GlobalAvgPool", {}, {2, 3, 4, 2}, make<GlobalAvgPool>},
      {"LayerNorm", {{"features", Index{4}}}, {2, 3, 4}, make_layer_norm, "features"},
      {"LeakyReLU", {{"slope", 0.1}}, {2, 3}, make_leaky_relu},
      {"Linear", {in, out}, {2, 4}, make_linear, "in"},
      {"LogSoftmax", {}, {2, 4}, make<LogSoftmax>},
      {"LSTM", recurrent, {2, 3, 4}, make_recurrent<LSTM>, "in"},
      {"MaxPool1D", window1d, {2, 7, 3}, make_pool1d<MaxPool1D>},
      {"MaxPool2D", window2d, {2, 5, 6, 3}, make_pool2d<MaxPool2D>},
      {"PReLU", {{"parameters", Index{3}}}, {2, 4, 3}, make_prelu},
      {"Parallel", {{"add", true}}, {2, 4}, make_parallel},
      {"RNN", recurrent, {2, 3, 4}, make_recurrent<RNN>, "in"},
      {"ReLU", {}, {2, 3}, make<ReLU>},
      {"Reshape", {{"shape", Shape{3, 2}}}, {2, 2, 3}, make_reshape},
      {"Residual", {}, {2, 4}, make_residual},
      {"Sequential", {}, {2, 4}, make_sequential},
      {"Sigmoid", {}, {2, 3}, make<Sigmoid>},
      {"SiLU", {}, {2, 3}, make<SiLU>},
      {"Softmax", {}, {2, 4}, make<Softmax>},
      {"Softplus", {{"beta", 0.5}}, {2, 3}, make_softplus},
      {"TanH", {}, {2, 3}, make<TanH>},
      {"TiedLinear", {in, out}, {2, 4}, make_tied_linear, "in"},
      {"TwoDirections", {}, {2, 4, 3}, make_pair_of<TwoDirections>},
      {"Upsample", {{"factor", Index{2}}}, {2, 3, 2, 2}, make_upsample},
  };
}

}}  // namespace nn::NN_PRECISION
