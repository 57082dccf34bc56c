#pragma once

#include "nn/modules/recurrent.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Gated recurrent unit (Cho et al., 2014) by PyTorch's formulas. The three gates r, z, n lie side
/// by side in the sums a_t and u_t of Recurrent, where shapes and parameters are described:
///
///     r_t = sigmoid(a_t + u_t)        reset gate          h_t = (1 - z_t) n_t + z_t h_{t-1}
///     z_t = sigmoid(a_t + u_t)        update gate
///     n_t = tanh(a_t + r_t u_t)       new value           h_0 = 0
class GRU : public Recurrent {
 public:
  GRU(Index in, Index hidden, bool sequence = true);
  std::string kind() const override { return "GRU"; }

 protected:
  void step_forward(const Step& s) const override;
  void step_backward(const Step& s, const StepDeltas& d) const override;
};

}}  // namespace nn::NN_PRECISION
