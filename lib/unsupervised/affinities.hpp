#pragma once

#include <cstdint>
#include <vector>

#include "unsupervised/neighbours.hpp"

namespace nn::inline NN_PRECISION::detail {

/// p_j = exp(-beta d_j) / sum, beta such that their entropy is ln(perplexity): returns beta.
/// d: k squared distances, 1 <= perplexity <= k.
double row_affinities(const double* d, Index k, double perplexity, double* p);

/// A symmetric matrix by its rows. Each row is filled up to a multiple of 8 places with zeros at
/// its own column, whose term in every sum over neighbours is 0.
struct SparseRows {
  static constexpr Index kPadding = 8;
  std::vector<Index> begin;          // (n + 1)
  std::vector<std::int32_t> column;  // ascending within a row, the padding aside
  std::vector<Scalar> value;

  Index size() const { return static_cast<Index>(begin.size()) - 1; }
};

/// p_ij = (p_{j|i} + p_{i|j}) / (their sum), with p_{j|i} over the neighbours given.
SparseRows joint_affinities(const Neighbours& neighbours, double perplexity);

}  // namespace nn::inline NN_PRECISION::detail
