#pragma once

#include "kernels/product.hpp"

namespace nn::inline NN_PRECISION::kernels {

/// The kernels of one instruction set. Calling one on a CPU without that set is an illegal
/// instruction.
struct Table {
  const char* name;
  void (*multiply)(const Product&);
  void (*exp)(Index, const Scalar*, Scalar*);
  void (*log)(Index, const Scalar*, Scalar*);
  void (*tanh)(Index, const Scalar*, Scalar*);
  void (*sigmoid)(Index, const Scalar*, Scalar*);
  void (*relu)(Index, const Scalar*, Scalar*);
  void (*tanh_backward)(Index, const Scalar*, const Scalar*, Scalar*);
  void (*sigmoid_backward)(Index, const Scalar*, const Scalar*, Scalar*);
  void (*relu_backward)(Index, const Scalar*, const Scalar*, Scalar*);
  void (*bce)(Index, const Scalar*, const Scalar*, Scalar*);
  void (*bce_backward)(Index, const Scalar*, const Scalar*, Scalar*);
  void (*bce_with_logits)(Index, const Scalar*, const Scalar*, Scalar*);
  void (*bce_with_logits_backward)(Index, const Scalar*, const Scalar*, Scalar*);
  void (*bce_with_logits_both)(Index, const Scalar*, const Scalar*, Scalar*, Scalar*);
  void (*row_sums)(Index, Index, const Scalar*, Scalar*);
  void (*softmax)(Index, Index, const Scalar*, Scalar*, Scalar*);
  Range (*range)(Index, const Scalar*);
  void (*copy_runs)(const Runs&, const Scalar*, Scalar*);
  void (*add_runs)(const Runs&, const Scalar*, Scalar*);
  void (*max_pool)(const PoolLine&, const Scalar*, Scalar*, Scalar*);
  void (*max_pool_backward)(const PoolLine&, const Scalar*, const Scalar*, bool, Scalar*);
  void (*axpy)(Index, Scalar, const Scalar*, Scalar*);
  void (*adam)(Index, const AdamStep&, const Scalar*, Scalar*, Scalar*, Scalar*);
};

const Table& scalar_table();  // any CPU; calls the C library's fma
#ifdef __x86_64__
const Table& scalar_fma_table();  // the same code with the FMA instruction
const Table& avx2_table();
const Table& avx512_table();
#endif

/// The best table of this CPU, or the one that `forced` names ("scalar", "avx2", "avx512"; null: no
/// wish). Throws ArgumentError if there is no such table, or if this CPU or build lacks it.
const Table& choose_table(const char* forced);

/// gemm() and the elementwise functions on a given table.
void gemm(const Table& table, Index m, Index n, Index k, Scalar alpha, ConstMatrix a, ConstMatrix b,
          Scalar beta, Matrix c, const Scalar* bias);

}  // namespace nn::inline NN_PRECISION::kernels
