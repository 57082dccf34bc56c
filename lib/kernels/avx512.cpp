#ifdef __x86_64__
#define NN_TARGET __attribute__((target("avx512f")))
#define NN_VECTORS "kernels/vec_avx512.inl"
#define NN_TABLE avx512_table
#define NN_ISA "avx512"
#include "kernels/kernels.inl"
#endif
