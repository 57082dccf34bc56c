#include "nn/ops/isa.hpp"

#include "kernels/kernels.hpp"

namespace nn::inline NN_PRECISION {

const char* isa() { return kernels::isa(); }

}  // namespace nn::inline NN_PRECISION
