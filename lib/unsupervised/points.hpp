#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/kernels.hpp"
#include "nn/core/tensor.hpp"

/// Samples and the distances between them. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

/// x itself, contiguous. ShapeError, naming the operation and what x is, unless x is (n, d) with
/// n, d >= 1; ArgumentError if an element is not finite.
Tensor checked_samples(const char* operation, const Tensor& x, const char* what = "samples");

/// (d): the mean of each column of x: (n, d), contiguous.
std::vector<double> column_means(const Tensor& x);

/// (d): the means, rounded: an origin near x.
std::vector<Scalar> origin_near(const Tensor& x);

/// Multiplies the numbers by 2^-e, which makes the largest near 1: squares of the numbers that
/// matter then neither overflow nor underflow. Returns e.
int scale_near_one(std::vector<double>& values);

/// sum_j (a_j - b_j)^2 in double: the definition of every squared distance in this folder.
inline double squared_distance(const Scalar* a, const Scalar* b, Index d) {
  return kernels::active().squared_distance(d, a, b);
}

/// Samples, prepared for many distances by the expanded form
///
///     |a - b|^2 = |a'|^2 + |b'|^2 - 2 a' b',  a' = a - origin
///
/// The products are a matrix product. For points close together and far from the origin the terms
/// cancel; error_bound() bounds the error.
struct Points {
  Tensor x;                   // (n, d), contiguous
  Tensor centred;             // (n, d): x - origin, rounded
  std::vector<double> norms;  // (n): |centred|^2
  double largest_norm = 0;

  /// ArgumentError, naming the operation and what they are, if a squared distance could overflow.
  Points(const char* operation, const Tensor& samples, const std::vector<Scalar>& origin,
         const char* what = "samples");

  Index size() const { return x.size(0); }
  Index dims() const { return x.size(1); }
  const Scalar* row(Index i) const { return x.data() + i * dims(); }
};

/// A bound of the difference between the expanded form, a product in Scalar and sums in double, and
/// squared_distance(). The errors are: (d / 2) eps |a'| |b'| of a product of d terms, times 2;
/// 2 eps (|a'|^2 + |b'|^2) of centring; (d / 2) eps of each norm; and underflow.
inline double error_bound(Index d, double norm_a, double norm_b) {
  using Limits = std::numeric_limits<Scalar>;
  return static_cast<double>(d + 16) * (static_cast<double>(Limits::epsilon()) * (norm_a + norm_b) +
                                        4 * static_cast<double>(Limits::min()));
}

/// ArgumentError, naming the operation and `what` the points are, unless squared distances between
/// points of at most this norm are finite.
void require_finite_distances(const char* operation, double largest_norm, const char* what);

}}}  // namespace nn::NN_PRECISION::detail
