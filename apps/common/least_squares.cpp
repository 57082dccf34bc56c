#include "common/least_squares.hpp"

#include <algorithm>
#include <cmath>

#include "nn/core/error.hpp"

namespace apps {
namespace {

using Matrix = std::vector<std::vector<double>>;

/// The solution of the symmetric positive definite system A w = c, by Gaussian elimination.
std::vector<double> solve(Matrix a, std::vector<double> c) {
  std::size_t n = c.size();
  for (std::size_t k = 0; k < n; ++k) {
    if (!(a[k][k] > 0)) throw nn::ArgumentError("least_squares: the columns of x are dependent");
    for (std::size_t i = k + 1; i < n; ++i) {
      double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      c[i] -= factor * c[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) c[k] -= a[k][j] * c[j];
    c[k] /= a[k][k];
  }
  return c;
}

/// A <- R^T A R for the rotation R in the plane of p and q that makes A[p][q] vanish.
void rotate(Matrix& a, std::size_t p, std::size_t q) {
  double angle = 0.5 * std::atan2(2 * a[p][q], a[q][q] - a[p][p]);
  double c = std::cos(angle), s = std::sin(angle);
  for (auto& row : a) {
    double x = row[p], y = row[q];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  for (std::size_t j = 0; j < a.size(); ++j) {
    double x = a[p][j], y = a[q][j];
    a[p][j] = c * x - s * y;
    a[q][j] = s * x + c * y;
  }
}

}  // namespace

std::vector<double> least_squares(const nn::Dataset& data) {
  nn::Index n = data.size(), d = data.x.size(1);
  auto width = static_cast<std::size_t>(d);
  std::vector<double> mean_x(width, 0.0), c(width, 0.0);
  double mean_y = 0;
  for (nn::Index i = 0; i < n; ++i) {
    for (nn::Index j = 0; j < d; ++j) mean_x[static_cast<std::size_t>(j)] += data.x(i, j);
    mean_y += data.y(i, 0);
  }
  for (double& m : mean_x) m /= static_cast<double>(n);
  mean_y /= static_cast<double>(n);
  Matrix a(width, std::vector<double>(width, 0.0));
  for (nn::Index i = 0; i < n; ++i)
    for (std::size_t j = 0; j < width; ++j) {
      double xj = data.x(i, static_cast<nn::Index>(j)) - mean_x[j];
      c[j] += xj * (data.y(i, 0) - mean_y);
      for (std::size_t k = 0; k < width; ++k)
        a[j][k] += xj * (data.x(i, static_cast<nn::Index>(k)) - mean_x[k]);
    }
  std::vector<double> w = solve(a, c);
  double intercept = mean_y;
  for (std::size_t j = 0; j < width; ++j) intercept -= w[j] * mean_x[j];
  w.push_back(intercept);
  return w;
}

Curvature curvature(const nn::Dataset& data) {
  nn::Index n = data.size();
  auto size = static_cast<std::size_t>(data.x.size(1)) + 1;
  Matrix h(size, std::vector<double>(size, 0.0));
  auto entry = [&](nn::Index i, std::size_t j) {
    return j + 1 == size ? 1.0 : static_cast<double>(data.x(i, static_cast<nn::Index>(j)));
  };
  for (nn::Index i = 0; i < n; ++i)
    for (std::size_t j = 0; j < size; ++j)
      for (std::size_t k = 0; k < size; ++k)
        h[j][k] += 2 * entry(i, j) * entry(i, k) / static_cast<double>(n);
  for (int sweep = 0; sweep < 20; ++sweep)
    for (std::size_t p = 0; p < size; ++p)
      for (std::size_t q = p + 1; q < size; ++q) rotate(h, p, q);
  Curvature result{h[0][0], h[0][0]};
  for (std::size_t j = 1; j < size; ++j) {
    result.smallest = std::min(result.smallest, h[j][j]);
    result.largest = std::max(result.largest, h[j][j]);
  }
  return result;
}

}  // namespace apps
