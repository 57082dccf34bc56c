#pragma once

#include <limits>
#include <vector>

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Keeps a copy of a network's parameters and buffers from when its loss was lowest. The network
/// must outlive it. Use it in one thread at a time.
class BestParameters {
 public:
  explicit BestParameters(Module& net) : net_(net) {}

  /// Copies the parameters if the loss is lower than any before; NaN never is. Says whether it did.
  bool offer(double loss);
  /// Puts the best parameters back; without any, leaves the network as it is. ArgumentError if the
  /// network has others by now.
  void restore() const;
  /// The lowest loss so far, infinity before the first.
  double loss() const { return loss_; }

  /// The copies, in the order of parameters() and then of named_buffers(); none before the first.
  const std::vector<Tensor>& values() const { return values_; }
  /// Goes on from what another object has kept of the same network. ArgumentError for other shapes.
  void resume(double loss, std::vector<Tensor> values);

 private:
  std::vector<Tensor> state() const;
  static bool same_shapes(const std::vector<Tensor>& a, const std::vector<Tensor>& b);

  Module& net_;
  double loss_ = std::numeric_limits<double>::infinity();
  std::vector<ParameterPtr> parameters_;  // when the loss was lowest,
  std::vector<Tensor> values_;            // and copies of their values and of the buffers
};

}}  // namespace nn::NN_PRECISION
