#ifdef __x86_64__
#define NN_TARGET __attribute__((target("avx2,fma")))
#define NN_VECTORS "kernels/vec_avx2.inl"
#define NN_TABLE avx2_table
#define NN_ISA "avx2"
#include "kernels/kernels.inl"
#endif
