#include "nn/ops/elementwise.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using kernels::kElementGrain, kernels::kFunctionGrain;
using Kernel = void (*)(Index n, const Scalar* x, Scalar* y);

/// Kernels work on contiguous numbers. Tensors with other strides are copied first.
Tensor apply(Kernel kernel, Index grain, const Tensor& x) {
  Tensor y(x.shape());
  kernels::in_parallel(x.numel(), grain, kernel, x.contiguous().data(), y.data());
  return y;
}

using BackwardKernel = void (*)(Index n, const Scalar* delta, const Scalar* z, Scalar* dx);

Tensor apply_backward(const char* name, BackwardKernel kernel, const Tensor& delta,
                      const Tensor& z) {
  if (delta.shape() != z.shape())
    throw ShapeError(std::string(name) + ": delta " + delta.shape().to_string() + " for z " +
                     z.shape().to_string());
  Tensor dx(z.shape());
  kernels::in_parallel(z.numel(), kElementGrain, kernel, delta.contiguous().data(),
                       z.contiguous().data(), dx.data());
  return dx;
}

/// Whether pred(a, b) holds for all pairs of elements; a and b have one shape.
template <class Predicate>
bool all_pairs(const Tensor& a, const Tensor& b, Predicate pred) {
  bool all = true;
  detail::for_each_row<2>(a.shape(), {&a, &b}, [&](const auto& at, Index n, const auto& step) {
    const Scalar *x = a.data() + at[0], *y = b.data() + at[1];
    for (Index i = 0; all && i < n; ++i) all = pred(x[i * step[0]], y[i * step[1]]);
  });
  return all;
}

bool either_nan(Scalar x, Scalar y) { return std::isnan(x) || std::isnan(y); }

}  // namespace

Tensor operator+(const Tensor& a, const Tensor& b) {
  return zip(a, b, [](Scalar x, Scalar y) { return x + y; });
}
Tensor operator-(const Tensor& a, const Tensor& b) {
  return zip(a, b, [](Scalar x, Scalar y) { return x - y; });
}
Tensor operator*(const Tensor& a, const Tensor& b) {
  return zip(a, b, [](Scalar x, Scalar y) { return x * y; });
}
Tensor operator/(const Tensor& a, const Tensor& b) {
  return zip(a, b, [](Scalar x, Scalar y) { return x / y; });
}
Tensor operator+(const Tensor& a, Scalar b) {
  return map(a, [=](Scalar x) { return x + b; });
}
Tensor operator-(const Tensor& a, Scalar b) {
  return map(a, [=](Scalar x) { return x - b; });
}
Tensor operator*(const Tensor& a, Scalar b) {
  return map(a, [=](Scalar x) { return x * b; });
}
Tensor operator/(const Tensor& a, Scalar b) {
  return map(a, [=](Scalar x) { return x / b; });
}
Tensor operator+(Scalar a, const Tensor& b) { return b + a; }
Tensor operator-(Scalar a, const Tensor& b) {
  return map(b, [=](Scalar x) { return a - x; });
}
Tensor operator*(Scalar a, const Tensor& b) { return b * a; }
Tensor operator/(Scalar a, const Tensor& b) {
  return map(b, [=](Scalar x) { return a / x; });
}
Tensor operator-(const Tensor& a) {
  return map(a, [](Scalar x) { return -x; });
}

Tensor exp(const Tensor& x) { return apply(kernels::active().exp, kFunctionGrain, x); }
Tensor log(const Tensor& x) { return apply(kernels::active().log, kFunctionGrain, x); }
Tensor tanh(const Tensor& x) { return apply(kernels::active().tanh, kFunctionGrain, x); }
Tensor sigmoid(const Tensor& x) { return apply(kernels::active().sigmoid, kFunctionGrain, x); }
Tensor relu(const Tensor& x) { return apply(kernels::active().relu, kElementGrain, x); }

Tensor tanh_backward(const Tensor& delta, const Tensor& z) {
  return apply_backward("tanh_backward", kernels::active().tanh_backward, delta, z);
}
Tensor sigmoid_backward(const Tensor& delta, const Tensor& z) {
  return apply_backward("sigmoid_backward", kernels::active().sigmoid_backward, delta, z);
}
Tensor relu_backward(const Tensor& delta, const Tensor& z) {
  return apply_backward("relu_backward", kernels::active().relu_backward, delta, z);
}

Tensor sqrt(const Tensor& x) {
  return map(x, [](Scalar v) { return std::sqrt(v); });
}
Tensor abs(const Tensor& x) {
  return map(x, [](Scalar v) { return std::abs(v); });
}

Tensor maximum(const Tensor& a, const Tensor& b) {
  return zip(a, b, [](Scalar x, Scalar y) { return either_nan(x, y) ? x + y : std::max(x, y); });
}
Tensor minimum(const Tensor& a, const Tensor& b) {
  return zip(a, b, [](Scalar x, Scalar y) { return either_nan(x, y) ? x + y : std::min(x, y); });
}

void axpy(Scalar alpha, const Tensor& x, Tensor& y) {
  if (y.shape() == Shape::empty()) {
    y = map(x, [=](Scalar v) { return 0 + alpha * v; });
    return;
  }
  if (broadcast_shapes(y.shape(), x.shape()) != y.shape())
    throw ShapeError("axpy: shape " + x.shape().to_string() + " does not broadcast to " +
                     y.shape().to_string());
  detail::check_writable("axpy", y);
  if (may_overlap(x, y) && !is_same_view(x, y)) return axpy(alpha, x.clone(), y);
  Scalar* out = y.data();
  auto kernel = [alpha, axpy = kernels::active().axpy](Index n, const Scalar* u, Scalar* v) {
    axpy(n, alpha, u, v);
  };
  detail::for_each_row<2>(y.shape(), {&y, &x}, [&](const auto& at, Index n, const auto& step) {
    Scalar* v = out + at[0];
    const Scalar* u = x.data() + at[1];
    if (step[0] == 1 && step[1] == 1)
      kernels::in_parallel(n, kElementGrain, kernel, u, v);
    else
      for (Index i = 0; i < n; ++i) v[i * step[0]] += alpha * u[i * step[1]];
  });
}

void scal(Scalar alpha, Tensor& y) {
  detail::check_writable("scal", y);
  Scalar* out = y.data();
  detail::for_each_row<1>(y.shape(), {&y}, [&](const auto& at, Index n, const auto& step) {
    Scalar* v = out + at[0];
    if (step[0] == 1)
      for (Index i = 0; i < n; ++i) v[i] *= alpha;
    else
      for (Index i = 0; i < n; ++i) v[i * step[0]] *= alpha;
  });
}

bool equal(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && all_pairs(a, b, [](Scalar x, Scalar y) { return x == y; });
}

bool allclose(const Tensor& a, const Tensor& b, double rtol, double atol) {
  return a.shape() == b.shape() && all_pairs(a, b, [=](double x, double y) {
           return x == y || (std::isfinite(y) && std::abs(x - y) <= atol + rtol * std::abs(y));
         });
}

bool all_finite(const Tensor& x) {
  // In bits and without a way out of the loop, so that it is done in vectors.
  using Bits = std::conditional_t<sizeof(Scalar) == 4, std::uint32_t, std::uint64_t>;
  const auto exponent = std::bit_cast<Bits>(std::numeric_limits<Scalar>::infinity());
  Bits found = 0;  // 1 where all bits of an exponent are set
  detail::for_each_row<1>(x.shape(), {&x}, [&](const auto& at, Index n, const auto& step) {
    const Scalar* v = x.data() + at[0];
    auto is_infinite_or_nan = [=](Scalar value) {
      return static_cast<Bits>((std::bit_cast<Bits>(value) & exponent) == exponent);
    };
    if (step[0] == 1)
      for (Index i = 0; i < n; ++i) found |= is_infinite_or_nan(v[i]);
    else
      for (Index i = 0; i < n; ++i) found |= is_infinite_or_nan(v[i * step[0]]);
  });
  return found == 0;
}

}}  // namespace nn::NN_PRECISION
