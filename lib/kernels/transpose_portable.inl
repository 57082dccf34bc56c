// Transposes small squares, one value at a time.

namespace nn::inline NN_PRECISION::kernels {
namespace {

constexpr int kBlock = kWidth;

/// to[step * to_step + lane] = rows[lane][step], lanes and steps 0 .. kBlock - 1.
NN_VECTOR_FUNCTION void transpose_block(const Scalar* const (&rows)[kBlock], Scalar* to,
                                        Index to_step) {
  for (int step = 0; step < kBlock; ++step)
    for (int lane = 0; lane < kBlock; ++lane) to[step * to_step + lane] = rows[lane][step];
}

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
