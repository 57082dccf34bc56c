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
/// lr factor^iteration: PyTorch's ExponentialLR, by iterations.
Schedule exponential(double lr, double factor);
/// Linear from lr / warm_up to lr over the first `warm_up` iterations (0: none), then half a cosine
/// from lr down to `last` at iteration `total`, and `last` from there on (Loshchilov and Hutter,
/// SGDR, ICLR 2017, eq. 5). ArgumentError unless 0 <= warm_up < total.
Schedule cosine(double lr, Index total, Index warm_up = 0, double last = 0);

/// Of one_cycle().
struct OneCycleOptions {
  double pct_start = 0.3;         // the share of the iterations that rise
  double div_factor = 25;         // the first step size is max_lr / div_factor
  double final_div_factor = 1e4;  // the last one is the first / final_div_factor
};

/// Half a cosine up to max_lr, which iteration pct_start total - 1 has, and half a cosine down to
/// the last of `total` iterations; the last step size from there on. PyTorch's OneCycleLR (Smith
/// and Topin, arXiv:1708.07120). ArgumentError unless total >= 1, pct_start lies in [0, 1] and the
/// factors are above 0.
Schedule one_cycle(double max_lr, Index total, const OneCycleOptions& options = {});

}}  // namespace nn::NN_PRECISION
