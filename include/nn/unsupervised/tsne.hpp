#pragma once

#include <functional>
#include <vector>

#include "nn/core/rng.hpp"
#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Reported every 50 iterations.
struct TsneProgress {
  Index iteration;       // 50, 100, ...
  double kl_divergence;  // before the iteration's step, without the exaggeration; Z as in the step
  double gradient_norm;  // after the gains
};

/// The first embedding.
enum class TsneInit {
  pca,    // the first two principal components, scaled: standard deviation 1e-4 along the first
  random  // normal, standard deviation 1e-4; also taken by pca if all samples are equal
};

/// How the gradient is computed.
enum class TsneMethod {
  barnes_hut,  // O(n log n) an iteration; affinities of the 3 perplexity + 1 nearest neighbours
  exact        // O(n^2) time and memory
};

/// Of tsne().
struct TsneOptions {
  double perplexity = 30;  // the effective number of neighbours of each sample
  Index iterations = 1000;
  double early_exaggeration = 12;  // multiplies the affinities in the first 250 iterations
  double learning_rate = 0;        // 0: max(n / early_exaggeration / 4, 50)
  TsneInit init = TsneInit::pca;
  Tensor start = {};  // (n, 2): the first embedding, instead of init
  TsneMethod method = TsneMethod::barnes_hut;
  double angle = 0.5;  // 0 to 1; Barnes-Hut: beyond 1 / angle times its width a cell is one point
  double min_gradient_norm = 1e-7;          // ends the optimisation
  Index iterations_without_progress = 300;  // so does this; not in the first 250 iterations
};

/// What tsne() found.
struct TsneResult {
  Tensor embedding;  // (n, 2)
  /// sum_ij p_ij ln(p_ij / q_ij) of this embedding, in double, with the Z of all pairs. Barnes-Hut
  /// keeps the p_ij of near neighbours only, which makes the sum larger. scikit-learn reports less
  /// for the same embedding, by 0.005 for 600 digits: its Z is that of the Barnes-Hut step. Values
  /// of different data sets cannot be compared.
  double kl_divergence;
  Index iterations;  // that were made
};

/// t-SNE (van der Maaten and Hinton, JMLR 9, 2008) in two dimensions, with the Barnes-Hut
/// approximation (van der Maaten, JMLR 15, 2014).  x: (n, d). With the affinities p_ij of
/// tsne_affinities and
///
///     q_ij = w_ij / Z,  w_ij = 1 / (1 + |y_i - y_j|^2),  Z = sum_{i != j} w_ij
///
/// it minimises C = KL(P || Q) by gradient descent,
///
///     dC/dy_i = 4 (sum_j p_ij w_ij (y_i - y_j) - (1 / Z) sum_j w_ij^2 (y_i - y_j))
///
/// with gains and a momentum of 0.5, then 0.8 after the exaggeration ends. Schedule, defaults and
/// stopping rules are those of scikit-learn 1.2. Points are grouped by place: a cell counts as one
/// point for a whole group, by the distance from the group's bounding box, and never if it holds a
/// point of the group. This criterion is never looser than the one for each point alone. Neighbours
/// are exact, ties by index. The optimisation is chaotic: starts that differ in the fourth digit
/// end at costs that differ by some percent.
///
/// The generator is used for a random start only. With a generator each, several threads may call
/// this at once.
///
/// ShapeError unless x has two dimensions and
/// `start` is empty or (n, 2); RangeError unless n >= 2, 1 <= perplexity <= n - 1 (no other can be
/// reached), iterations >= 1, early_exaggeration >= 1, learning_rate >= 0 and 0 <= angle <= 1;
/// ArgumentError if an element of x is not finite, or so large that squared distances overflow, if
/// one of `start` is not below 1e9, or if the embedding diverges.
TsneResult tsne(const Tensor& x, const TsneOptions& options, Rng& rng,
                const std::function<void(const TsneProgress&)>& progress = {});

/// Matrices (n, n), row by row.
struct TsneAffinities {
  std::vector<double> precision;    // (n): beta_i = 1 / (2 sigma_i^2)
  std::vector<double> conditional;  // p_{j|i} = exp(-beta_i |x_i - x_j|^2) / sum over j != i
  std::vector<double> joint;        // p_ij = (p_{j|i} + p_{i|j}) / (2 n): their sum is 1
};

/// The affinities of samples x: (n, d) that t-SNE approximates. beta_i makes the entropy of row i
/// ln(perplexity), to 1e-10. If more than `perplexity` samples share the smallest distance, no beta
/// does, and these samples share the row evenly. If all distances of a row are equal, beta is 0.
/// Errors as tsne().
TsneAffinities tsne_affinities(const Tensor& x, double perplexity);

}}  // namespace nn::NN_PRECISION
