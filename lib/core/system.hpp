#pragma once

#include "nn/core/scalar.hpp"

/// What each system does about processes in a way of its own. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The number of CPUs that this process may run on; 0 if nothing tells.
int cpus_of_process();

/// Has each of them that is not null called at every fork(). Does nothing on a system without it.
void at_fork(void (*before)(), void (*in_parent)(), void (*in_child)());

}}}  // namespace nn::NN_PRECISION::detail
