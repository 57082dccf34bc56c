#pragma once

#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"

namespace nn::test {

/// A small network, from (n, 3) to (n, 2).
inline Sequential mlp() { return Sequential{Linear(3, 4), TanH(), Linear(4, 2)}; }

}  // namespace nn::test
