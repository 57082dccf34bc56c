#include "nn/ops/upsample.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// z_i = (1 - weight) x_first + weight x_second
struct Tap {
  Index first, second;
  Scalar weight;
};

/// The tap of element i, n being x's size.
Tap tap(Index i, Index n, Index factor, Interpolation interpolation) {
  if (interpolation == Interpolation::nearest) return {i / factor, i / factor, 0};
  const Index position = std::max<Index>(0, 2 * i + 1 - factor), unit = 2 * factor;
  const Index first = position / unit;
  if (first + 1 == n) return {first, first, 0};
  return {first, first + 1, static_cast<Scalar>(position % unit) / static_cast<Scalar>(unit)};
}

void check(const char* operation, const Shape& shape, Index factor) {
  if (shape.rank() != 3 || factor < 1 || factor > 65536)
    throw ShapeError(std::string(operation) + ": " + shape.to_string() + " by " +
                     std::to_string(factor) +
                     ": expected (outer, n, inner) and a factor from 1 to 65536");
}

/// body(outer index, row) for all rows, from several threads.
template <class Body>
void for_rows(Index outer, Index rows, Index numbers, Body body) {
  parallel_for(outer * rows, kernels::kElementGrain / std::max<Index>(1, numbers) + 1,
               [&](Index begin, Index end) {
                 for (Index row = begin; row < end; ++row) body(row / rows, row % rows);
               });
}

}  // namespace

Tensor upsample(const Tensor& x, Index factor, Interpolation interpolation) {
  check("upsample", x.shape(), factor);
  const Index outer = x.size(0), n = x.size(1), inner = x.size(2);
  Tensor z(Shape{outer, n * factor, inner}), from = x.contiguous();
  Scalar* to = z.data();
  for_rows(outer, n * factor, inner, [&](Index o, Index i) {
    const Tap t = tap(i, n, factor, interpolation);
    const Scalar* a = from.data() + (o * n + t.first) * inner;
    const Scalar* b = from.data() + (o * n + t.second) * inner;
    Scalar* row = to + (o * n * factor + i) * inner;
    if (t.weight == 0)
      std::copy_n(a, inner, row);
    else
      for (Index c = 0; c < inner; ++c) row[c] = (1 - t.weight) * a[c] + t.weight * b[c];
  });
  return z;
}

Tensor upsample_backward(const Tensor& delta, Index factor, Interpolation interpolation) {
  check("upsample_backward", delta.shape(), factor);
  const Index outer = delta.size(0), size = delta.size(1), inner = delta.size(2);
  if (size % factor != 0)
    throw ShapeError("upsample_backward: delta " + delta.shape().to_string() +
                     " is not stretched by " + std::to_string(factor));
  const Index n = size / factor;
  Tensor dx = Tensor::zeros({outer, n, inner}), from = delta.contiguous();
  Scalar* to = dx.data();
  for_rows(outer, n, inner * factor, [&](Index o, Index j) {
    Scalar* row = to + (o * n + j) * inner;
    const Index end = std::min(size, (j + 2) * factor);
    for (Index i = std::max<Index>(0, (j - 1) * factor); i < end; ++i) {
      const Tap t = tap(i, n, factor, interpolation);
      if (t.first != j && t.second != j) continue;
      const Scalar share = t.first == j ? 1 - t.weight : t.weight;
      const Scalar* d = from.data() + (o * size + i) * inner;
      for (Index c = 0; c < inner; ++c) row[c] += share * d[c];
    }
  });
  return dx;
}

}}  // namespace nn::NN_PRECISION
