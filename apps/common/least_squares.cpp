#include "common/least_squares.hpp"

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
  if (data.x.size(1) != 1) throw nn::ShapeError("curvature: expected x (n, 1)");
  const double scale = 2 / static_cast<double>(data.size());
  double square = 0, cross = 0;  // the Hessian is {{square, cross}, {cross, 2}}
  for (nn::Index i = 0; i < data.size(); ++i) {
    const double x = data.x(i, 0);
    square += scale * x * x;
    cross += scale * x;
  }
  const double centre = (square + 2) / 2, radius = std::hypot((square - 2) / 2, cross);
  return {centre - radius, centre + radius};
}

}  // namespace apps
