#pragma once

#include "nn/core/rng.hpp"
#include "nn/data/dataset.hpp"

/// Data made by a formula. Each generator draws from the Rng it is given and nothing else, so a
/// seed gives the same data with every compiler; options name what else it depends on.
/// ArgumentError for less than one sample or a negative variance or jitter; RangeError or
/// ShapeError for more samples than there is memory for.
namespace nn::inline NN_PRECISION {

struct LinearDataOptions {
  Index samples = 100;
  double slope = 8, intercept = 2;
};

/// y = slope x + intercept + noise. x: (n, 1), uniform in [0, 2), all drawn first; y: (n, 1), noise
/// standard normal. With Rng(0), bit by bit, what NumPy gives for
///   np.random.seed(0); x = 2 * np.random.rand(n, 1); y = slope * x + intercept +
///   np.random.randn(n, 1)
/// (computed in double, then rounded to Scalar).
Dataset linear_data(const LinearDataOptions& options, Rng& rng);

/// What the two classes are called in y.
enum class BinaryLabels { zero_one, minus_plus };

/// Two classes of points in the plane, x: (n, 2), y: (n, 1). After the labels are set each
/// coordinate is moved by N(0, epsilon^2), so that with epsilon > 0 not even the true rule is
/// always right; then the samples are shuffled.

struct CloudOptions {
  Index samples = 1000;
  double sigma = 0.1;     // the variance of each coordinate: its standard deviation is sqrt(sigma)
  double epsilon = 0.02;  // the standard deviation of the jitter
  BinaryLabels labels = BinaryLabels::zero_one;
};

/// N((1, 1), sigma I), label 1, and N((-1, -1), sigma I), label 0 (or -1): linearly separable for
/// sigma = 0.1. As many samples of one as of the other; an odd one is of label 1.
Dataset two_clusters(const CloudOptions& options, Rng& rng);

/// Centres (1, 1) and (-1, -1), label 1, against (-1, 1) and (1, -1), label 0 (or -1): an exclusive
/// or. The samples take turns between the four.
Dataset four_clouds(const CloudOptions& options, Rng& rng);

struct CheckerboardOptions {
  Index samples = 1000;
  int cells = 4;          // along each side, each of side 1: points in [-cells/2, cells/2]^2; even
  double epsilon = 0.02;  // the standard deviation of the jitter
  BinaryLabels labels = BinaryLabels::zero_one;
};

/// Points uniform in a square, labelled by checkerboard_label. cells = 4 is the board on [-2, 2]^2,
/// cells = 8 that on [-4, 4]^2. ArgumentError unless cells is even and positive.
Dataset checkerboard(const CheckerboardOptions& options, Rng& rng);

/// The true rule: 1 where ceil(x) + ceil(y) is odd, else 0. Given the board's cells, a point that
/// the jitter has moved off the board counts to the cell it is nearest to, which is the best that
/// can be said of it; without them the board has no end.
double checkerboard_label(double x, double y);
double checkerboard_label(double x, double y, int cells);

}  // namespace nn::inline NN_PRECISION
