#pragma once

#include "nn/modules/recurrent.hpp"

namespace nn { inline namespace NN_PRECISION {

/// The plain recurrent network (Elman, 1990) by PyTorch's formula: h_t = tanh(a_t + u_t), h_0 = 0.
/// Recurrent describes the sums a_t and u_t, the shapes and the parameters.
class RNN : public Recurrent {
 public:
  /// sequence: whether z has the states of all steps, or of the last one alone.
  RNN(Index in, Index hidden, bool sequence = true);
  std::string kind() const override { return "RNN"; }

 protected:
  void step_forward(const Step& s) const override;
  void step_backward(const Step& s, const StepDeltas& d) const override;
};

}}  // namespace nn::NN_PRECISION
