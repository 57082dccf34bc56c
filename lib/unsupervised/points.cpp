#include "unsupervised/points.hpp"

#include <algorithm>
#include <atomic>
#include <string>

#include "core/sum_in_lanes.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

Tensor checked_samples(const char* operation, const Tensor& x, const char* what) {
  if (x.rank() != 2 || x.numel() == 0)
    throw ShapeError(std::string(operation) + ": expected " + what + " (n, d), n and d >= 1, got " +
                     x.shape().to_string());
  std::atomic<bool> finite = true;
  parallel_for(x.size(0), kernels::kElementGrain / x.size(1) + 1, [&](Index begin, Index end) {
    if (!all_finite(x.slice(0, begin, end))) finite = false;
  });
  if (!finite)
    throw ArgumentError(std::string(operation) + ": the " + what + " hold NaN or infinity");
  return x.contiguous();
}

std::vector<double> column_means(const Tensor& x) {
  constexpr Index kThreadAdditions = 16384;
  constexpr Index kMostParts = 8, kPartRows = 256;  // however many threads: the same sums
  const Index n = x.size(0), d = x.size(1);
  const Index parts = std::clamp<Index>(n / kPartRows, 1, kMostParts);
  std::vector<double> sums(static_cast<std::size_t>(parts * d));
  parallel_for(parts, parts * kThreadAdditions / (n * d) + 1, [&](Index first, Index last) {
    for (Index part = first; part < last; ++part)
      for (Index i = part * n / parts; i < (part + 1) * n / parts; ++i)
        kernels::active().add_to_sums(d, 1, x.data() + i * d, sums.data() + part * d);
  });
  std::vector<double> means(sums.begin(), sums.begin() + d);
  for (Index at = d; at < parts * d; ++at)
    means[static_cast<std::size_t>(at % d)] += sums[static_cast<std::size_t>(at)];
  for (double& mean : means) mean /= static_cast<double>(n);
  return means;
}

std::vector<Scalar> origin_near(const Tensor& x) {
  const std::vector<double> means = column_means(x);
  std::vector<Scalar> origin;
  for (double mean : means) origin.push_back(static_cast<Scalar>(mean));
  return origin;
}

int scale_near_one(std::vector<double>& values) {
  double largest = 0;
  for (double value : values) largest = std::max(largest, std::abs(value));
  int exponent = 0;
  std::frexp(largest, &exponent);
  exponent = std::clamp(exponent, -1000, 1000);  // so that 2^-e is a normal number
  const double scale = std::ldexp(1.0, -exponent);
  for (double& value : values) value *= scale;
  return exponent;
}

void require_finite_distances(const char* operation, double largest_norm, const char* what) {
  if (!(largest_norm < static_cast<double>(std::numeric_limits<Scalar>::max()) / 16))
    throw ArgumentError(std::string(operation) + ": squared distances of the " + what +
                        " overflow");
}

Points::Points(const char* operation, const Tensor& samples, const std::vector<Scalar>& origin,
               const char* what)
    : x(samples), centred(samples.shape()), norms(static_cast<std::size_t>(samples.size(0))) {
  const Index d = dims();
  parallel_for(size(), 256, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Scalar* from = row(i);
      Scalar* to = centred.data() + i * d;
      for (Index j = 0; j < d; ++j) to[j] = from[j] - origin[static_cast<std::size_t>(j)];
      norms[static_cast<std::size_t>(i)] = sum_in_lanes(d, [=](Index j) {
        const auto v = static_cast<double>(to[j]);
        return v * v;
      });
    }
  });
  largest_norm = *std::max_element(norms.begin(), norms.end());
  require_finite_distances(operation, largest_norm, what);
}

}}}  // namespace nn::NN_PRECISION::detail
