#include "nn/ops/reduce.hpp"

#include <algorithm>
#include <cmath>

#include "core/sum_in_lanes.hpp"
#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "nn/core/loops.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// The sum of f(v) over all elements v.
template <class F>
double sum_of(const Tensor& x, F f) {
  const Tensor values = x.contiguous();
  const Scalar* v = values.data();
  return detail::sum_in_lanes(values.numel(), [=](Index i) { return f(v[i]); });
}

void require_elements(const char* operation, const Tensor& x) {
  if (x.numel() == 0)
    throw ShapeError(std::string(operation) + ": no elements in shape " + x.shape().to_string());
}

/// b if it is better than a or the first NaN, else a.
template <class Better>
Scalar pick(Scalar a, Scalar b, Better better) {
  return std::isnan(a) || !(better(b, a) || std::isnan(b)) ? a : b;
}

template <class Better>
Scalar best(const char* operation, const Tensor& x, Better better) {
  require_elements(operation, x);
  Scalar result = *x.data();
  detail::for_each_row<1>(x.shape(), {&x}, [&](const auto& at, Index n, const auto& step) {
    const Scalar* v = x.data() + at[0];
    for (Index i = 0; i < n; ++i) result = pick(result, v[i * step[0]], better);
  });
  return result;
}

/// Reduces dimension `dim`: f(first element, stride, size) for each place of the other dimensions.
template <class F>
Tensor along(const Tensor& x, int dim, F f) {
  Index n = x.size(dim), stride = x.stride(dim);
  Tensor y(x.shape().without(dim));
  if (n == 0) {
    y.fill(0);
    return y;
  }
  Tensor first = x.select(dim, 0);
  Scalar* out = y.data();
  detail::for_each_row<2>(y.shape(), {&y, &first}, [&](const auto& at, Index m, const auto& step) {
    const Scalar* v = first.data() + at[1];
    for (Index i = 0; i < m; ++i) out[at[0] + i * step[0]] = f(v + i * step[1], stride, n);
  });
  return y;
}

double sum_in_order(const Scalar* v, Index stride, Index n) {
  double total = 0;
  for (Index i = 0; i < n; ++i) total += v[i * stride];
  return total;
}

bool is_larger(Scalar a, Scalar b) { return a > b; }

void require_size(const char* operation, const Tensor& x, int dim) {
  if (x.size(dim) == 0)
    throw ShapeError(std::string(operation) + ": no elements in dimension " + std::to_string(dim) +
                     " of shape " + x.shape().to_string());
}

}  // namespace

double sum(const Tensor& x) {
  return sum_of(x, [](double v) { return v; });
}

double mean(const Tensor& x) {
  require_elements("mean", x);
  return sum(x) / static_cast<double>(x.numel());
}

double norm(const Tensor& x) {
  return std::sqrt(sum_of(x, [](double v) { return v * v; }));
}

Scalar max(const Tensor& x) { return best("max", x, is_larger); }

Scalar min(const Tensor& x) {
  return best("min", x, [](Scalar a, Scalar b) { return a < b; });
}

Tensor sum(const Tensor& x, int dim) {
  if (const Index n = x.size(dim); n > 0 && dim == x.rank() - 1 && x.is_contiguous()) {
    Tensor y(x.shape().without(dim));
    kernels::active().row_sums(y.numel(), n, x.data(), y.data());
    return y;
  }
  return along(x, dim, [](const Scalar* v, Index stride, Index n) {
    return static_cast<Scalar>(sum_in_order(v, stride, n));
  });
}

Tensor mean(const Tensor& x, int dim) {
  require_size("mean", x, dim);
  return along(x, dim, [](const Scalar* v, Index stride, Index n) {
    return static_cast<Scalar>(sum_in_order(v, stride, n) / static_cast<double>(n));
  });
}

Tensor max(const Tensor& x, int dim) {
  require_size("max", x, dim);
  return along(x, dim, [](const Scalar* v, Index stride, Index n) {
    Scalar result = v[0];
    for (Index i = 1; i < n; ++i) result = pick(result, v[i * stride], is_larger);
    return result;
  });
}

Tensor argmax(const Tensor& x, int dim) {
  require_size("argmax", x, dim);
  return along(x, dim, [](const Scalar* v, Index stride, Index n) {
    Index place = 0;
    for (Index i = 1; i < n && !std::isnan(v[place * stride]); ++i)
      if (v[i * stride] > v[place * stride] || std::isnan(v[i * stride])) place = i;
    return static_cast<Scalar>(place);
  });
}

}}  // namespace nn::NN_PRECISION
