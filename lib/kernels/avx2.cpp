#ifdef __x86_64__
#define NN_TARGET __attribute__((target("avx2,fma")))
#define NN_TABLE avx2_table
#define NN_TABLE_NAME "avx2"
#define NN_KERNEL_ROWS1 12
#define NN_KERNEL_ROWS2 6
#define NN_KERNEL_ROWS3 4
#define NN_X86_VECTORS
#include "kernels/vec_avx2.inl"
//
#include "kernels/kernels.inl"
#endif
