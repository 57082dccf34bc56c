#include "unsupervised/embedding/symmetric_eigen.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/sum_in_lanes.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "unsupervised/points.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// sqrt(a^2 + b^2) without overflow on the way.
double length_of(double a, double b) {
  a = std::abs(a);
  b = std::abs(b);
  if (a < b) std::swap(a, b);
  if (a == 0) return 0;
  const double ratio = b / a;
  return a * std::sqrt(1 + ratio * ratio);
}

class Tridiagonal {
 public:
  Tridiagonal(std::vector<double>& matrix, Index n)
      : n_(n),
        matrix_(matrix.data()),
        reflectors_(static_cast<std::size_t>(n * n)),
        scales_(static_cast<std::size_t>(n)),
        diagonal(static_cast<std::size_t>(n)),
        off_diagonal(static_cast<std::size_t>(n)) {
    for (Index column = 0; column + 2 < n; ++column) reflect(column);
    for (Index i = 0; i < n; ++i) diagonal[static_cast<std::size_t>(i)] = at(i, i);
    for (Index i = 0; i + 1 < n; ++i) off_diagonal[static_cast<std::size_t>(i)] = at(i + 1, i);
  }

  /// Q^T, where matrix = Q T Q^T and Q = H_0 H_1 ... The reflections are applied from the last to
  /// the first: each then changes only the part that is not the identity.
  std::vector<double> transformation() const {
    std::vector<double> q(static_cast<std::size_t>(n_ * n_));
    for (Index i = 0; i < n_; ++i) q[static_cast<std::size_t>(i * n_ + i)] = 1;
    for (Index column = n_ - 3; column >= 0; --column) {
      const double scale = scales_[static_cast<std::size_t>(column)];
      if (scale == 0) continue;
      const double* v = reflectors_.data() + column * n_;
      for (Index row = column + 1; row < n_; ++row) {
        double* target = q.data() + row * n_;
        const double factor = scale * dot(target, v, column + 1);
        for (Index j = column + 1; j < n_; ++j) target[j] -= factor * v[j];
      }
    }
    return q;
  }

 private:
  double& at(Index i, Index j) { return matrix_[i * n_ + j]; }

  double dot(const double* a, const double* b, Index begin) const {
    return sum_in_lanes(n_ - begin, [=](Index j) { return a[begin + j] * b[begin + j]; });
  }

  /// Makes a column 0 below the subdiagonal: A <- H A H, H = I - scale v v^T.
  void reflect(Index column) {
    const Index first = column + 1;
    double* v = reflectors_.data() + column * n_;
    double largest = 0;
    for (Index i = first; i < n_; ++i) largest = std::max(largest, std::abs(at(i, column)));
    bool zero_already = true;
    for (Index i = first + 1; i < n_; ++i) zero_already = zero_already && at(i, column) == 0;
    if (zero_already) return;
    for (Index i = first; i < n_; ++i) v[i] = at(i, column) / largest;
    const double norm = std::sqrt(dot(v, v, first));
    const double alpha = v[first] > 0 ? -norm : norm;
    v[first] -= alpha;
    const double scale = 2 / dot(v, v, first);
    scales_[static_cast<std::size_t>(column)] = scale;
    update_rest(first, v, scale);
    at(first, column) = alpha * largest;
  }

  /// A <- A - v w^T - w v^T with p = scale A v and w = p - (scale / 2) (p v) v, in the part from
  /// `first` on. Both triangles are updated, so that rows of A can be read as its columns.
  void update_rest(Index first, const double* v, double scale) {
    std::vector<double> w(static_cast<std::size_t>(n_));
    for (Index i = first; i < n_; ++i)
      w[static_cast<std::size_t>(i)] = scale * dot(matrix_ + i * n_, v, first);
    const double half = scale / 2 * dot(w.data(), v, first);
    for (Index i = first; i < n_; ++i) w[static_cast<std::size_t>(i)] -= half * v[i];
    for (Index i = first; i < n_; ++i) {
      double* row = matrix_ + i * n_;
      const double vi = v[i], wi = w[static_cast<std::size_t>(i)];
      for (Index j = first; j < n_; ++j) row[j] -= vi * w[static_cast<std::size_t>(j)] + wi * v[j];
    }
  }

  Index n_;
  double* matrix_;
  std::vector<double> reflectors_, scales_;

 public:
  std::vector<double> diagonal, off_diagonal;
};

/// Rotates two rows of `vectors`: (a, b) <- (c a - s b, s a + c b).
void rotate_rows(double* a, double* b, Index n, double c, double s) {
  for (Index k = 0; k < n; ++k) {
    const double old = b[k];
    b[k] = s * a[k] + c * old;
    a[k] = c * a[k] - s * old;
  }
}

/// The first m >= i at which the tridiagonal matrix splits in two: e_m is negligible against d, or
/// so small that its square underflows and a QL step changes nothing. The largest element is
/// near 1.
Index block_end(const std::vector<double>& d, const std::vector<double>& e, Index i) {
  constexpr double kSmallest = 0x1p-500;
  const auto n = static_cast<Index>(d.size());
  for (Index m = i; m + 1 < n; ++m) {
    const auto at = static_cast<std::size_t>(m);
    const double size = std::abs(d[at]) + std::abs(d[at + 1]);
    if (std::abs(e[at]) <= std::numeric_limits<double>::epsilon() * size + kSmallest) return m;
  }
  return n - 1;
}

/// One QL step on the block from `begin` to `end`. The shift is the eigenvalue of its first 2 x 2
/// corner that is nearer to d_begin.
void ql_step(std::vector<double>& d, std::vector<double>& e, double* vectors, Index begin,
             Index end) {
  const auto n = static_cast<Index>(d.size());
  double *dd = d.data(), *ee = e.data();
  const double g0 = (dd[begin + 1] - dd[begin]) / (2 * ee[begin]);
  const double root = length_of(g0, 1);
  double g = dd[end] - dd[begin] + ee[begin] / (g0 + (g0 < 0 ? -root : root));
  double s = 1, c = 1, p = 0;
  for (Index i = end - 1; i >= begin; --i) {
    const double f = s * ee[i], b = c * ee[i];
    const double r = length_of(f, g);
    ee[i + 1] = r;
    if (r == 0) {  // underflow: the block splits here
      dd[i + 1] -= p;
      ee[end] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = dd[i + 1] - p;
    const double t = (dd[i] - g) * s + 2 * c * b;
    p = s * t;
    dd[i + 1] = g + p;
    g = c * t - b;
    rotate_rows(vectors + i * n, vectors + (i + 1) * n, n, c, s);
  }
  dd[begin] -= p;
  ee[begin] = g;
  ee[end] = 0;
}

}  // namespace

SymmetricEigen symmetric_eigen(std::vector<double> matrix, Index n) {
  for (Index i = 0; i < n; ++i)
    for (Index j = i + 1; j < n; ++j)
      matrix[static_cast<std::size_t>(i * n + j)] = matrix[static_cast<std::size_t>(j * n + i)];
  const int exponent = scale_near_one(matrix);
  Tridiagonal reduced(matrix, n);
  std::vector<double> vectors = reduced.transformation();
  std::vector<double>&d = reduced.diagonal, &e = reduced.off_diagonal;
  Index steps = 30 * n;  // about 2 n are enough for finite numbers
  for (Index begin = 0; begin < n; ++begin)
    for (Index end; (end = block_end(d, e, begin)) != begin;) {
      if (--steps < 0) throw ArgumentError("symmetric_eigen: the QL steps do not converge");
      ql_step(d, e, vectors.data(), begin, end);
    }
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    return d[static_cast<std::size_t>(a)] > d[static_cast<std::size_t>(b)];
  });
  SymmetricEigen result;
  for (Index i : order) {
    result.values.push_back(std::ldexp(d[static_cast<std::size_t>(i)], exponent));
    const double* vector = vectors.data() + i * n;
    result.vectors.insert(result.vectors.end(), vector, vector + n);
  }
  return result;
}

}}}  // namespace nn::NN_PRECISION::detail
