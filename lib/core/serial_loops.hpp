#pragma once

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// From now on parallel_for() on this thread uses no other, for a thread that works beside the one
/// that the threads are for. Private to lib/.
void run_loops_alone();

}}}  // namespace nn::NN_PRECISION::detail
