#pragma once

#include <vector>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// Eigenvalues in descending order, and eigenvectors of length 1 in the rows of `vectors` (n, n),
/// in the same order.
struct SymmetricEigen {
  std::vector<double> values, vectors;
};

/// The eigenvalues and eigenvectors of a symmetric matrix (n, n), row by row, in O(n^3). Only its
/// lower triangle is read. Householder reflections make it tridiagonal, then QL steps with implicit
/// shifts make it diagonal (Wilkinson and Reinsch, "Linear Algebra", 1971, contributions II/2 and
/// II/4; Golub and Van Loan, "Matrix Computations", section 8.3). ArgumentError if the steps do not
/// converge because an element is not finite.
SymmetricEigen symmetric_eigen(std::vector<double> matrix, Index n);

}}}  // namespace nn::NN_PRECISION::detail
