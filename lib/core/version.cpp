#include "nn/core/version.hpp"

namespace nn { inline namespace NN_PRECISION {

const char* version() { return NN_VERSION; }

}}  // namespace nn::NN_PRECISION
