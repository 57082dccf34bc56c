#define NN_TARGET
#define NN_TABLE scalar_table
#define NN_TABLE_NAME "scalar"
#define NN_KERNEL_ROWS1 12
#define NN_KERNEL_ROWS2 6
#define NN_KERNEL_ROWS3 4
#if defined(__x86_64__) && !defined(__FMA__)
// The C library's fma for each lane: called from one place, not written out at each use.
#define NN_FMA_FUNCTION __attribute__((noinline)) inline
#endif
#include "kernels/vec_portable.inl"
//
#include "kernels/kernels.inl"
