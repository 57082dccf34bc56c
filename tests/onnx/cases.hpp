#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/core/rng.hpp"
#include "nn/modules/init.hpp"
#include "support/factories.hpp"

/// The networks that are written as ONNX files: those of the property tests, and some of layers
/// that meet in other ways.
namespace nn::test {

inline std::unique_ptr<Module> make_signal_net() {
  return std::make_unique<Sequential>(Reshape({16, 2}), Conv1D(3, 2, 4), BatchNorm(4), SiLU(),
                                      AvgPool1D(2), PReLU(4), Softplus(2), Flatten(), Linear(28, 5),
                                      BatchNorm(5), LogSoftmax());
}
/// Flattened channels that meet a layer that is no Linear, or nothing.
inline std::unique_ptr<Module> make_flat_channels() {
  return std::make_unique<Sequential>(Conv2D(2, 1, 3), Flatten(), GELU(), BatchNorm(12), PReLU(12));
}
inline std::unique_ptr<Module> make_res_net() {
  auto block = [] {
    return Residual(Conv2D(3, 4, 4, 1, 1), BatchNorm(4), ReLU(), Conv2D(3, 4, 4, 1, 1),
                    BatchNorm(4));
  };
  return std::make_unique<Sequential>(
      Conv2D(3, 2, 4, 1, 1), block(), ReLU(), block(), ReLU(), MaxPool2D(2),
      Parallel(Join::concatenate, Conv2D(1, 4, 2), Sequential(), Conv2D(3, 4, 3, 1, 1)), Softmax(),
      GlobalAvgPool(), Linear(9, 3));
}
inline std::unique_ptr<Module> make_decoder() {
  return std::make_unique<Sequential>(Linear(5, 12), ReLU(), Reshape({2, 2, 3}),
                                      ConvTranspose2D(2, 3, 2, 2), ELU(), Upsample(2),
                                      Conv2D(3, 2, 1, 1, 1), Sigmoid());
}
inline std::unique_ptr<Module> make_text_net() {
  return std::make_unique<Sequential>(Embedding(5, 3), LSTM(3, 4), TanH(), GRU(4, 6), LayerNorm(6),
                                      Residual(RNN(6, 6)), LSTM(6, 2, false), Linear(2, 2));
}
inline std::unique_ptr<Module> make_mean_of_states() {
  return std::make_unique<Sequential>(GRU(2, 3), GlobalAvgPool());
}
inline std::unique_ptr<Module> make_flat_states() {
  return std::make_unique<Sequential>(Conv1D(2, 2, 3), GRU(3, 3), Flatten(), Linear(12, 2));
}
inline std::unique_ptr<Module> make_branches() {
  Linear encoder(4, 4);
  TiedLinear decoder(encoder);
  return std::make_unique<Sequential>(
      Parallel(Join::add, Sequential(), Residual(std::move(encoder), TanH()), Linear(4, 4)),
      std::move(decoder), Residual(Sequential()), Parallel(Join::add, Linear(4, 2)), Dropout());
}
/// Channels of two networks, flattened side by side.
inline std::unique_ptr<Module> make_flat_branches() {
  return std::make_unique<Sequential>(
      Parallel(Join::concatenate, Sequential(Conv2D(2, 2, 3), Flatten()),
               Sequential(MaxPool2D(2, 1), Flatten()), Sequential(Flatten(), Linear(18, 2))),
      ReLU(), Linear(22, 3));
}
inline std::unique_ptr<Module> make_nothing() { return std::make_unique<Sequential>(); }

inline std::vector<ModuleCase> onnx_cases() {
  std::vector<ModuleCase> cases = module_cases();
  for (const ModuleCase& composed : std::initializer_list<ModuleCase>{
           {"SignalNet", make_signal_net, {32}},
           {"FlatChannels", make_flat_channels, {3, 3, 1}},
           {"ResNet", make_res_net, {6, 6, 2}},
           {"Decoder", make_decoder, {5}},
           {"TextNet", make_text_net, {6}, true},
           {"MeanOfStates", make_mean_of_states, {5, 2}},
           {"FlatStates", make_flat_states, {5, 2}},
           {"Branches", make_branches, {4}},
           {"FlatBranches", make_flat_branches, {3, 3, 2}},
           {"Nothing", make_nothing, {3, 2}},
           {"GlobalAvgPoolVolume", made<GlobalAvgPool>(), {2, 3, 2, 2}},
           {"EmbeddingOfOne", made<Embedding>(5, 3), {}, true}})
    cases.push_back(composed);
  return cases;
}

/// The network with weights and running statistics that were drawn.
inline std::unique_ptr<Module> drawn(const ModuleCase& tested) {
  std::unique_ptr<Module> net = tested.make();
  Rng rng(7);
  initialize(*net, rng, Init::uniform(-0.6, 0.6));
  for (auto& [name, buffer] : net->named_buffers())
    for (Index i = 0; i < buffer.numel(); ++i)
      buffer.data()[i] = static_cast<Scalar>(0.5 + 0.1 * static_cast<double>(i % 7));
  for (const ParameterPtr& p : net->parameters())
    if (p->kind == ParameterKind::gain || p->kind == ParameterKind::slope)
      for (Index i = 0; i < p->value.numel(); ++i)
        p->value.data()[i] = static_cast<Scalar>(0.3 + 0.2 * static_cast<double>(i % 5));
  return net;
}

}  // namespace nn::test
