#pragma once

#include "nn/modules/recurrent.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Long short-term memory (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers,
/// Schmidhuber and Cummins, 2000) by PyTorch's formulas. The four gates i, f, g, o lie side by side
/// in the sums a_t and u_t of Recurrent, where shapes and parameters are described:
///
///     i_t = sigmoid(a_t + u_t)        input gate          c_t = f_t c_{t-1} + i_t g_t
///     f_t = sigmoid(a_t + u_t)        forget gate         h_t = o_t tanh(c_t)
///     g_t = tanh(a_t + u_t)           new value
///     o_t = sigmoid(a_t + u_t)        output gate         h_0 = c_0 = 0
class LSTM : public Recurrent {
 public:
  LSTM(Index in, Index hidden, bool sequence = true);
  std::string kind() const override { return "LSTM"; }

 protected:
  void step_forward(const Step& s) const override;
  void step_backward(const Step& s, const StepDeltas& d) const override;
};

}}  // namespace nn::NN_PRECISION
