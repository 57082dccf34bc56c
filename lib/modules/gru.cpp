#include "nn/modules/gru.hpp"

#include "kernels/kernels.hpp"
#include "nn/modules/init.hpp"

namespace nn { inline namespace NN_PRECISION {

GRU::GRU(Index in, Index hidden, bool sequence)
    : Recurrent("GRU", in, hidden, sequence, {.gates = 3, .have_c = false, .keep_u = true}) {
  initialize_by_default(*this, {in, hidden});
}

void GRU::step_forward(const Step& s) const {
  multiply_h(s.rows, s.h_before, 0, s.u);
  kernels::active().gru(s.rows, hidden(), s.a, s.u, s.h_before, s.h);
}

void GRU::step_backward(const Step& s, const StepDeltas& d) const {
  kernels::active().gru_backward(s.rows, hidden(), s.a, s.u, s.h_before, d.dh, d.da, d.du,
                                 d.dh_before);
}

}}  // namespace nn::NN_PRECISION
