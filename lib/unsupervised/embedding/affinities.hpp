#pragma once

#include <cstdint>
#include <vector>

#include "unsupervised/neighbours.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// p_j = exp(-beta d_j) / sum_j exp(-beta d_j), with the beta that makes their entropy
/// ln(perplexity). Returns beta. d: k squared distances; 1 <= perplexity <= k.
double row_affinities(const double* d, Index k, double perplexity, double* p);

/// A sparse symmetric matrix, row by row. Each row is padded to a multiple of 8 entries with zeros
/// in its own column, which add nothing to a sum over neighbours.
struct SparseRows {
  static constexpr Index kPadding = 8;
  std::vector<Index> begin;          // (n + 1)
  std::vector<std::int32_t> column;  // ascending within a row, but for the padding
  std::vector<Scalar> value;

  Index size() const { return static_cast<Index>(begin.size()) - 1; }
};

/// p_ij = (p_{j|i} + p_{i|j}) / (their sum), with p_{j|i} over the neighbours given.
SparseRows joint_affinities(Neighbours neighbours, double perplexity);

}}}  // namespace nn::NN_PRECISION::detail
