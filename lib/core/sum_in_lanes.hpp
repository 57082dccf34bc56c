#pragma once

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// sum_i term(i) for i in [0, count), in double. Term i is added to lane i mod 8; the lanes are
/// added in pairs at the end. The order is fixed, and compilers can vectorise it. Private to lib/.
template <class Term>
double sum_in_lanes(Index count, Term term) {
  double lanes[8] = {};
  Index i = 0;
  for (; i + 8 <= count; i += 8)
    for (Index lane = 0; lane < 8; ++lane) lanes[lane] += term(i + lane);
  for (; i < count; ++i) lanes[i % 8] += term(i);
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

}}}  // namespace nn::NN_PRECISION::detail
