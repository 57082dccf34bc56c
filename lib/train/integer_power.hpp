#pragma once

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// base^exponent for an exponent >= 0, by squaring: products only, the same bits everywhere.
inline double integer_power(double base, Index exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2, base *= base)
    result *= exponent % 2 != 0 ? base : 1;  // a branch would often be foreseen wrongly
  return result;
}

}}}  // namespace nn::NN_PRECISION::detail
