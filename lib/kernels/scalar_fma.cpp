#ifdef __x86_64__
#define NN_TARGET __attribute__((target("fma")))
#define NN_VECTORS "kernels/vec_portable.inl"
#define NN_TABLE scalar_fma_table
#define NN_ISA "scalar"
#include "kernels/kernels.inl"
#endif
