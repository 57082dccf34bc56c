#pragma once

#include "nn/train/metrics.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// evaluate() where the outputs are there already. Private to lib/.
double mean_cost(const Loss& loss, const Dataset& data, const Tensor& yhat);

}}}  // namespace nn::NN_PRECISION::detail
