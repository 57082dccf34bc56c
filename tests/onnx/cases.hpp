#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/core/rng.hpp"
#include "nn/modules/dropout.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/parallel.hpp"
#include "nn/modules/residual.hpp"
#include "support/module_cases.hpp"

/// The networks that are written as ONNX files: those of the property tests, and some of layers
/// that meet in other ways.
namespace nn::test {

inline const NetworkText kResNet{
    "ResNet",
    "Conv2D(3, 4, padding=1) "
    "Residual(Conv2D(3, 4, padding=1) BatchNorm ReLU Conv2D(3, 4, padding=1) BatchNorm) ReLU "
    "Residual(Conv2D(3, 4, padding=1) BatchNorm ReLU Conv2D(3, 4, padding=1) BatchNorm) ReLU "
    "MaxPool2D(2) Parallel(Conv2D(1, 2), Sequential, Conv2D(3, 3, padding=1)) Softmax "
    "GlobalAvgPool Linear(3)",
    {6, 6, 2}};
inline const NetworkText kTextNet{"TextNet",
                                  "Embedding(5, 3) LSTM(4) TanH GRU(6) LayerNorm Residual(RNN(6)) "
                                  "LSTM(2, sequence=false) Linear(2)",
                                  {6}};

inline std::vector<NetworkText> composed_texts() {
  return {
      kResNet,
      kTextNet,
      {"SignalNet",
       "Reshape([16, 2]) Conv1D(3, 4) BatchNorm SiLU AvgPool1D(2) PReLU(4) Softplus(2) Flatten "
       "Linear(5) BatchNorm LogSoftmax",
       {32}},
      // Flattened channels that meet a layer that is no Linear, or nothing.
      {"FlatChannels", "Conv2D(2, 3) Flatten GELU BatchNorm PReLU(12)", {3, 3, 1}},
      {"Decoder",
       "Linear(12) ReLU Reshape([2, 2, 3]) ConvTranspose2D(2, 3, stride=2) ELU Upsample(2) "
       "Conv2D(3, 1, padding=1) Sigmoid",
       {5}},
      {"MeanOfStates", "GRU(3) GlobalAvgPool", {5, 2}},
      {"FlatStates", "Conv1D(2, 3) GRU(3) Flatten Linear(2)", {5, 2}},
      // Channels of two networks, flattened side by side.
      {"FlatBranches",
       "Parallel(Conv2D(2, 3) Flatten, MaxPool2D(2, stride=1) Flatten, Flatten Linear(2)) ReLU "
       "Linear(3)",
       {3, 3, 2}},
      {"Nothing", "", {3, 2}},
      {"GlobalAvgPoolVolume", "GlobalAvgPool", {2, 3, 2, 2}},
      {"EmbeddingOfOne", "Embedding(5, 3)", {}},
  };
}

/// With a tied weight.
inline std::unique_ptr<Module> make_branches() {
  Linear encoder(4, 4);
  TiedLinear decoder(encoder);
  return std::make_unique<Sequential>(
      Parallel(Join::add, Sequential(), Residual(std::move(encoder), TanH()), Linear(4, 4)),
      std::move(decoder), Residual(Sequential()), Parallel(Join::add, Linear(4, 2)), Dropout());
}

inline std::vector<ModuleCase> onnx_cases() {
  std::vector<ModuleCase> cases = module_cases();
  for (const ModuleCase& composed : cases_of(composed_texts())) cases.push_back(composed);
  cases.push_back({"Branches", make_branches, {4}});
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
