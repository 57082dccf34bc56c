#include "nn/ops/isa.hpp"

#include "kernels/kernels.hpp"

namespace nn { inline namespace NN_PRECISION {

const char* isa() { return kernels::active().name; }

}}  // namespace nn::NN_PRECISION
