#pragma once

#include <vector>

#include "nn/data/dataset.hpp"

namespace apps {

/// The weights w and, last, the intercept b that minimise the mean of (x w + b - y)^2 over the rows
/// of x (n, d), y (n, 1), from the normal equations, centred and in double.
std::vector<double> least_squares(const nn::Dataset& data);

/// The largest and smallest eigenvalue of the Hessian of that mean, 2/n sum of (x, 1)(x, 1)^T, for
/// x (n, 1). Gradient descent converges below a step of 2 / largest, fastest at 2 /
/// (largest + smallest), where the error shrinks by (largest - smallest) / (largest + smallest).
struct Curvature {
  double smallest, largest;
  double best_step() const { return 2 / (largest + smallest); }
};
Curvature curvature(const nn::Dataset& data);

}  // namespace apps
