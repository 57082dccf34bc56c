#ifdef __x86_64__
#define NN_TARGET __attribute__((target("avx512f")))
#define NN_TABLE avx512_table
#define NN_TABLE_NAME "avx512"
#define NN_KERNEL_ROWS1 14
#define NN_KERNEL_ROWS2 14
#define NN_KERNEL_ROWS3 9
#define NN_X86_VECTORS
#include "kernels/vec_avx512.inl"
//
#include "kernels/kernels.inl"
#endif
