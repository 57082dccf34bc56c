#pragma once

#include <vector>

#include "nn/modules/parameter.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Limits of gradients, 0 for none. Values are clipped before the norm is taken.
struct Clipping {
  double value = 0;  // of each number: g becomes min(max(g, -value), value)
  double norm = 0;   // of all gradients as one vector, which is scaled down to it

  /// Whether there is a limit.
  bool is_on() const { return value > 0 || norm > 0; }
};

/// ArgumentError unless both limits are finite and >= 0, as Scalars too.
void check_clipping(const Clipping& clipping);

/// Clips the gradients of all but frozen parameters, as PyTorch's clip_grad_value_ and
/// clip_grad_norm_ do: g *= norm / (|g| + 1e-6) if that factor is below 1. Returns |g|, the
/// Euclidean norm before it is limited, added up in double, parameter after parameter. If it is not
/// finite, nothing is scaled.
double clip_gradients(const std::vector<ParameterPtr>& parameters, const Clipping& clipping);

}}  // namespace nn::NN_PRECISION
