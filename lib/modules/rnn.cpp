#include "nn/modules/rnn.hpp"

#include "kernels/kernels.hpp"
#include "nn/modules/init.hpp"

namespace nn { inline namespace NN_PRECISION {

RNN::RNN(Index in, Index hidden, bool sequence)
    : Recurrent("RNN", in, hidden, sequence, {.gates = 1, .have_c = false, .keep_u = false}) {
  initialize_by_default(*this, {in, hidden});
}

void RNN::step_forward(const Step& s) const {
  multiply_h(s.rows, s.h_before, 1, s.a);  // a + u
  kernels::active().tanh(s.rows * hidden(), s.a, s.h);
}

void RNN::step_backward(const Step& s, const StepDeltas& d) const {
  kernels::active().tanh_backward(s.rows * hidden(), d.dh, s.h, d.da);
}

}}  // namespace nn::NN_PRECISION
