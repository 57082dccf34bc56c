#include "nn/modules/lstm.hpp"

#include "kernels/kernels.hpp"
#include "nn/modules/init.hpp"

namespace nn { inline namespace NN_PRECISION {

LSTM::LSTM(Index in, Index hidden, bool sequence)
    : Recurrent("LSTM", in, hidden, sequence, {.gates = 4, .have_c = true, .keep_u = false}) {
  initialize_by_default(*this, {in, hidden});
}

void LSTM::step_forward(const Step& s) const {
  multiply_h(s.rows, s.h_before, 1, s.a);  // a + u
  kernels::active().lstm(s.rows, hidden(), s.a, s.c_before, s.c, s.h);
}

void LSTM::step_backward(const Step& s, const StepDeltas& d) const {
  kernels::active().lstm_backward(s.rows, hidden(), s.a, s.c_before, s.c, d.dh, d.dc, d.da);
}

}}  // namespace nn::NN_PRECISION
