#pragma once

#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/bench.hpp"
#ifdef USE_EIGEN
#include "eigen.hpp"
#else
#include "cblas.hpp"
#endif

/// Layers as one writes them by hand over a library of matrix products: plain loops that the
/// compiler turns into vector code, memory taken once, and the step of gradient descent taken by
/// the product that computes the gradient.
namespace handwritten {

using bench::Array;
using bench::Numbers;

constexpr float kStep = 0.01f;

#ifdef USE_EIGEN
template <class Result, class Product>
void assign(Result c, const Product& product, float alpha, float beta) {
  if (beta == 0)
    c.noalias() = alpha * product;
  else
    c.noalias() += alpha * product;
}
/// C (m, n) = alpha op(A) op(B) + beta C, beta 0 or 1.
inline void multiply(bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
                     const float* a_data, const float* b_data, float beta, float* c_data) {
  const ConstMap a(a_data, transpose_a ? k : m, transpose_a ? m : k);
  const ConstMap b(b_data, transpose_b ? n : k, transpose_b ? k : n);
  const Map c(c_data, m, n);
  if (transpose_a)
    assign(c, a.transpose() * b, alpha, beta);
  else if (transpose_b)
    assign(c, a * b.transpose(), alpha, beta);
  else
    assign(c, a * b, alpha, beta);
}
#else
/// C (m, n) = alpha op(A) op(B) + beta C.
inline void multiply(bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
                     const float* a, const float* b, float beta, float* c) {
  if (m == 1 && !transpose_a)
    return cblas_sgemv(kRowMajor, transpose_b ? kPlain : kTransposed, transpose_b ? n : k,
                       transpose_b ? k : n, alpha, b, transpose_b ? k : n, a, 1, beta, c, 1);
  cblas_sgemm(kRowMajor, transpose_a ? kTransposed : kPlain, transpose_b ? kTransposed : kPlain, m,
              n, k, alpha, a, transpose_a ? m : k, b, transpose_b ? k : n, beta, c, n);
}
#endif

/// Weights as PyTorch starts them: uniform, as far as 1 / sqrt(inputs) from 0.
inline Array<float> start(int count, int inputs, Numbers& numbers) {
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  return Array<float>(count, numbers, -bound, bound);
}

struct Layer {
  Layer(int input_size, int output_size) : inputs(input_size), outputs(output_size) {}
  virtual ~Layer() = default;
  virtual void set_batch(int size) {
    batch = size;
    y = Array<float>(std::int64_t{batch} * outputs);
    dx = Array<float>(std::int64_t{batch} * inputs);
  }
  virtual void forward(const float* x) = 0;
  /// Fills dx where it is wanted, then takes the step.
  virtual void backward(const float* x, const float* dy) = 0;

  int inputs, outputs, batch = 0;
  bool wants_dx = true;
  Array<float> y{0}, dx{0};
};

class Linear : public Layer {
 public:
  Linear(int input_size, int output_size, Numbers& numbers)
      : Layer(input_size, output_size),
        w_(start(inputs * outputs, inputs, numbers)),
        b_(start(outputs, inputs, numbers)) {}

  void forward(const float* x) override {
    for (int i = 0; i < batch; ++i) std::copy_n(b_.data(), outputs, y.data() + i * outputs);
    multiply(false, false, batch, outputs, inputs, 1, x, w_.data(), 1, y.data());
  }

  void backward(const float* x, const float* dy) override {
    if (wants_dx) multiply(false, true, batch, inputs, outputs, 1, dy, w_.data(), 0, dx.data());
    float* b = b_.data();
    for (int i = 0; i < batch; ++i)
      for (int j = 0; j < outputs; ++j) b[j] -= kStep * dy[i * outputs + j];
    multiply(true, false, inputs, outputs, batch, -kStep, x, dy, 1, w_.data());
  }

 private:
  Array<float> w_, b_;
};

enum class Kind { tanh, sigmoid, relu };

/// z = f(x) for n numbers; z may be x.
template <Kind kind>
void activate(std::int64_t n, const float* x, float* z) {
#ifdef USE_EIGEN
  const Eigen::Map<const Eigen::ArrayXf> from(x, n);
  Eigen::Map<Eigen::ArrayXf> to(z, n);
  if constexpr (kind == Kind::tanh) to = from.tanh();
  if constexpr (kind == Kind::sigmoid) to = 1.f / (1.f + (-from).exp());
  if constexpr (kind == Kind::relu) to = from.max(0.f);
#else
  for (std::int64_t i = 0; i < n; ++i) {
    if constexpr (kind == Kind::tanh) z[i] = 1 - 2 / (1 + std::exp(2 * x[i]));
    if constexpr (kind == Kind::sigmoid) z[i] = 1 / (1 + std::exp(-x[i]));
    if constexpr (kind == Kind::relu) z[i] = x[i] > 0 ? x[i] : 0;
  }
#endif
}

template <Kind kind>
class Activation : public Layer {
 public:
  explicit Activation(int size) : Layer(size, size) {}

  void forward(const float* x) override {
    activate<kind>(std::int64_t{batch} * outputs, x, y.data());
  }

  void backward(const float*, const float* __restrict dy) override {
    const std::int64_t n = std::int64_t{batch} * outputs;
    const float* __restrict z = y.data();
    float* __restrict d = dx.data();
    for (std::int64_t i = 0; i < n; ++i) {
      if constexpr (kind == Kind::tanh) d[i] = dy[i] * (1 - z[i] * z[i]);
      if constexpr (kind == Kind::sigmoid) d[i] = dy[i] * z[i] * (1 - z[i]);
      if constexpr (kind == Kind::relu) d[i] = z[i] > 0 ? dy[i] : 0;
    }
  }
};

}  // namespace handwritten
