#pragma once

#include <functional>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION {

/// The step size of each iteration, counted from 0 over all epochs. Those below throw ArgumentError
/// for a negative iteration if they depend on it.
using Schedule = std::function<double(Index iteration)>;

/// lr throughout.
Schedule constant(double lr);
/// lr factor^k, k = floor(iteration / every): PyTorch's StepLR, by iterations. ArgumentError unless
/// every >= 1.
Schedule step_wise(double lr, Index every, double factor = 0.1);
/// Linear from lr / warm_up to lr over the first `warm_up` iterations (0: none), then half a cosine
/// from lr down to `last` at iteration `total`, and `last` from there on (Loshchilov and Hutter,
/// SGDR, ICLR 2017, eq. 5). ArgumentError unless 0 <= warm_up < total.
Schedule cosine(double lr, Index total, Index warm_up = 0, double last = 0);

}}  // namespace nn::NN_PRECISION
