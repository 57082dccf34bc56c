#include "nn/ops/isa.hpp"

#include "kernels/kernels.hpp"

namespace nn::inline NN_PRECISION {

const char* isa() { return kernels::active().name; }

}  // namespace nn::inline NN_PRECISION
