#pragma once

#include "nn/modules/recurrent.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Gated recurrent unit (Cho et al., 2014) by PyTorch's formulas. The sums a and u of a step, which
/// Recurrent describes with the shapes and parameters, have three thirds: (a_r, a_z, a_n).
///
///     r_t = sigmoid(a_r + u_r)        reset gate          h_t = (1 - z_t) n_t + z_t h_{t-1}
///     z_t = sigmoid(a_z + u_z)        update gate
///     n_t = tanh(a_n + r_t u_n)       new value           h_0 = 0
class GRU : public Recurrent {
 public:
  /// sequence: whether z has the states of all steps, or of the last one alone.
  GRU(Index in, Index hidden, bool sequence = true);
  std::string kind() const override { return "GRU"; }

 protected:
  void step_forward(const Step& s) const override;
  void step_backward(const Step& s, const StepDeltas& d) const override;
};

}}  // namespace nn::NN_PRECISION
