// Takes the place of the library's own: ranks of two versions must not work together.

#include "nn/core/version.hpp"

namespace nn { inline namespace NN_PRECISION {

const char* version() { return "0.0.1"; }

}}  // namespace nn::NN_PRECISION
