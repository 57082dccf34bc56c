// Products and copies of matrices of any strides beside plain loops.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "nn/core/error.hpp"
#include "nn/core/tensor.hpp"
#include "nn/ops/matmul.hpp"
#include "places.hpp"
#include "targets.hpp"

namespace nn::fuzz {
namespace {

/// One block of memory and its copy, on which plain loops do what the library does on the block.
struct Block {
  Tensor tensor;
  std::vector<Scalar> copy;

  explicit Block(Index size) : tensor(Shape{size}) {
    for (Index i = 0; i < size; ++i)
      tensor(i) = static_cast<Scalar>(i * 2654435761 % 2001 - 1000) / 64;
    copy.assign(tensor.data(), tensor.data() + size);
  }
  Scalar& at(Index place) { return copy[static_cast<std::size_t>(place)]; }
  void check() const {
    require(std::memcmp(copy.data(), tensor.data(), copy.size() * sizeof(Scalar)) == 0,
            "products: other bits");
  }
  /// A matrix somewhere in the block, on strides that are chosen; rows may overlap.
  Tensor matrix(Index rows, Index columns, Choices& c) const {
    const bool transposed = c.between(0, 1) != 0;
    if (transposed) std::swap(rows, columns);
    const Index step = c.between(1, 3), width = std::max<Index>((columns - 1) * step + 1, 1);
    const Index row_step = c.between(0, 2) ? width + c.between(0, 3) : c.between(1, 4);
    const Index begin = 8 * c.between(0, 63);
    Tensor t = tensor.slice(0, begin, tensor.numel()).unfold(0, width, row_step);
    t = t.slice(0, 0, rows).slice(1, 0, std::min(width, columns * step), step);
    return transposed ? t.transpose() : t;
  }
};

/// A result whose elements share memory is refused.
template <class Write>
void require_error(Write write) {
  try {
    write();
  } catch (const ArgumentError&) {
    return;
  }
  require(false, "products: no error");
}

Index some_size(Choices& c) { return c.between(0, 7) == 0 ? c.between(0, 70) : c.between(0, 19); }

void multiply(Choices& c) {
  const Index m = some_size(c), n = some_size(c), k = some_size(c);
  Block block(3 * 70 * 70 + 4096);
  const Tensor a = block.matrix(m, k, c), b = block.matrix(k, n, c);
  Tensor out = block.matrix(m, n, c);
  const Tensor bias = block.matrix(1, n, c).select(0, 0);
  const Scalar scales[] = {0, 1, -1, 2, Scalar(0.3)};
  const Scalar alpha = scales[c.between(0, 4)], beta = scales[c.between(0, 4)];
  const bool has_bias = c.between(0, 1) != 0;
  const Scalar* base = block.tensor.data();
  const Sizes place_a = places_of(a, base), place_b = places_of(b, base);
  const Sizes place_out = places_of(out, base), place_bias = places_of(bias, base);
  if (!are_distinct(place_out))
    return require_error([&] { gemm(alpha, a, b, beta, out, has_bias ? &bias : nullptr); });
  std::vector<Scalar> before = block.copy;
  auto old = [&](const Sizes& places, Index i) {
    return before[static_cast<std::size_t>(places[static_cast<std::size_t>(i)])];
  };
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < n; ++j) {
      Scalar sum = 0;
      for (Index p = 0; p < k; ++p)
        sum = std::fma(alpha * old(place_a, i * k + p), old(place_b, p * n + j), sum);
      if (beta != 0) sum += beta * old(place_out, i * n + j);
      block.at(place_out[static_cast<std::size_t>(i * n + j)]) =
          has_bias ? sum + old(place_bias, j) : sum;
    }
  gemm(alpha, a, b, beta, out, has_bias ? &bias : nullptr);
  block.check();
}

void copy(Choices& c) {
  const Index m = some_size(c), n = some_size(c);
  Block block(3 * 70 * 70 + 4096);
  Tensor to = block.matrix(m, n, c);
  const Tensor from = block.matrix(c.between(0, 1) ? m : 1, c.between(0, 1) ? n : 1, c);
  const Sizes targets = places_of(to, block.tensor.data());
  const Sizes sources = places_of(from.broadcast_to(to.shape()), block.tensor.data());
  if (!are_distinct(targets)) return require_error([&] { to.copy_from(from); });
  const std::vector<Scalar> before = block.copy;
  for (std::size_t i = 0; i < targets.size(); ++i)
    block.at(targets[i]) = before[static_cast<std::size_t>(sources[i])];
  to.copy_from(from);
  block.check();
}

}  // namespace

void products(std::string_view bytes) {
  Choices c(bytes);
  if (c.between(0, 3) == 0)
    copy(c);
  else
    multiply(c);
}

}  // namespace nn::fuzz
