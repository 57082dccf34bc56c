#pragma once

#include "nn/modules/recurrent.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Long short-term memory (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers,
/// Schmidhuber and Cummins, 2000) by PyTorch's formulas. The sums a and u of a step, which
/// Recurrent describes with the shapes and parameters, have four quarters: (a_i, a_f, a_g, a_o).
///
///     i_t = sigmoid(a_i + u_i)        input gate          c_t = f_t c_{t-1} + i_t g_t
///     f_t = sigmoid(a_f + u_f)        forget gate         h_t = o_t tanh(c_t)
///     g_t = tanh(a_g + u_g)           new value
///     o_t = sigmoid(a_o + u_o)        output gate         h_0 = c_0 = 0
class LSTM : public Recurrent {
 public:
  /// sequence: whether z has the states of all steps, or of the last one alone.
  LSTM(Index in, Index hidden, bool sequence = true);
  std::string kind() const override { return "LSTM"; }

 protected:
  void step_forward(const Step& s) const override;
  void step_backward(const Step& s, const StepDeltas& d) const override;
};

}}  // namespace nn::NN_PRECISION
