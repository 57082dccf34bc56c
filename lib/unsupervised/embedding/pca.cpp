#include "nn/unsupervised/pca.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/sum_in_lanes.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/matmul.hpp"
#include "unsupervised/embedding/symmetric_eigen.hpp"
#include "unsupervised/points.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using Doubles = std::vector<double>;

/// x - mean, in double: rows [begin, end).
Doubles centred_rows(const Tensor& x, const Doubles& means, Index begin, Index end) {
  const Index d = x.size(1);
  Doubles result(static_cast<std::size_t>((end - begin) * d));
  const Scalar* from = x.data() + begin * d;
  for (Index k = 0; k < (end - begin) * d; ++k)
    result[static_cast<std::size_t>(k)] =
        static_cast<double>(from[k]) - means[static_cast<std::size_t>(k % d)];
  return result;
}

Doubles transposed_matrix(const Doubles& a, Index rows, Index columns) {
  Doubles result(a.size());
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j)
      result[static_cast<std::size_t>(j * rows + i)] = a[static_cast<std::size_t>(i * columns + j)];
  return result;
}

/// Adds the lower triangle of a^T a for a: (n, d) to sum: (d, d). Each element is summed over
/// ascending rows, four at a time: a row of the sum is then loaded and stored once for four rows of
/// a.
void add_scatter(const Doubles& a, Index n, Index d, Doubles& sum) {
  parallel_for(d, 16, [&](Index begin, Index end) {
    for (Index i = 0; i < n; i += 4) {
      const Index rows = std::min<Index>(4, n - i);
      for (Index p = begin; p < end; ++p) {
        double* out = sum.data() + p * d;
        const double* x = a.data() + i * d;
        if (rows == 4) {
          const double x0 = x[p], x1 = x[d + p], x2 = x[2 * d + p], x3 = x[3 * d + p];
          for (Index q = 0; q <= p; ++q)
            out[q] += ((x0 * x[q] + x1 * x[d + q]) + (x2 * x[2 * d + q] + x3 * x[3 * d + q]));
        } else {
          for (Index r = 0; r < rows; ++r)
            for (Index q = 0; q <= p; ++q) out[q] += x[r * d + p] * x[r * d + q];
        }
      }
    }
  });
}

/// Calls f(rows) for all of x - mean, in double, a few rows at a time, a multiple of four but for
/// the last.
template <class F>
void for_centred_rows(const Tensor& x, const Doubles& means, F f) {
  constexpr Index kRows = 1024;
  for (Index begin = 0; begin < x.size(0); begin += kRows)
    f(centred_rows(x, means, begin, std::min(x.size(0), begin + kRows)));
}

/// Adds the scatter of 2^-e (x - mean) to sum, a few rows at a time, and returns e, which makes the
/// largest near 1.
int add_scaled_scatter(const Tensor& x, const Doubles& means, Doubles& sum) {
  Doubles largest(1);
  for_centred_rows(x, means, [&](const Doubles& rows) {
    for (double value : rows) largest[0] = std::max(largest[0], std::abs(value));
  });
  const int exponent = detail::scale_near_one(largest);
  const double scale = std::ldexp(1.0, -exponent);
  for_centred_rows(x, means, [&](Doubles rows) {
    for (double& value : rows) value *= scale;
    add_scatter(rows, static_cast<Index>(rows.size()) / x.size(1), x.size(1), sum);
  });
  return exponent;
}

/// Makes a vector orthogonal to the first `count` rows by two passes of Gram-Schmidt; the second
/// removes the rounding errors of the first. Returns its length.
double make_orthogonal(const Doubles& rows, Index count, double* vector, Index d) {
  auto product = [d](const double* a, const double* b) {
    return detail::sum_in_lanes(d, [=](Index j) { return a[j] * b[j]; });
  };
  for (int pass = 0; pass < 2; ++pass)
    for (Index r = 0; r < count; ++r) {
      const double* row = rows.data() + r * d;
      const double part = product(row, vector);
      for (Index j = 0; j < d; ++j) vector[j] -= part * row[j];
    }
  return std::sqrt(product(vector, vector));
}

/// The first k eigenvectors (k, d) of a^T a from the eigenvectors u of a a^T (n, n): a^T u, scaled
/// to length 1. If a^T u is 0 up to rounding errors, an axis is made orthogonal and taken instead.
Doubles directions_from_products(const Doubles& a, const detail::SymmetricEigen& eigen, Index n,
                                 Index d, Index k) {
  Doubles result(static_cast<std::size_t>(k * d));
  Index axis = 0;
  for (Index c = 0; c < k; ++c) {
    double* v = result.data() + c * d;
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < d; ++j)
        v[j] += eigen.vectors[static_cast<std::size_t>(c * n + i)] *
                a[static_cast<std::size_t>(i * d + j)];
    const bool lost =
        !(eigen.values[static_cast<std::size_t>(c)] > 1e-13 * std::abs(eigen.values[0]));
    double length = lost ? 0 : make_orthogonal(result, c, v, d);
    while (length < 1e-7 && lost) {
      std::fill(v, v + d, 0.0);
      v[axis++] = 1;
      length = make_orthogonal(result, c, v, d);
    }
    for (Index j = 0; j < d; ++j) v[j] /= length;
  }
  return result;
}

/// Of v and -v, the one whose first element of largest absolute value is positive.
void fix_sign(double* v, Index d) {
  const double* largest =
      std::max_element(v, v + d, [](double a, double b) { return std::abs(a) < std::abs(b); });
  if (*largest < 0)
    for (Index j = 0; j < d; ++j) v[j] = -v[j];
}

Tensor to_tensor(const Doubles& values, const Shape& shape) {
  Tensor result(shape);
  std::copy_n(values.begin(), result.numel(), result.data());
  return result;
}

/// x + sign * means, computed in double.
Tensor plus_means(const Tensor& x, const Doubles& means, double sign) {
  Tensor result = x.clone();
  const Index d = x.size(1);
  for (Index k = 0; k < result.numel(); ++k)
    result.data()[k] = static_cast<Scalar>(static_cast<double>(result.data()[k]) +
                                           sign * means[static_cast<std::size_t>(k % d)]);
  return result;
}

}  // namespace

PCA::PCA(const Tensor& x, Index k) {
  const Tensor samples = detail::checked_samples("PCA", x);
  const Index n = x.size(0), d = x.size(1);
  if (n < 2 || k < 1 || k > std::min(n, d))
    throw RangeError("PCA: expected two samples or more and 1 to min(n, d) components, got " +
                     std::to_string(k) + " for samples " + x.shape().to_string());
  means_ = detail::column_means(samples);
  const auto divisor = static_cast<double>(n - 1);
  const bool wide = n < d;
  Doubles a, scatter(static_cast<std::size_t>(wide ? n * n : d * d));
  int exponent = 0;
  if (wide) {
    a = centred_rows(samples, means_, 0, n);
    exponent = detail::scale_near_one(a);
    add_scatter(transposed_matrix(a, n, d), d, n, scatter);
  } else {
    exponent = add_scaled_scatter(samples, means_, scatter);
  }
  for (double& value : scatter) value /= divisor;
  const Index size = wide ? n : d;
  double total = 0;
  for (Index i = 0; i < size; ++i) total += scatter[static_cast<std::size_t>(i * size + i)];
  if (!std::isfinite(total)) throw ArgumentError("PCA: the samples' variances overflow");
  detail::SymmetricEigen eigen = detail::symmetric_eigen(scatter, size);
  for (double& value : eigen.values) value = std::max(value, 0.0);
  Doubles variances = eigen.values;
  for (double& value : variances) value = std::ldexp(value, 2 * exponent);
  if (!(variances[0] <= static_cast<double>(std::numeric_limits<Scalar>::max())))
    throw ArgumentError("PCA: the samples' variances overflow");
  Doubles directions = wide ? directions_from_products(a, eigen, n, d, k) : eigen.vectors;
  for (Index c = 0; c < k; ++c) fix_sign(directions.data() + c * d, d);
  mean_ = to_tensor(means_, {d});
  components_ = to_tensor(directions, {k, d});
  explained_variance_ = to_tensor(variances, {k});
  for (double& value : eigen.values) value = total > 0 ? value / total : 0;
  explained_variance_ratio_ = to_tensor(eigen.values, {k});
}

Tensor PCA::transform(const Tensor& x) const {
  if (x.rank() != 2 || x.size(1) != mean_.size(0))
    throw ShapeError("PCA::transform: expected samples (n, " + std::to_string(mean_.size(0)) +
                     "), got " + x.shape().to_string());
  return matmul(plus_means(x, means_, -1), components_.transpose());
}

Tensor PCA::inverse_transform(const Tensor& coordinates) const {
  if (coordinates.rank() != 2 || coordinates.size(1) != components_.size(0))
    throw ShapeError("PCA::inverse_transform: expected coordinates (n, " +
                     std::to_string(components_.size(0)) + "), got " +
                     coordinates.shape().to_string());
  return plus_means(matmul(coordinates, components_), means_, 1);
}

}}  // namespace nn::NN_PRECISION
