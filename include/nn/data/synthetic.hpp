#pragma once

#include "nn/core/rng.hpp"
#include "nn/data/dataset.hpp"

/// Data made by a formula. It depends on the options and on the numbers drawn from the Rng alone: a
/// seed gives the same data with every compiler. ArgumentError for less than one sample, or a
/// negative variance or jitter; RangeError or ShapeError for more samples than memory can hold.
namespace nn { inline namespace NN_PRECISION {

/// Of linear_data().
struct LinearDataOptions {
  Index samples = 100;
  double slope = 8, intercept = 2;
};

/// y = slope x + intercept + noise.  x: (n, 1), uniform in [0, 2), all drawn first; y: (n, 1), the
/// noise standard normal. Computed in double, then rounded to Scalar. With Rng(0) these are the
/// bits that NumPy gives for
///
///     np.random.seed(0)
///     x = 2 * np.random.rand(n, 1)
///     y = slope * x + intercept + np.random.randn(n, 1)
Dataset linear_data(const LinearDataOptions& options, Rng& rng);

/// What the two classes are called in y.
enum class BinaryLabels { zero_one, minus_plus };

// Two classes of points in the plane, x: (n, 2), y: (n, 1). After the labels are set, jitter is
// added to each coordinate, normal with mean 0 and deviation epsilon: with epsilon > 0 even the
// true rule makes errors. Then the samples are shuffled.

/// Of two_clusters() and four_clouds().
struct CloudOptions {
  Index samples = 1000;
  double sigma = 0.1;     // the variance of each coordinate: its standard deviation is sqrt(sigma)
  double epsilon = 0.02;  // the standard deviation of the jitter
  BinaryLabels labels = BinaryLabels::zero_one;
};

/// N((1, 1), sigma I), label 1, and N((-1, -1), sigma I), label 0 (or -1): linearly separable for
/// sigma = 0.1. Half of the samples are of each class; an odd one is of label 1.
Dataset two_clusters(const CloudOptions& options, Rng& rng);

/// Centres (1, 1) and (-1, -1), label 1, and (-1, 1) and (1, -1), label 0 (or -1): an exclusive or.
/// Each centre has a quarter of the samples.
Dataset four_clouds(const CloudOptions& options, Rng& rng);

/// Of checkerboard().
struct CheckerboardOptions {
  Index samples = 1000;
  int cells = 4;          // along each side, each of side 1: points in [-cells/2, cells/2]^2; even
  double epsilon = 0.02;  // the standard deviation of the jitter
  BinaryLabels labels = BinaryLabels::zero_one;
};

/// Points uniform in a square, labelled by checkerboard_label. cells = 4 is the board on [-2, 2]^2,
/// cells = 8 that on [-4, 4]^2. ArgumentError unless cells is even and positive.
Dataset checkerboard(const CheckerboardOptions& options, Rng& rng);

/// The true rule: 1 where ceil(x) + ceil(y) is odd, else 0. Without `cells` the board is infinite.
/// With it, a point that the jitter has moved off the board belongs to the nearest cell.
double checkerboard_label(double x, double y);
double checkerboard_label(double x, double y, int cells);

}}  // namespace nn::NN_PRECISION
