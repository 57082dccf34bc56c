#include "nn/data/synthetic.hpp"

#include <algorithm>
#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

void check_samples(const char* generator, Index samples) {
  if (samples < 1)
    throw ArgumentError(std::string(generator) + ": expected at least one sample, got " +
                        std::to_string(samples));
}

void check_spread(const char* generator, const char* option, double value) {
  if (!(value >= 0))
    throw ArgumentError(std::string(generator) + ": expected " + option + " >= 0, got " +
                        to_text(value));
}

Dataset empty_plane(Index samples) { return {Tensor({samples, 2}), Tensor({samples, 1})}; }

Scalar binary_label(bool positive, BinaryLabels labels) {
  return positive ? Scalar(1) : labels == BinaryLabels::zero_one ? Scalar(0) : Scalar(-1);
}

/// The last two steps of every generator of points.
Dataset jitter_and_shuffle(Dataset data, double epsilon, Rng& rng) {
  for (Index i = 0; i < data.size(); ++i)
    for (Index j = 0; j < 2; ++j)
      data.x(i, j) = static_cast<Scalar>(data.x(i, j) + rng.normal(0, epsilon));
  return take(data, rng.permutation(data.size()));
}

/// The mean of a point, and its label.
struct Centre {
  double x, y;
  bool positive;
};

template <class CentreOf>
Dataset draw_clouds(const char* generator, const CloudOptions& options, Rng& rng,
                    CentreOf&& centre_of) {
  check_samples(generator, options.samples);
  check_spread(generator, "sigma", options.sigma);
  check_spread(generator, "epsilon", options.epsilon);
  Dataset data = empty_plane(options.samples);
  double sd = std::sqrt(options.sigma);
  for (Index i = 0; i < options.samples; ++i) {
    Centre centre = centre_of(i);
    data.x(i, 0) = static_cast<Scalar>(rng.normal(centre.x, sd));
    data.x(i, 1) = static_cast<Scalar>(rng.normal(centre.y, sd));
    data.y(i, 0) = binary_label(centre.positive, options.labels);
  }
  return jitter_and_shuffle(std::move(data), options.epsilon, rng);
}

}  // namespace

Dataset linear_data(const LinearDataOptions& options, Rng& rng) {
  check_samples("linear_data", options.samples);
  Dataset data{Tensor({options.samples, 1}), Tensor({options.samples, 1})};
  Rng again = rng;  // draws each x a second time, in double
  for (Index i = 0; i < options.samples; ++i) data.x(i, 0) = static_cast<Scalar>(2 * rng.rand());
  for (Index i = 0; i < options.samples; ++i) {
    double value = 2 * again.rand();
    data.y(i, 0) = static_cast<Scalar>(options.slope * value + options.intercept + rng.randn());
  }
  return data;
}

Dataset two_clusters(const CloudOptions& options, Rng& rng) {
  return draw_clouds("two_clusters", options, rng, [](Index i) {
    return i % 2 == 0 ? Centre{1, 1, true} : Centre{-1, -1, false};
  });
}

Dataset four_clouds(const CloudOptions& options, Rng& rng) {
  return draw_clouds("four_clouds", options, rng, [](Index i) {
    constexpr Centre centres[] = {{1, 1, true}, {-1, 1, false}, {-1, -1, true}, {1, -1, false}};
    return centres[i % 4];
  });
}

Dataset checkerboard(const CheckerboardOptions& options, Rng& rng) {
  check_samples("checkerboard", options.samples);
  check_spread("checkerboard", "epsilon", options.epsilon);
  if (options.cells < 2 || options.cells % 2 != 0)
    throw ArgumentError("checkerboard: expected an even number of cells, got " +
                        std::to_string(options.cells));
  Dataset data = empty_plane(options.samples);
  const double half_width = options.cells / 2.0;
  for (Index i = 0; i < options.samples; ++i) {
    for (Index j = 0; j < 2; ++j)
      data.x(i, j) = static_cast<Scalar>(rng.uniform(-half_width, half_width));
    // The label of the stored point: rounding may have moved it over a line.
    bool odd = checkerboard_label(data.x(i, 0), data.x(i, 1), options.cells) > 0;
    data.y(i, 0) = binary_label(odd, options.labels);
  }
  return jitter_and_shuffle(std::move(data), options.epsilon, rng);
}

double checkerboard_label(double x, double y) {
  return std::fmod(std::ceil(x) + std::ceil(y), 2) != 0 ? 1 : 0;
}

double checkerboard_label(double x, double y, int cells) {
  const int half = cells / 2;
  const double last = half, first = 1 - last;  // what ceil gives on the board
  return checkerboard_label(std::clamp(std::ceil(x), first, last),
                            std::clamp(std::ceil(y), first, last));
}

}}  // namespace nn::NN_PRECISION
