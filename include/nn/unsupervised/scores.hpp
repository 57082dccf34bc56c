#pragma once

#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

// How well a clustering agrees with known classes. Labels are (n) tensors of any finite numbers;
// equal numbers are one class. ShapeError unless both have shape (n), n >= 1.

/// The Rand index corrected for chance (Hubert and Arabie, Journal of Classification 2, 1985): 1
/// exactly for the same partition, near 0 for independent ones. Of all pairs of samples, a are
/// together in both, b and c in one only, d in none:
///
///     2 (a d - b c) / ((a + b)(b + d) + (a + c)(c + d))
double adjusted_rand_index(const Tensor& classes, const Tensor& clusters);

/// I(classes; clusters) / ((H(classes) + H(clusters)) / 2), in [0, 1]; exactly 1 for the same
/// partition, a single class included (Vinh, Epps and Bailey, JMLR 11, 2010: the arithmetic
/// normaliser, scikit-learn's).
double normalized_mutual_information(const Tensor& classes, const Tensor& clusters);

/// The share of samples that belong to the largest class of their cluster.
double purity(const Tensor& classes, const Tensor& clusters);

/// How far neighbours in an embedding are neighbours in the data (Venna and Kaski, ICANN 2001), in
/// [0, 1]:
///
///     1 - 2 / (n k (2 n - 3 k - 1)) sum_i sum_j max(0, r(i, j) - k)
///
/// over the k nearest neighbours j of i in the embedding. r(i, j) is the rank of j among i's
/// neighbours in the data, from 1, ties by index. x: (n, d), embedding: (n, e). ShapeError for
/// other shapes, RangeError unless 1 <= k < n / 2, ArgumentError if an element is not finite.
double trustworthiness(const Tensor& x, const Tensor& embedding, Index k);

/// The share of samples whose label is the most frequent one of their k nearest other samples. Of
/// equally frequent labels the smallest counts, as in scikit-learn. Ties in distance by index.
/// x: (n, d), labels: (n). ShapeError for other shapes, RangeError unless 1 <= k <= n - 1,
/// ArgumentError if an element is not finite.
double nearest_neighbour_accuracy(const Tensor& x, const Tensor& labels, Index k);

}}  // namespace nn::NN_PRECISION
