#define NN_TARGET
#define NN_VECTORS "kernels/vec_portable.inl"
#define NN_TABLE scalar_table
#define NN_ISA "scalar"
#if !defined(__FMA__) && !defined(__FP_FAST_FMAF)
// The C library's fma for each lane: called from one place, not written out at each use.
#define NN_FMA_FUNCTION __attribute__((noinline)) inline
#endif
#include "kernels/kernels.inl"
