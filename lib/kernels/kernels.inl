// All kernels of one instruction set. The includer has included the vectors (vec_*.inl), and
// defines
//   NN_TARGET                     the attribute that enables the instruction set, everywhere
//   NN_TABLE, NN_TABLE_NAME       the function that returns the table, and its name
//   NN_KERNEL_ROWS1, _ROWS2, _ROWS3  the highest tiles 1, 2 and 3 vectors wide
// A function that takes or returns a Vec is NN_VECTOR_FUNCTION, always inlined: in a source that is
// compiled for CPUs without such registers, g++ passes half of one.
// Everything else has internal linkage: an inline function shared with other sources, compiled for
// an instruction set, could be the copy that the linker keeps for CPUs without that set.
#include "kernels/table.hpp"

#define NN_UNROLL _Pragma("GCC unroll 16")

namespace nn::inline NN_PRECISION::kernels {
namespace {
constexpr int kRows1 = NN_KERNEL_ROWS1;
constexpr int kRows2 = NN_KERNEL_ROWS2;
constexpr int kRows3 = NN_KERNEL_ROWS3;
}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels

// clang-format off
#include "kernels/transpose.inl"
#include "kernels/pack.inl"
#include "kernels/tile.inl"
#include "kernels/outer_product.inl"
#include "kernels/row_product.inl"
#include "kernels/gemm.inl"
#include "kernels/math.inl"
#include "kernels/loops.inl"
#include "kernels/softmax.inl"
#include "kernels/runs.inl"
#include "kernels/pool.inl"
// clang-format on

namespace nn::inline NN_PRECISION::kernels {

const Table& NN_TABLE() {
  static constexpr Table table{.name = NN_TABLE_NAME,
                               .multiply = multiply,
                               .exp = exp_all,
                               .log = log_all,
                               .tanh = tanh_all,
                               .sigmoid = sigmoid_all,
                               .relu = relu_all,
                               .tanh_backward = tanh_backward_all,
                               .sigmoid_backward = sigmoid_backward_all,
                               .relu_backward = relu_backward_all,
                               .bce = bce_all,
                               .bce_backward = bce_backward_all,
                               .bce_with_logits = bce_with_logits_all,
                               .bce_with_logits_backward = bce_with_logits_backward_all,
                               .bce_with_logits_both = bce_with_logits_both_all,
                               .row_sums = row_sums_all,
                               .softmax = softmax_all,
                               .range = range_all,
                               .copy_runs = copy_runs_all,
                               .add_runs = add_runs_all,
                               .max_pool = max_pool_all,
                               .max_pool_backward = max_pool_backward_all,
                               .axpy = axpy_all,
                               .adam = adam_all};
  return table;
}

}  // namespace nn::inline NN_PRECISION::kernels
