#pragma once

#include <memory>
#include <string>

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What a parameter does in its layer. Initialisers and update rules go by it.
enum class ParameterKind {
  weight,  // multiplies the input
  bias,    // is added
  gain,    // scales what was normalised
  slope,   // of PReLU, where the input is negative
  table    // rows that are looked up: Embedding
};

/// A trained tensor and the gradient of the loss with respect to it.
struct Parameter {
  std::string name;  // within its layer: "weight"
  ParameterKind kind;
  Tensor value;
  Tensor grad;            // value's shape; the sum since zero_grad(). See Module::adds_once()
  Index fan_in;           // inputs of each output unit: initialisers scale by both fans
  Index fan_out;          // outputs of each input unit
  bool frozen = false;    // whether training leaves the value alone: Module::freeze()
  double step_scale = 1;  // by which rules multiply the step size: Module::scale_steps()
};

/// Layers that share a parameter hold the same pointer.
using ParameterPtr = std::shared_ptr<Parameter>;

/// A parameter of zeros with a gradient of zeros. Without a name it is called as in PyTorch: "bias"
/// if it is one, else "weight".
ParameterPtr make_parameter(ParameterKind kind, const Shape& shape, Index fan_in, Index fan_out,
                            std::string name = "");

}}  // namespace nn::NN_PRECISION
