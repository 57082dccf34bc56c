// All kernels of one instruction set. The includer has included the vectors (vec_*.inl), and
// defines
//   NN_TARGET                     the attribute that enables the instruction set, for every
//   function NN_TABLE, NN_TABLE_NAME       the function that returns the table, and its name
//   NN_KERNEL_ROWS1, _ROWS2       the highest tiles 1 and 2 vectors wide
// Everything else has internal linkage: an inline function shared with other sources, compiled for
// an instruction set, could be the copy that the linker keeps for CPUs without that set.
#include "kernels/table.hpp"

#define NN_UNROLL _Pragma("GCC unroll 16")

namespace nn::inline NN_PRECISION::kernels {
namespace {
constexpr int kRows1 = NN_KERNEL_ROWS1;
constexpr int kRows2 = NN_KERNEL_ROWS2;
}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels

// clang-format off
#ifdef NN_X86_VECTORS
#include "kernels/transpose_x86.inl"
#else
#include "kernels/transpose_portable.inl"
#endif
#include "kernels/pack.inl"
#include "kernels/tile.inl"
#include "kernels/gemm.inl"
#include "kernels/math.inl"
// clang-format on

namespace nn::inline NN_PRECISION::kernels {

const Table& NN_TABLE() {
  static constexpr Table table{NN_TABLE_NAME, multiply, exp_all, log_all, tanh_all, sigmoid_all};
  return table;
}

}  // namespace nn::inline NN_PRECISION::kernels
