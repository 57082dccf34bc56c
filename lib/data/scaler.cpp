#include "nn/data/scaler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "data/moments.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

void check_scaler_input(const char* scaler, const Tensor& x) {
  if (x.rank() != 2)
    throw ShapeError(std::string(scaler) + "::fit: expected (n, features), got " +
                     x.shape().to_string());
  if (x.numel() == 0)
    throw ArgumentError(std::string(scaler) + "::fit: expected rows and features, got " +
                        x.shape().to_string());
}

/// The numbers of a column without NaN.
std::vector<double> numbers_in(const char* scaler, const Tensor& x, Index column) {
  std::vector<double> numbers;
  numbers.reserve(static_cast<std::size_t>(x.size(0)));
  for (Index i = 0; i < x.size(0); ++i) {
    const double value = x(i, column);
    if (std::isinf(value))
      throw ArgumentError(std::string(scaler) + "::fit: expected no infinity, got " +
                          to_text(value) + " in row " + std::to_string(i) + ", column " +
                          std::to_string(column));
    if (!std::isnan(value)) numbers.push_back(value);
  }
  return numbers;
}

void check_spread(const char* scaler, Index column, double spread) {
  if (!std::isfinite(spread))
    throw ArgumentError(std::string(scaler) + "::fit: the spread of column " +
                        std::to_string(column) + " overflows");
}

void check_scaler_fitted(const char* scaler, const Tensor& x, const std::vector<double>& columns) {
  if (columns.empty()) throw ArgumentError(std::string(scaler) + ": fit it before transforming");
  if (x.rank() != 2 || x.size(1) != static_cast<Index>(columns.size()))
    throw ShapeError(std::string(scaler) + ": expected (n, " + std::to_string(columns.size()) +
                     "), got " + x.shape().to_string());
}

/// A new tensor of f(value, column).
template <class F>
Tensor map_columns(const Tensor& x, F&& f) {
  Tensor result(x.shape());
  for (Index i = 0; i < x.size(0); ++i)
    for (Index j = 0; j < x.size(1); ++j)
      result(i, j) =
          static_cast<Scalar>(f(static_cast<double>(x(i, j)), static_cast<std::size_t>(j)));
  return result;
}

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void StandardScaler::fit(const Tensor& x) {
  check_scaler_input("StandardScaler", x);
  std::vector<double> means(static_cast<std::size_t>(x.size(1)), kNaN), scales = means;
  for (Index j = 0; j < x.size(1); ++j) {
    const auto column = numbers_in("StandardScaler", x, j);
    if (column.empty()) continue;
    const auto m = detail::column_moments(column);
    check_spread("StandardScaler", j, m.variance);
    means[static_cast<std::size_t>(j)] = m.mean;
    scales[static_cast<std::size_t>(j)] =
        detail::standard_scale(m, static_cast<double>(column.size()));
  }
  mean_ = std::move(means);
  scale_ = std::move(scales);
}

Tensor StandardScaler::transform(const Tensor& x) const {
  check_scaler_fitted("StandardScaler", x, mean_);
  return map_columns(x, [&](double v, std::size_t j) { return (v - mean_[j]) / scale_[j]; });
}

Tensor StandardScaler::inverse_transform(const Tensor& z) const {
  check_scaler_fitted("StandardScaler", z, mean_);
  return map_columns(z, [&](double v, std::size_t j) { return v * scale_[j] + mean_[j]; });
}

MinMaxScaler::MinMaxScaler(const MinMaxOptions& options) : options_(options) {
  if (!(options.low < options.high) || std::isinf(options.high - options.low))
    throw ArgumentError("MinMaxScaler: expected finite low < high, got " + to_text(options.low) +
                        " and " + to_text(options.high));
}

void MinMaxScaler::fit(const Tensor& x) {
  check_scaler_input("MinMaxScaler", x);
  std::vector<double> minima(static_cast<std::size_t>(x.size(1)), kNaN), ranges = minima;
  for (Index j = 0; j < x.size(1); ++j) {
    const auto column = numbers_in("MinMaxScaler", x, j);
    if (column.empty()) continue;
    const auto [low, high] = std::minmax_element(column.begin(), column.end());
    check_spread("MinMaxScaler", j, *high - *low);
    minima[static_cast<std::size_t>(j)] = *low;
    ranges[static_cast<std::size_t>(j)] = *low < *high ? *high - *low : 1;
  }
  min_ = std::move(minima);
  range_ = std::move(ranges);
}

Tensor MinMaxScaler::transform(const Tensor& x) const {
  check_scaler_fitted("MinMaxScaler", x, min_);
  double width = options_.high - options_.low;
  return map_columns(
      x, [&](double v, std::size_t j) { return options_.low + (v - min_[j]) / range_[j] * width; });
}

Tensor MinMaxScaler::inverse_transform(const Tensor& z) const {
  check_scaler_fitted("MinMaxScaler", z, min_);
  double width = options_.high - options_.low;
  return map_columns(
      z, [&](double v, std::size_t j) { return min_[j] + (v - options_.low) / width * range_[j]; });
}

}}  // namespace nn::NN_PRECISION
