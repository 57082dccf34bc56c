#define NN_TARGET
#define NN_VECTORS "kernels/vec_portable.inl"
#define NN_TABLE scalar_table
#define NN_ISA "scalar"
#if !defined(__FMA__) && !defined(__FP_FAST_FMAF)
#define NN_FMA_IS_A_CALL
#endif
#include "kernels/kernels.inl"
