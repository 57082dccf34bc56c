#include "nn/unsupervised/tsne.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/memory_size.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/unsupervised/pca.hpp"
#include "unsupervised/embedding/affinities.hpp"
#include "unsupervised/embedding/tsne_gradient.hpp"
#include "unsupervised/neighbours.hpp"
#include "unsupervised/points.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

constexpr Index kExplorationIterations = 250, kCheckInterval = 50;
constexpr double kStartDeviation = 1e-4;
constexpr Scalar kFarthest = static_cast<Scalar>(1e9);  // w_ij^2 is a normal number in float

void check_perplexity(const char* operation, Index n, double perplexity) {
  if (n < 2)
    throw RangeError(std::string(operation) + ": expected two samples or more, got " +
                     std::to_string(n));
  if (!(perplexity >= 1 && perplexity <= static_cast<double>(n - 1)))
    throw RangeError(std::string(operation) + ": perplexity must be 1 to n - 1 = " +
                     std::to_string(n - 1) + ", got " + to_text(perplexity));
}

void check_tsne_options(Index n, const TsneOptions& options) {
  check_perplexity("tsne", n, options.perplexity);
  if (options.iterations < 1)
    throw RangeError("tsne: expected iterations >= 1, got " + std::to_string(options.iterations));
  if (!(options.early_exaggeration >= 1) || !(options.learning_rate >= 0))
    throw RangeError("tsne: expected early_exaggeration >= 1 and learning_rate >= 0, got " +
                     to_text(options.early_exaggeration) + " and " +
                     to_text(options.learning_rate));
  if (!(options.angle >= 0 && options.angle <= 1))
    throw RangeError("tsne: expected an angle from 0 to 1, got " + to_text(options.angle));
  if (options.start.numel() != 0 && options.start.shape() != Shape({n, 2}))
    throw ShapeError("tsne: expected a start " + Shape({n, 2}).to_string() + ", got " +
                     options.start.shape().to_string());
}

/// The first two principal components, scaled; empty if all samples are equal.
Tensor principal_start(const Tensor& x) {
  const Index n = x.size(0);
  const Tensor places = PCA(x, std::min<Index>(2, x.size(1))).transform(x);
  double mean = 0, squares = 0;
  for (Index i = 0; i < n; ++i) mean += places(i, 0) / static_cast<double>(n);
  for (Index i = 0; i < n; ++i) squares += (places(i, 0) - mean) * (places(i, 0) - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(n));
  if (!(deviation > 0)) return {};
  Tensor start = Tensor::zeros({n, 2});
  for (Index i = 0; i < n; ++i)
    for (Index side = 0; side < places.size(1); ++side)
      start(i, side) = static_cast<Scalar>(places(i, side) / deviation * kStartDeviation);
  return start;
}

Tensor first_embedding(const Tensor& x, const TsneOptions& options, Rng& rng) {
  if (options.start.numel() != 0) {
    const Tensor places = detail::checked_samples("tsne", options.start, "points of start");
    for (Index k = 0; k < places.numel(); ++k)
      if (!(std::abs(places.data()[k]) < kFarthest))
        throw ArgumentError("tsne: expected points of start below 1e9, got " +
                            to_text(places.data()[k]));
    return places.clone();
  }
  Tensor start;
  if (options.init == TsneInit::pca) start = principal_start(x);
  if (start.numel() != 0) return start;
  start = Tensor({x.size(0), 2});
  for (Index k = 0; k < start.numel(); ++k)
    start.data()[k] = static_cast<Scalar>(rng.normal(0, kStartDeviation));
  return start;
}

/// Gradient descent with momentum and gains (Jacobs, Neural Networks 1, 1988). A coordinate's gain
/// grows while it keeps its direction.
class Descent {
 public:
  Descent(detail::TsneGradient& gradient, Tensor& embedding, double learning_rate,
          const TsneOptions& options, const std::function<void(const TsneProgress&)>& progress)
      : gradient_(gradient),
        embedding_(embedding),
        learning_rate_(static_cast<Scalar>(learning_rate)),
        options_(options),
        progress_(progress),
        slope_(static_cast<std::size_t>(embedding.numel())) {}

  /// Does iterations begin + 1, ..., end, or stops early. Returns the last one done.
  Index run(Index begin, Index end, Scalar momentum, double exaggeration, Index patience) {
    gains_.assign(slope_.size(), 1);
    velocity_.assign(slope_.size(), 0);
    double best = std::numeric_limits<double>::infinity();
    Index best_iteration = begin;
    for (Index iteration = begin + 1; iteration <= end; ++iteration) {
      const bool check = iteration % kCheckInterval == 0;
      gradient_.compute(embedding_.data(), exaggeration, slope_);
      const double cost =
          check ? gradient_.kl_divergence(embedding_.data(), gradient_.normalizer()) : 0;
      const double norm = step(momentum);
      if (!check) continue;
      if (progress_) progress_({iteration, cost, norm});
      if (cost < best) {
        best = cost;
        best_iteration = iteration;
      } else if (iteration - best_iteration > patience) {
        return iteration;
      }
      if (norm <= options_.min_gradient_norm) return iteration;
    }
    return end;
  }

 private:
  /// Moves all points. Returns the norm of the gradient times the gains. ArgumentError if a point
  /// goes beyond kFarthest.
  double step(Scalar momentum) {
    constexpr auto kRise = static_cast<Scalar>(0.2), kFall = static_cast<Scalar>(0.8),
                   kLowest = static_cast<Scalar>(0.01);
    Scalar* place = embedding_.data();
    double squares = 0;
    for (std::size_t i = 0; i < slope_.size(); ++i) {
      const bool keeps_on = velocity_[i] * slope_[i] < 0;
      gains_[i] = std::max(keeps_on ? gains_[i] + kRise : gains_[i] * kFall, kLowest);
      const Scalar slope = slope_[i] * gains_[i];
      velocity_[i] = momentum * velocity_[i] - learning_rate_ * slope;
      place[i] += velocity_[i];
      if (!(std::abs(place[i]) < kFarthest))
        throw ArgumentError("tsne: the embedding diverged: learning_rate " +
                            to_text(learning_rate_) + " or early_exaggeration " +
                            to_text(options_.early_exaggeration) + " is too large");
      squares += static_cast<double>(slope) * slope;
    }
    return std::sqrt(squares);
  }

  detail::TsneGradient& gradient_;
  Tensor& embedding_;
  Scalar learning_rate_;
  const TsneOptions& options_;
  const std::function<void(const TsneProgress&)>& progress_;
  std::vector<Scalar> slope_, gains_, velocity_;
};

}  // namespace

TsneResult tsne(const Tensor& x, const TsneOptions& options, Rng& rng,
                const std::function<void(const TsneProgress&)>& progress) {
  const Tensor samples = detail::checked_samples("tsne", x);
  const Index n = samples.size(0);
  check_tsne_options(n, options);
  const Index neighbours =
      options.method == TsneMethod::exact || 3 * options.perplexity + 1 > static_cast<double>(n - 1)
          ? n - 1
          : static_cast<Index>(3 * options.perplexity + 1);
  const detail::SparseRows affinities = detail::joint_affinities(
      detail::nearest_neighbours({"tsne", samples, detail::origin_near(samples)}, neighbours),
      options.perplexity);
  Tensor embedding = first_embedding(samples, options, rng);
  const double rate = options.learning_rate > 0
                          ? options.learning_rate
                          : std::max(static_cast<double>(n) / options.early_exaggeration / 4, 50.0);
  detail::TsneGradient gradient(affinities, options.method, options.angle);
  Descent descent(gradient, embedding, rate, options, progress);
  const Index exploration = std::min(kExplorationIterations, options.iterations);
  Index done = descent.run(0, exploration, static_cast<Scalar>(0.5), options.early_exaggeration,
                           kExplorationIterations);
  if (options.iterations > kExplorationIterations)
    done = descent.run(done, options.iterations, static_cast<Scalar>(0.8), 1,
                       options.iterations_without_progress);
  const double normalizer = gradient.exact_normalizer(embedding.data());
  return {embedding, gradient.kl_divergence(embedding.data(), normalizer), done};
}

TsneAffinities tsne_affinities(const Tensor& x, double perplexity) {
  const Tensor samples = detail::checked_samples("tsne_affinities", x);
  const Index n = samples.size(0);
  check_perplexity("tsne_affinities", n, perplexity);
  const detail::Neighbours neighbours =
      detail::nearest_neighbours({"tsne_affinities", samples, detail::origin_near(samples)}, n - 1);
  TsneAffinities result;
  result.precision.resize(static_cast<std::size_t>(n));
  result.conditional.resize(detail::memory_size(n * n));
  result.joint.resize(detail::memory_size(n * n));
  std::vector<double> row(static_cast<std::size_t>(n - 1));
  double *conditional = result.conditional.data(), *joint = result.joint.data();
  for (Index i = 0; i < n; ++i) {
    result.precision[static_cast<std::size_t>(i)] = detail::row_affinities(
        neighbours.distance.data() + i * (n - 1), n - 1, perplexity, row.data());
    const std::span<const Index> others = neighbours.row(i);
    for (std::size_t at = 0; at < others.size(); ++at) conditional[i * n + others[at]] = row[at];
  }
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j)
      joint[i * n + j] =
          (conditional[i * n + j] + conditional[j * n + i]) / static_cast<double>(2 * n);
  return result;
}

}}  // namespace nn::NN_PRECISION
