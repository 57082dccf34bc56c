#define NN_TARGET
#define NN_TABLE scalar_table
#define NN_TABLE_NAME "scalar"
#define NN_KERNEL_ROWS1 12
#define NN_KERNEL_ROWS2 6
#define NN_KERNEL_ROWS3 4
#include "kernels/vec_portable.inl"
//
#include "kernels/kernels.inl"
