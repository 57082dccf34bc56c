#pragma once

#include "kernels/kernels.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels {

/// One product for one thread, as gemm() in kernels.hpp defines it, within one group of steps; with
/// beta != 0, within one block. C's rows are contiguous. A is multiplied by alpha_a and B by
/// alpha_b, of which at least one is 1.
struct Product {
  Index m, n, k;
  Scalar alpha_a, alpha_b;
  ConstMatrix a, b;
  Scalar beta;
  Matrix c;
  const Scalar* bias;
};

/// gemm(), which takes any C and as many steps, on the table in use. alpha_b is 1.
void gemm(const Product& product);

}}}  // namespace nn::NN_PRECISION::kernels
