// The kernels at the width and with the tiles of AVX-512, on a CPU that need only have AVX2: all
// that depends on the width is tested without AVX-512, but for the wrappers of vec_avx512.inl.
#ifdef __x86_64__
#define NN_TARGET __attribute__((target("avx2,fma")))
#else
#define NN_TARGET
#endif
#define NN_VECTORS "kernels/vec_portable.inl"
#define NN_TABLE emulated_table
#define NN_ISA "emulated"
#define NN_VECTOR_BYTES 64
#include "kernels/kernels.inl"
