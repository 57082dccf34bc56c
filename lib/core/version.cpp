#include "nn/core/version.hpp"

namespace nn::inline NN_PRECISION {

const char* version() { return NN_VERSION; }

}  // namespace nn::inline NN_PRECISION
